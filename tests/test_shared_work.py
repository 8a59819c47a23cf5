"""The threads that a call starts share its work without a race, as ThreadSanitizer sees it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEADERS = Path(sysconfig.get_path("include"))
COMPILER = shutil.which("c++")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="its lock is that of Linux")
@pytest.mark.skipif(COMPILER is None, reason="no c++ on PATH")
@pytest.mark.skipif(not (HEADERS / "Python.h").exists(), reason=f"no Python.h in {HEADERS}")
@pytest.mark.parametrize("sanitizer", ["thread", "address,undefined"])
def test_work_is_shared_without_a_race(sanitizer: str, tmp_path: Path) -> None:
    program = tmp_path / "shared_work"
    include = [ROOT / "libalgebra/include", ROOT / "esig/ext", HEADERS]
    compiled = subprocess.run(
        [
            *(str(COMPILER), "-std=c++17", "-O1", "-g", f"-fsanitize={sanitizer}"),
            *("-fno-sanitize-recover=all", "-pthread", "-DPy_LIMITED_API=0x030B0000"),
            *(f"-I{folder}" for folder in include),
            *(str(ROOT / "tests/shared_work.cpp"), "-o", str(program)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if "cannot find" in compiled.stderr:
        pytest.skip(f"the compiler has no library for -fsanitize={sanitizer}")
    assert compiled.returncode == 0, compiled.stderr
    # The sanitizer of threads knows no addresses as random as some systems make them.
    fixed = [setarch, "-R"] if (setarch := shutil.which("setarch")) else []
    finished = subprocess.run([*fixed, str(program)], capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
