"""An index of packages on a free port of this machine, which it prints.

usage: index_server.py FOLDER, by a Python that has pypiserver. When the second upload begins, the
first line of our input is carried out by a shell, if there is one; if it fails, so does the upload.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any
from wsgiref.simple_server import make_server

import pypiserver
from pypiserver.config import Config

OPTIONS = ["--authenticate", ".", "--passwords", ".", "--disable-fallback"]
OPTIONS += ["--backend", "simple-dir", "--hash-algo", "sha256"]


def main(folder: str) -> None:
    """Serve until somebody ends us."""
    config = Config.from_args(["run", *OPTIONS, folder])
    index = pypiserver.setup_routes_from_config(pypiserver.app_from_config(config), config)
    uploads = 0

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        nonlocal uploads
        if environ["REQUEST_METHOD"] == "POST":
            uploads += 1
            line = sys.stdin.readline() if uploads == 2 else ""
            if subprocess.run(line, shell=True, check=False).returncode:
                start_response("503 Service Unavailable", [("Content-Length", "0")])
                return []
        return index(environ, start_response)

    server = make_server("127.0.0.1", 0, answer)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
