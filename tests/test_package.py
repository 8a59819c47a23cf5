"""The installed package: its names, documentation and self-test, and life without the library."""

from __future__ import annotations

import doctest
import importlib
import importlib.metadata
import shutil
from pathlib import Path

import pytest
from conftest import Run

import esig

PACKAGE = Path(esig.__file__).parent


DOCUMENTED = ["esig", "esig.backends", "esig._library", "esig._memory", "esig._recombine"]
DOCUMENTED += ["esig._signatures", "esig._windows", "esig._gradients"]


@pytest.mark.parametrize("name", DOCUMENTED)
def test_examples_in_the_documentation_hold(name: str) -> None:
    failed, attempted = doctest.testmod(importlib.import_module(name))
    assert attempted > 0
    assert failed == 0


def test_every_public_function_has_an_example() -> None:
    for name in esig.__all__:
        function = getattr(esig, name)
        if callable(function) and name != "get_version":
            assert ">>>" in (function.__doc__ or ""), name


def test_star_import_gives_the_public_names() -> None:
    namespace: dict[str, object] = {}
    exec("from esig import *", namespace)
    del namespace["__builtins__"]
    assert sorted(namespace) == esig.__all__


def test_the_version_is_that_of_the_distribution() -> None:
    assert esig.get_version() == importlib.metadata.version("esig")


def test_numpy_is_all_that_the_package_needs() -> None:
    needed = importlib.metadata.requires("esig") or []
    assert [name for name in needed if "extra ==" not in name] == ["numpy"]


def test_what_only_the_build_reads_is_not_installed() -> None:
    assert not (PACKAGE / "ext").exists()
    assert not (PACKAGE / "extension.json").exists()


def test_the_self_test_passes_and_counts(run_python: Run) -> None:
    finished = run_python("-m", "esig.tests")
    assert finished.returncode == 0, finished.stderr
    passed, failed, skipped = finished.stderr.strip().splitlines()[-1].split(", ")
    assert int(passed.split()[0]) > 50
    assert failed == "0 failed"
    assert skipped.split()[1] == "skipped"


@pytest.mark.parametrize(("terminate", "output"), [(True, ""), (False, "True\n")])
def test_run_tests_ends_the_process_if_it_is_told_to(
    run_python: Run, terminate: bool, output: str
) -> None:
    code = f"import esig.tests; print(esig.tests.run_tests(terminate={terminate}))"
    finished = run_python("-c", code)
    assert finished.returncode == 0
    assert finished.stdout == output


def test_a_failing_self_test_is_seen_in_the_status(run_python: Run) -> None:
    code = "import esig.tests; esig.sigdim = None; esig.tests.run_tests(terminate=True)"
    finished = run_python("-c", code)
    assert finished.returncode == 1
    assert ", 0 failed" not in finished.stderr


WITHOUT_LIBRARY = """
import esig
assert esig.is_library_loaded() is False
assert "tosig" in esig.get_library_load_error(), esig.get_library_load_error()
assert esig.get_version() and esig.list_backends()[0] == "libalgebra"
for call in (
    lambda: esig.stream2sig([[0.0, 1.0]], 2),
    lambda: esig.sigdim(2, 2),
    lambda: esig.logsigkeys(2, 2),
    lambda: esig.recombine([[0.0]]),
    lambda: esig.get_memory_limit(),
):
    try:
        call()
    except ImportError as error:
        assert "esig.tosig could not be loaded" in str(error)
    else:
        raise AssertionError("no error")
from esig import *
"""


def copy_without_library(folder: Path) -> Path:
    """A package in the current folder comes before an installed one."""
    shutil.copytree(PACKAGE, folder / "esig", ignore=shutil.ignore_patterns("tosig.*.so", "*.pyd"))
    return folder / "esig"


def test_import_works_where_the_extension_does_not(run_python: Run, tmp_path: Path) -> None:
    copy_without_library(tmp_path)
    finished = run_python("-c", WITHOUT_LIBRARY)
    assert finished.returncode == 0, finished.stderr


def test_a_broken_extension_is_reported_too(run_python: Run, tmp_path: Path) -> None:
    package = copy_without_library(tmp_path)
    (package / "tosig.py").write_text("raise OSError('tosig is broken')")
    finished = run_python("-c", WITHOUT_LIBRARY)
    assert finished.returncode == 0, finished.stderr
