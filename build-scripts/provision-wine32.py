"""Unpacks Debian 12's wine for 32 bits into a folder; its `wine` runs it.

usage: provision-wine32.py FOLDER. Nothing is installed, so the machine needs no i386 libraries.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
from pathlib import Path

# Of the hundred packages that it depends on, those without which it does not start a program.
PACKAGES = [
    "libbrotli1",
    "libc6",
    "libfreetype6",
    "libgcc-s1",
    "liblzma5",
    "libpng16-16",
    "libunwind8",
    "libwine",
    "libz-mingw-w64",
    "wine32",
    "zlib1g",
]

WRAPPER = """\
#!/bin/sh
# Runs Debian's wine for 32 bits with this folder's libraries.
here=$(cd "$(dirname "$0")" && pwd)
export LD_LIBRARY_PATH="$here/root/lib/i386-linux-gnu:$here/root/usr/lib/i386-linux-gnu"
exec "$here/root/usr/lib/wine/wine" "$@"
"""


SERVER = """\
#!/bin/sh
# Ends with the last program of Windows.
exec "$(dirname "$0")/wineserver32" -p0 "$@"
"""


def main(folder: Path) -> None:
    """Fill `folder`, unless it was filled before."""
    wine = folder / "wine"
    if wine.exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    root = folder / "root"
    root.mkdir(parents=True)
    apt = ["bash", str(Path(__file__).with_name("run-private-apt.sh")), "deb", "bookworm", "i386"]
    subprocess.run([*apt, str(folder / "apt"), "download", *PACKAGES], check=True)
    packages = sorted(folder.glob("apt/*.deb"))
    for package in packages:
        subprocess.run(["dpkg", "--extract", str(package), str(root)], check=True)
    (folder / "contents.txt").write_text("".join(f"{package.name}\n" for package in packages))
    windows = root / "usr/lib/i386-linux-gnu/wine/i386-windows"
    for unused in (folder / "apt", windows.with_name("x86_64-windows")):
        shutil.rmtree(unused)
    for name in ("wine", "wineserver32"):
        set_loader(root / "usr/lib/wine" / name, root / "lib/i386-linux-gnu/ld-linux.so.2")
    server = root / "usr/lib/wine/wineserver"  # Debian's prefers that for 64 bits
    server.write_text(SERVER)
    (windows / "zlib1.dll").write_bytes((root / "usr/i686-w64-mingw32/lib/zlib1.dll").read_bytes())
    (folder / "windows").symlink_to(windows.relative_to(folder))
    new = folder / "wine.new"
    new.write_text(WRAPPER)
    new.chmod(0o755)
    new.rename(wine)


def set_loader(program: Path, loader: Path) -> None:
    """Have the kernel start an ELF program for 32 bits with another loader.

    Its header of the kind 3 says where in the file the loader's name is: from now on, at the end.
    """
    content = bytearray(program.read_bytes())
    name = str(loader.resolve()).encode() + b"\0"
    (start,) = struct.unpack_from("<I", content, 28)
    size, count = struct.unpack_from("<HH", content, 42)
    for at in range(start, start + size * count, size):
        if struct.unpack_from("<I", content, at) == (3,):
            struct.pack_into("<I", content, at + 4, len(content))
            struct.pack_into("<II", content, at + 16, len(name), len(name))
            break
    program.write_bytes(content + name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
