"""Comparing audits: what counts as agreement, and what must be explained."""

from __future__ import annotations

from pathlib import Path

import compare
import pytest
from auditors import Auditor, Verdict, macos_aliases, policy_aliases

WHEELS = ["a-1-py3-none-any.whl", "b-1-py3-none-any.whl"]


def counts_of(said: dict[str, Verdict], *explanations: compare.Explanation) -> tuple[int, int]:
    """Return how many comparisons pass and fail if our audit has nothing to say."""
    auditor = Auditor("other", lambda _: True, lambda _: said, lambda *_: set())
    counts = compare.compare(auditor, WHEELS, said, {}, list(explanations))
    return counts["passed"], counts["failed"]


def test_equal_verdicts_pass_and_others_fail_unless_they_are_explained() -> None:
    assert counts_of({WHEELS[0]: set(), WHEELS[1]: set()}) == (2, 0)
    said = {WHEELS[0]: {"W1"}, WHEELS[1]: {"W1", "W2"}}
    assert counts_of(said) == (0, 2)
    known = compare.Explanation("other", "W1", "*", "taste")
    assert counts_of(said, known) == (1, 1)
    assert known.wheels == set(WHEELS)


def test_an_explanation_is_of_an_auditor_and_of_wheels() -> None:
    said = {name: {"W1"} for name in WHEELS}
    assert counts_of(said, compare.Explanation("another", "*", "*", "taste")) == (0, 2)
    assert counts_of(said, compare.Explanation("other", "*", "a-*", "taste")) == (1, 1)


def test_what_is_not_answered_fails() -> None:
    assert counts_of({WHEELS[0]: set()}) == (1, 1)


def test_an_explanation_that_nothing_needs_is_told_of_as_a_failure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "explained.txt"
    path.write_text("# why\nother W1 *: it was so\n")
    (tmp_path / WHEELS[0]).touch()
    other = Auditor("other", lambda _: True, praise, lambda *_: set())
    monkeypatch.setattr(compare, "EXPLAINED", path)
    monkeypatch.setattr(compare, "AUDITORS", [other])
    monkeypatch.setattr(compare, "run_audit", lambda _: {})
    monkeypatch.setattr("sys.argv", ["compare.py", str(tmp_path), str(tmp_path / "scratch")])
    with pytest.raises(SystemExit) as ended:
        compare.main()
    assert ended.value.code
    printed = capsys.readouterr().out
    assert "FAILED: nothing is explained by other W1: it was so" in printed
    assert "1 passed, 1 failed, 0 skipped" in printed


def praise(wheels: list[Path]) -> dict[str, Verdict]:
    """Find nothing."""
    return {wheel.name: set() for wheel in wheels}


def test_a_wheel_is_also_audited_under_the_next_stricter_name() -> None:
    name = "a-1-cp312-cp312-x.whl"
    assert policy_aliases(name, {"manylinux_2_17_x86_64"}) == [
        "a-1-cp312-cp312-manylinux_2_17_x86_64.whl",
        "a-1-cp312-cp312-manylinux_2_12_x86_64.whl",
    ]
    stricter = {
        "macosx_10_10_universal2": ["macosx_10_9_universal2"],
        "macosx_11_0_x86_64": ["macosx_10_15_x86_64"],
        "macosx_11_0_arm64": [],
        "macosx_12_0_arm64": ["macosx_11_0_arm64"],
    }
    for tag, others in stricter.items():
        expected = [f"a-1-cp312-cp312-{each}.whl" for each in [tag, *others]]
        assert macos_aliases(name, {tag}) == expected
