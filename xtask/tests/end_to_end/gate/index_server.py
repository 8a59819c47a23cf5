"""An index of packages on a free port of this machine, which it prints.

usage: index_server.py FOLDER, by a Python that has pypiserver. Whoever begins the second upload is
killed, before any of it is stored: the number of that process is the first line of our input.
"""

from __future__ import annotations

import os
import signal
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
        uploads += environ["REQUEST_METHOD"] == "POST"
        if environ["REQUEST_METHOD"] == "POST" and uploads == 2:
            os.kill(int(sys.stdin.readline()), signal.SIGKILL)
            start_response("503 Service Unavailable", [("Content-Length", "0")])
            return []
        return index(environ, start_response)

    server = make_server("127.0.0.1", 0, answer)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
