"""The scripts that the build runs: what they conclude from what tools say."""

from __future__ import annotations

import importlib.util
import sys
import types
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parent.parent / "build-scripts"


@pytest.fixture
def check_platform_tag(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """Return the script as a module; auditwheel itself is not needed to judge its answers."""
    if not SCRIPTS.exists():
        pytest.skip("the scripts of the build are not part of the source archive")
    stand_in = types.ModuleType("auditwheel.main")
    stand_in.main = lambda: 0  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "auditwheel", types.ModuleType("auditwheel"))
    monkeypatch.setitem(sys.modules, "auditwheel.main", stand_in)
    path = SCRIPTS / "check-platform-tag.py"
    spec = importlib.util.spec_from_file_location("check_platform_tag", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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
