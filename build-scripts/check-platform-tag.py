"""Checks that auditwheel finds a wheel to run wherever its platform tag promises."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path


def main(wheel: Path) -> int:
    """Return 0 if auditwheel agrees with the tag in the name of `wheel`, else say what differs."""
    promised = wheel.stem.split("-")[-1].split(".")[0]
    command = [sys.executable, "-m", "auditwheel", "show", str(wheel)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        print(answer.stdout, answer.stderr, sep="\n", file=sys.stderr)
        return 1
    found = platform_tag(answer.stdout)
    print(f"{wheel.name}: auditwheel finds {found}")
    if found is None or glibc(found) > glibc(promised):
        print(f"the wheel promises {promised}; auditwheel says:\n{answer.stdout}", file=sys.stderr)
        return 1
    return 0


def platform_tag(answer: str) -> str | None:
    """Return the tag that auditwheel finds the contents of the wheel consistent with."""
    found = re.search(r'following\s+platform\s+tag:\s+"([^"]+)"', answer)
    return found.group(1) if found else None


def glibc(tag: str) -> tuple[float, float]:
    """Return the glibc that a tag such as `manylinux_2_17_x86_64` asks for; plain Linux, none."""
    found = re.match(r"manylinux_(\d+)_(\d+)_", tag)
    return (int(found.group(1)), int(found.group(2))) if found else (float("inf"), 0.0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
