"""The headers that let one machine compile for others: harmless here, and strict."""

from __future__ import annotations

import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEADERS = Path(sysconfig.get_path("include"))
COMPILER = shutil.which("c++")
TARGET_CONFIG = ["-include", str(ROOT / "esig" / "ext" / "target_pyconfig.h")]

pytestmark = [
    pytest.mark.skipif(COMPILER is None, reason="no c++ on PATH: `apt-get install g++`"),
    pytest.mark.skipif(not (HEADERS / "Python.h").exists(), reason=f"no Python.h in {HEADERS}"),
]


def compile_binding(*arguments: str) -> subprocess.CompletedProcess[str]:
    include = [f"-I{folder}" for folder in (ROOT / "libalgebra/include", ROOT / "esig/ext")]
    return subprocess.run(
        [str(COMPILER), "-std=c++17", *include, f"-I{HEADERS}", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def macros(*arguments: str) -> dict[str, str]:
    """Everything defined once pyconfig.h is read."""
    answer = compile_binding(*arguments, "-E", "-dM", "-x", "c++", str(HEADERS / "pyconfig.h"))
    assert answer.returncode == 0, answer.stderr
    lines = re.finditer(r"^#define (\w+) ?(.*)$", answer.stdout, re.MULTILINE)
    found: dict[str, str] = {line[1]: line[2] for line in lines}
    return {name: found.get(value, value) for name, value in found.items()}


def test_for_this_machine_the_target_configuration_says_what_pyconfig_says() -> None:
    own, given = macros(), macros(*TARGET_CONFIG)
    assert {name: value for name, value in given.items() if own.get(name, value) != value} == {}
    about_the_machine = re.compile(r"SIZEOF_|WORDS_|DOUBLE_IS_|HAVE_GCC_")
    assert [n for n in given if about_the_machine.match(n) and n not in own] == []


def test_for_this_machine_the_target_configuration_changes_no_byte(tmp_path: Path) -> None:
    source = str(ROOT / "esig" / "ext" / "tosig.cpp")
    compiled = []
    for name, flags in (("own.o", []), ("target.o", TARGET_CONFIG)):
        answer = compile_binding(*flags, "-O0", "-c", source, "-o", str(tmp_path / name))
        assert answer.returncode == 0, answer.stderr
        compiled.append((tmp_path / name).read_bytes())
    assert compiled[0] == compiled[1]


@pytest.mark.parametrize("name", ["SIZEOF_LONG", "SIZEOF_VOID_P", "SIZEOF_SIZE_T"])
def test_the_headers_of_another_machine_are_refused(name: str, tmp_path: Path) -> None:
    # The checks alone: what the headers themselves say of such a pyconfig.h is theirs.
    source = tmp_path / "wrong.cpp"
    source.write_text(
        f"#include <python_api.h>\n#undef {name}\n#define {name} 16\n#include <python_layout.h>\n"
    )
    answer = compile_binding("-c", str(source), "-o", str(tmp_path / "wrong.o"))
    assert answer.returncode != 0
    assert "pyconfig.h is another machine's" in answer.stderr
