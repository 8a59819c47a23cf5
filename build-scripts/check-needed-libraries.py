"""Checks by delocate that the libraries of a wheel for macOS need libSystem and nothing else.

usage: check-needed-libraries.py WHEEL
"""

import subprocess
import sys

# Every macOS has it, and a program without it there is none.
EVERYWHERE = {"/usr/lib/libSystem.B.dylib"}


def problem(listed: str) -> str | None:
    """Return what is wrong with a wheel of which `delocate-listdeps --all` says this, or None."""
    needed = {line.strip() for line in listed.splitlines()} - {""}
    if not needed:
        return "delocate found no library in it"
    others = sorted(needed - EVERYWHERE)
    return f"it needs {', '.join(others)}, which not every macOS has" if others else None


def main() -> None:
    """Ask delocate."""
    (wheel,) = sys.argv[1:]
    listdeps = [sys.executable, "-m", "delocate.cmd.delocate_listdeps", "--all", wheel]
    asked = subprocess.run(listdeps, check=False, stdout=subprocess.PIPE, text=True)
    what = "delocate could not read it" if asked.returncode else problem(asked.stdout)
    if what:
        sys.exit(f"{wheel}: {what}")
    print(f"{wheel}: needs libSystem alone")


if __name__ == "__main__":
    main()
