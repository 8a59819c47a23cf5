"""Checks that auditwheel finds a wheel to run wherever its platform tag promises."""

from __future__ import annotations

import contextlib
import io
import json
import re
import sys
from pathlib import Path

from auditwheel.main import main as auditwheel


def main(wheel: Path) -> int:
    """Return 0 if auditwheel agrees with the tag in the name of `wheel`, else say what differs."""
    promised = wheel.stem.split("-")[-1].split(".")[0]
    answer = io.StringIO()
    # In this process: Python would take longer to start again than auditwheel takes to look.
    sys.argv = ["auditwheel", "show", "--json", str(wheel)]
    with contextlib.redirect_stdout(answer):
        failed = auditwheel()
    if failed:
        print(f"auditwheel cannot read it: {answer.getvalue()}", file=sys.stderr)
        return 1
    found = json.loads(answer.getvalue())["overall_tag"]
    print(f"{wheel.name}: auditwheel finds {found}")
    if not keeps(found, promised):
        print(f"the wheel promises {promised}\n{answer.getvalue()}", file=sys.stderr)
        return 1
    return 0


def keeps(found: str, promised: str) -> bool:
    """Tell whether what runs on the systems of one tag runs on all those of another."""
    library, version, architecture = parts(found)
    promised_library, promised_version, promised_architecture = parts(promised)
    return (
        library == promised_library != ""
        and architecture == promised_architecture
        and version <= promised_version
    )


def parts(tag: str) -> tuple[str, tuple[int, int], str]:
    """Divide `manylinux_2_17_x86_64`; a tag that promises no C library has an empty first part."""
    match = re.fullmatch(r"(manylinux|musllinux)_(\d+)_(\d+)_(\w+)", tag)
    if match is None:
        return "", (0, 0), tag
    return match[1], (int(match[2]), int(match[3])), match[4]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
