"""What delocate asks `otool`, answered by macholib: Apple's program is on Macs alone."""

from pathlib import Path

from delocate import libsana
from macholib.mach_o import (
    LC_ID_DYLIB,
    LC_LOAD_DYLIB,
    LC_LOAD_UPWARD_DYLIB,
    LC_LOAD_WEAK_DYLIB,
    LC_REEXPORT_DYLIB,
    LC_RPATH,
)
from macholib.MachO import MachO

LOADS = {LC_LOAD_DYLIB, LC_LOAD_UPWARD_DYLIB, LC_LOAD_WEAK_DYLIB, LC_REEXPORT_DYLIB}
assert LC_ID_DYLIB not in LOADS, "its own name is nothing that a library needs"

# What begins a file for one architecture or several, in either order of bytes.
MAGICS = {"feedface", "cefaedfe", "feedfacf", "cffaedfe", "cafebabe"}


def strings(path: str | Path, commands: set[int]) -> dict[str, list[str]]:
    """Return the texts of these load commands, for each architecture of a library."""
    with open(path, "rb") as file:
        if file.read(4).hex() not in MAGICS:
            return {}
    texts: dict[str, list[str]] = {}
    for header in MachO(str(path)).headers:
        texts[str(header.header.cputype)] = [
            data.rstrip(b"\0").decode() for load, _, data in header.commands if load.cmd in commands
        ]
    return texts


def teach_delocate() -> None:
    """Have delocate read libraries so, in this process."""
    libsana._get_install_names = lambda path: strings(path, LOADS)
    libsana._get_rpaths = lambda path: strings(path, {LC_RPATH})
