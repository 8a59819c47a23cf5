"""The installed package: its names, documentation and self-test, and what it says when broken."""

from __future__ import annotations

import doctest
import importlib
import importlib.machinery
import importlib.metadata
import shutil
from pathlib import Path

import pytest
from conftest import Run

import esig

PACKAGE = Path(esig.__file__).parent


DOCUMENTED = ["esig", "esig.backends", "esig._library", "esig._memory", "esig._recombine"]
DOCUMENTED += ["esig._signatures", "esig._windows", "esig._gradients", "esig._progress"]


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


def copied(folder: Path, *extensions: str) -> Path:
    """A package in the current folder comes before an installed one; here with no extension."""
    shutil.copytree(PACKAGE, folder / "esig", ignore=shutil.ignore_patterns("tosig.*.so", "*.pyd"))
    for name in extensions:
        (folder / "esig" / name).write_bytes(b"no library")
    return folder / "esig"


@pytest.fixture
def executable(run_python: Run) -> str:
    """The interpreter by the name that it has for itself."""
    return run_python("-c", "import sys; print(sys.executable)").stdout.strip()


def error_of_import(run_python: Run, code: str = "import esig") -> str:
    """The last line of the only traceback, if that is what there is."""
    finished = run_python("-c", code)
    assert finished.returncode == 1
    assert finished.stderr.count("Traceback") == 1, finished.stderr
    return finished.stderr.splitlines()[-1]


def test_a_package_without_an_extension_says_so(
    run_python: Run, tmp_path: Path, executable: str
) -> None:
    package = copied(tmp_path)
    for code in ("import esig", "import esig.tosig", "from esig import *"):
        assert error_of_import(run_python, code) == (
            f"ImportError: {package} has no extension module: "
            f"run `{executable} -m pip install --force-reinstall --no-deps esig`"
        )


def test_a_checkout_says_how_it_is_built(run_python: Run, tmp_path: Path, executable: str) -> None:
    package = copied(tmp_path)
    (package / "extension.json").write_text("{}", encoding="utf-8")
    assert error_of_import(run_python) == (
        f"ImportError: {package} is a checkout, whose extension is not built: run "
        f"`cargo xtask develop --interpreter {executable}`, or start Python elsewhere"
    )


def test_the_extension_of_another_interpreter_is_named(run_python: Run, tmp_path: Path) -> None:
    names = "tosig.cp27-win32.pyd, tosig.cpython-34m-x86_64-linux-gnu.so"
    package = copied(tmp_path, *names.split(", "))
    expected = f"ImportError: {package} has the extension of another interpreter, {names}: run `"
    assert error_of_import(run_python).startswith(expected)


def test_a_broken_extension_comes_with_the_reason(run_python: Run, tmp_path: Path) -> None:
    suffix = importlib.machinery.EXTENSION_SUFFIXES[0]
    package = copied(tmp_path, f"tosig{suffix}")
    assert error_of_import(run_python).startswith(
        "ImportError: esig.tosig cannot be loaded (ImportError: "
    )
    (package / f"tosig{suffix}").unlink()
    (package / "tosig.py").write_text("raise OSError('tosig is broken\\nreally')")
    expected = "ImportError: esig.tosig cannot be loaded (OSError: tosig is broken): run `"
    assert error_of_import(run_python).startswith(expected)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (
            "raise ImportError(\"No module named 'numpy'\")",
            "which is not installed: run `PYTHON -m pip install numpy`",
        ),
        (
            "raise ImportError('\\n\\nPLEASE READ THIS\\n\\nfor advice')",
            "but the one that is installed cannot be imported (ImportError: PLEASE READ THIS): run",
        ),
        ("", "cannot be imported (AttributeError: module 'numpy' has no attribute 'ndarray'): run"),
    ],
)
def test_a_missing_or_broken_numpy_is_named(
    run_python: Run, tmp_path: Path, executable: str, code: str, words: str
) -> None:
    (tmp_path / "numpy.py").write_text(code, encoding="utf-8")
    message = error_of_import(run_python)
    assert message.startswith("ImportError: esig needs NumPy, ")
    assert words.replace("PYTHON", executable) in message
