"""`python -m esig`: the report on an installation, and signatures from files to files."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy
import pytest
from conftest import Run

import esig

PATH = numpy.random.default_rng(0).normal(size=(40, 3)).cumsum(axis=0)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A file with the names of its columns, as spreadsheets write it."""
    file = tmp_path / "path.csv"
    rows = ["x,y,z", *(",".join(map(repr, row)) for row in PATH.tolist())]
    file.write_text("\ufeff" + "\r\n".join(rows) + "\r\n", encoding="utf-8")
    return file


def read(text: str) -> tuple[list[str], numpy.ndarray]:
    rows = list(csv.reader(text.splitlines()))
    return rows[0], numpy.array(rows[1:], dtype=float)


def test_the_report_says_what_a_maintainer_asks_first(run_python: Run) -> None:
    finished = run_python("-m", "esig")
    assert finished.returncode == 0, finished.stderr
    lines = dict(line.split(None, 1) for line in finished.stdout.splitlines() if line[0] != " ")
    assert lines["esig"] == f"{esig.get_version()}, {esig.ESIG_PACKAGE_ROOT}"
    assert lines["extension"].startswith("tosig.")
    assert "from the wheel for" in lines["extension"]
    assert lines["instructions"].split(",")[0] == esig.tosig._simd()[0]
    assert lines["NumPy"].startswith(numpy.__version__)
    assert {"threads", "backends", "memory", "Python", "system"} <= set(lines)


def test_the_report_knows_who_was_chosen_by_the_environment(run_python: Run) -> None:
    assert "baseline, of" in run_python("-m", "esig", ESIG_SIMD="baseline").stdout


@pytest.mark.parametrize(
    ("options", "keys", "expected"),
    [
        ([], esig.sigkeys, esig.stream2sig(PATH, 3)[None]),
        (["--log"], esig.logsigkeys, esig.stream2logsig(PATH, 3)[None]),
        (["--window", "9"], esig.sigkeys, esig.sliding2sig(PATH, 3, 9)),
        (["--window=8", "--step=5", "--log"], esig.logsigkeys, esig.sliding2logsig(PATH, 3, 8, 5)),
    ],
)
def test_a_table_becomes_a_table(
    run_python: Run, table: Path, options: list[str], keys: object, expected: numpy.ndarray
) -> None:
    assert callable(keys)
    finished = run_python("-m", "esig", "signature", str(table), "--depth", "3", *options)
    assert (finished.returncode, finished.stderr) == (0, "")
    names, values = read(finished.stdout)
    assert names == keys(3, 3).split()
    numpy.testing.assert_allclose(values, expected, rtol=1e-12, atol=1e-12)


def test_arrays_become_arrays(run_python: Run, tmp_path: Path) -> None:
    paths = numpy.random.default_rng(1).normal(size=(70, 5, 2)).astype(numpy.float32)
    cases = [
        (paths, [], esig.stream2sig(paths, 2)),
        (paths[0], [], esig.stream2sig(paths[0], 2)),
        (paths, ["--window", "3"], esig.sliding2sig(paths, 2, 3)),
    ]
    for array, options, expected in cases:
        numpy.save(tmp_path / "in.npy", array)
        words = ["in.npy", "--depth", "2", "--output", "out.npy", *options]
        finished = run_python("-m", "esig", "signature", *words)
        assert finished.returncode == 0, finished.stderr
        result = numpy.load(tmp_path / "out.npy")
        assert result.shape == expected.shape or result.shape == (1, *expected.shape)
        numpy.testing.assert_allclose(result.ravel(), expected.ravel(), rtol=1e-6, atol=1e-6)


def test_many_windows_are_those_of_the_whole_path(run_python: Run, tmp_path: Path) -> None:
    path = numpy.random.default_rng(2).normal(size=(2000, 2))
    numpy.save(tmp_path / "in.npy", path)
    words = ["in.npy", "--depth=2", "--window=7", "--step=3", "--output=out.npy"]
    assert run_python("-m", "esig", "signature", *words).returncode == 0
    expected = esig.sliding2sig(path, 2, 7, 3)
    numpy.testing.assert_allclose(numpy.load(tmp_path / "out.npy"), expected, atol=1e-12)


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        ("1,2\n3,x\n", "", "in.csv, line 2: 'x' is not a number"),
        ("a,b\n1,2\n3\n", "", "in.csv, line 3: it has 1 columns, but those before have 2"),
        ("1,2\n3,\n", "", "in.csv, line 2: '' is not a number"),
        ("a,b\n", "", "in.csv: it has no numbers"),
        ("1,2\n", "--depth=0", "Depth must be at least 1"),
        ("1,2\n", "--depth=64", "Legitimate depth of 2<->"),
        ("1,2\n", "--window=2", "no window of 2 points is in a path of 1"),
        ("1,2\n", "--window=0", "--window and --step must be at least 1"),
        ("1,2\n", "--delimiter=", "--delimiter must be one character"),
        ("1,2\n", "--output=out.txt", "out.txt: its name must end in .csv or .npy"),
        ("1,2\n", "--output=no/out.csv", "No such file or directory"),
    ],
)
def test_mistakes_are_told_in_a_line_and_leave_nothing(
    run_python: Run, tmp_path: Path, content: str, options: str, words: str
) -> None:
    (tmp_path / "in.csv").write_text(content, encoding="utf-8")
    finished = run_python(
        *("-m", "esig", "signature", "in.csv", "--depth=2", "--output=out.csv"), *options.split()
    )
    assert finished.returncode == 1
    assert finished.stderr.startswith("error: ")
    assert words in finished.stderr
    assert finished.stderr.count("\n") == 1
    assert [file.name for file in tmp_path.iterdir()] == ["in.csv"]


def test_a_result_is_replaced_only_by_a_whole_one(run_python: Run, tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("before", encoding="utf-8")
    numpy.save(tmp_path / "in.npy", numpy.zeros((4, 2), dtype=complex))
    words = ["signature", "in.npy", "--depth", "2", "--output", "out.csv"]
    finished = run_python("-m", "esig", *words)
    assert "in.npy: it has complex128 of shape (4, 2), not float32" in finished.stderr
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == "before"
    numpy.save(tmp_path / "in.npy", numpy.zeros((4, 2)))
    assert run_python("-m", "esig", *words).returncode == 0
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").startswith("()")


def test_what_it_does_not_know_is_an_error_of_use(run_python: Run) -> None:
    for words in (["log"], ["signature"], ["--depth"], ["--"]):
        finished = run_python("-m", "esig", *words)
        assert finished.returncode == 2
        assert "usage: python -m esig" in finished.stderr
