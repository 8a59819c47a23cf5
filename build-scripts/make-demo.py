"""Puts the live demo of docs/demo into a folder, with a Pyodide and a wheel of esig; or tests it.

usage: make-demo.py WHEEL PYODIDE FOLDER [--test]; PYODIDE is a folder of a tester, such as
target/xtask/testers/pyodide-314.0.7. `--test` opens the page in headless Chromium: the signed area
of a circle must be there.
"""

from __future__ import annotations

import functools
import http.server
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).parent.parent
# Half the cross products along 100 points of a circle of radius 0.8.
AREA = "2.0093"


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files, and says nothing of it."""

    def log_message(self, *_: object) -> None:
        """Leave out the line for each request."""


def make(wheel: Path, pyodide: Path, folder: Path) -> None:
    """Copy all that the page loads."""
    shutil.copytree(ROOT / "docs/demo", folder, dirs_exist_ok=True)
    shutil.copytree(pyodide / "package", folder / "pyodide", dirs_exist_ok=True)
    shutil.copy(ROOT / "build-scripts/stand-in/numpy.py", folder)
    shutil.copy(wheel, folder / "esig.whl")


def area_in_browser(folder: Path) -> str | None:
    """Return the signed area that the page shows once it has computed it."""
    handler = functools.partial(QuietHandler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as profile:
        options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"]
        wait = ["--timeout=60000", "--virtual-time-budget=60000", "--dump-dom"]
        page = f"http://127.0.0.1:{server.server_port}/index.html"
        chromium = ["chromium", *options, *wait, page]
        result = subprocess.run(chromium, check=True, capture_output=True, text=True)
    server.shutdown()
    found = re.search(r'<output id="area">([^<]*)<', result.stdout)
    return found and found[1]


def main(arguments: list[str]) -> int:
    """Make the demo; with `--test`, open it and return the exit status."""
    wheel, pyodide, folder = map(Path, arguments[:3])
    make(wheel, pyodide, folder)
    if "--test" not in arguments:
        return 0
    area = area_in_browser(folder)
    print(f"the page shows the signed area {area}; {AREA} is right")
    return 0 if area == AREA else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
