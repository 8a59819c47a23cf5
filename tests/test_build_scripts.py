"""The scripts that the build runs: what they conclude from what tools say."""

from __future__ import annotations

import importlib.util
import sys
import types
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parent.parent / "build-scripts"


def script(name: str) -> types.ModuleType:
    """Return a script of the build as a module."""
    if not SCRIPTS.exists():
        pytest.skip("the scripts of the build are not part of the source archive")
    spec = importlib.util.spec_from_file_location(name.replace("-", "_"), SCRIPTS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def check_platform_tag(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """Return the script as a module; auditwheel itself is not needed to judge its answers."""
    stand_in = types.ModuleType("auditwheel.main")
    stand_in.main = lambda: 0  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "auditwheel", types.ModuleType("auditwheel"))
    monkeypatch.setitem(sys.modules, "auditwheel.main", stand_in)
    return script("check-platform-tag")


@pytest.mark.parametrize(
    ("found", "promised", "agrees"),
    [
        ("manylinux_2_17_x86_64", "manylinux_2_17_x86_64", True),
        ("manylinux_2_5_x86_64", "manylinux_2_17_x86_64", True),
        ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", False),
        ("musllinux_1_2_i686", "musllinux_1_2_i686", True),
        ("musllinux_1_2_i686", "musllinux_1_1_i686", False),
        ("manylinux_2_17_x86_64", "manylinux_2_17_i686", False),
        ("manylinux_2_17_x86_64", "musllinux_1_2_x86_64", False),
        ("linux_x86_64", "manylinux_2_17_x86_64", False),
        ("linux_x86_64", "linux_x86_64", False),
    ],
)
def test_auditwheel_agrees_only_with_a_promise_that_is_kept(
    check_platform_tag: types.ModuleType, found: str, promised: str, agrees: bool
) -> None:
    assert check_platform_tag.keeps(found, promised) is agrees


@pytest.mark.parametrize(
    ("listed", "problem"),
    [
        ("/usr/lib/libSystem.B.dylib\n", None),
        (
            "/usr/lib/libSystem.B.dylib\n/usr/lib/libc++.1.dylib\n",
            "it needs /usr/lib/libc++.1.dylib, which not every macOS has",
        ),
        ("", "delocate found no library in it"),
    ],
)
def test_a_wheel_for_macos_needs_libsystem_alone(listed: str, problem: str | None) -> None:
    assert script("check-needed-libraries").problem(listed) == problem


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({}, None),
        ({"include": None}, "it has no headers"),
        ({"release": "3.5.9"}, "it is CPython 3.5.9 (cp35m), not 3.5.10 (cp35m)"),
        ({"abi_suffix": ""}, "it is CPython 3.5.10 (cp35), not 3.5.10 (cp35m)"),
    ],
)
def test_an_interpreter_is_the_one_that_was_to_be_installed(
    facts: dict[str, str | None], problem: str | None
) -> None:
    said = {"version": [3, 5, 10], "release": "3.5.10", "abi_suffix": "m", "include": "include"}
    assert script("check-interpreter").problem({**said, **facts}, "cp35m", "3.5.10") == problem


def test_an_interpreter_is_asked_by_the_program_that_the_helper_asks_it_by() -> None:
    assert Path(script("check-interpreter").FACTS).is_file()


@pytest.mark.parametrize(
    ("listed", "problems"),
    [
        ('<a href="../../packages/a%2B1.whl#sha256=11">a</a><a href="/other.whl">o</a>', []),
        ('<a href="https://example.org/x/a%2B1.whl#sha256=12">a</a>', ["`a+1.whl` is another"]),
        ('<a href="a%2B1.whl">a</a>', ["`a+1.whl` is another"]),
        ("<html></html>", ["`a+1.whl` is missing"]),
    ],
)
def test_an_index_lists_what_was_published(listed: str, problems: list[str]) -> None:
    assert script("compare-index").problems(listed, {"a+1.whl": "11"}) == problems


@pytest.mark.parametrize(
    "name",
    [
        "esig-1.1.0-cp38-cp38-win32.whl",
        "esig-1.1.0-1-cp38-cp38-win_amd64.whl",
        "esig-1.1.0.zip",
        "esig-1.1.tar.gz",
        "esig-1.1.0.win-amd64-py2.7.exe",
        "Esig-v1.1.0-py3.8.egg",
    ],
)
def test_a_file_of_the_version_that_is_not_ours_is_in_the_way(name: str) -> None:
    ours = "esig-1.1.0-cp38-cp38-win_amd64.whl"
    page = f'<a href="{name}#sha256=22">a</a><a href="{ours}#sha256=11">a</a>'
    for before in (True, False):
        found = script("compare-index").problems(page, {ours: "11"}, before)
        assert found == [f"`{name}` is none of ours"]


def test_what_is_in_the_way_of_an_upload_is_other_bytes_and_other_files_of_the_version() -> None:
    ours = "esig-1.1.0-cp38-cp38-win_amd64.whl"
    others = ["esig-1.0.9.tar.gz", "esig-1.1.0rc1.tar.gz", "esig-1.1.0.post1-cp38-cp38-win32.whl"]
    page = "".join(f'<a href="{name}#sha256=22">a</a>' for name in others)
    problems = script("compare-index").problems
    assert problems(page, {ours: "11"}, True) == []
    assert problems(page, {ours: "11"}) == [f"`{ours}` is missing"]
    twice = f'<a href="{ours}#sha256=11">a</a><a href="x/{ours}#sha256=22">a</a>'
    assert problems(twice, {ours: "11"}, True) == [f"`{ours}` is another"]
    assert problems(f'<a href="{ours}#md5=11">a</a>', {ours: "11"}, True) != []
