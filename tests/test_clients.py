"""Packages that esig is used with: what they hold is accepted, and what they test still passes."""

from __future__ import annotations

import multiprocessing
import pickle
import warnings
from pathlib import Path
from typing import Any

import numpy
import pytest
from conftest import Run

import esig
from esig.backends import BackendBase

PATH = numpy.random.default_rng(0).normal(size=(12, 3))
SIGNATURE = esig.stream2sig(PATH, 3)


def package(name: str) -> Any:
    """A module, or a skipped test that says what to install."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip(name, reason=f"{name} is not installed: `pip install {name}`")


def same(values: Any) -> bool:
    return bool(esig.stream2sig(values, 3).tobytes() == SIGNATURE.tobytes())


def test_frames_of_pandas_are_paths() -> None:
    pandas = package("pandas")
    frame = pandas.DataFrame(PATH, columns=["x", "y", "z"])
    assert same(frame)
    assert same(frame.iloc[::-1].iloc[::-1])
    positions, weights = esig.recombine(frame, weights=pandas.Series(numpy.ones(12)))
    expected = esig.recombine(PATH)
    assert positions.tolist() == expected[0].tolist()
    assert weights.tolist() == expected[1].tolist()


def test_frames_of_polars_are_paths() -> None:
    polars = package("polars")
    frame = polars.DataFrame(PATH, schema=["x", "y", "z"])
    assert same(frame)
    assert esig.recombine(frame)[1].tolist() == esig.recombine(PATH)[1].tolist()


def test_tensors_of_torch_are_paths() -> None:
    torch = package("torch")
    tensor = torch.from_numpy(PATH)
    assert same(tensor)
    assert same(tensor.flip(0).flip(0))
    assert esig.recombine(tensor)[1].tolist() == esig.recombine(PATH)[1].tolist()


def test_joblib_spreads_paths_over_processes() -> None:
    joblib = package("joblib")
    tasks = [joblib.delayed(esig.stream2sig)(PATH, 3) for _ in range(4)]
    for signature in joblib.Parallel(n_jobs=2)(tasks):
        assert signature.tobytes() == SIGNATURE.tobytes()


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_processes_compute_what_this_one_does(method: str, run_python: Run, tmp_path: Path) -> None:
    code = f"""
import functools, multiprocessing, numpy, esig
path = numpy.random.default_rng(0).normal(size=(12, 3))
if __name__ == "__main__":
    esig.stream2logsig(path, 3)
    with multiprocessing.get_context({method!r}).Pool(2) as pool:
        results = pool.map(functools.partial(esig.stream2sig, depth=3), [path] * 4)
        assert len({{r.tobytes() for r in results}} | {{esig.stream2sig(path, 3).tobytes()}}) == 1
        results = pool.map(esig.recombine, [path] * 2)
        assert results[0][1].tolist() == esig.recombine(path)[1].tolist()
"""
    # Processes that do not fork read the program again, so it has to be a file.
    program = tmp_path / "program.py"
    program.write_text(code, encoding="utf-8")
    finished = run_python(str(program))
    assert finished.returncode == 0, finished.stderr


def test_public_functions_and_backends_are_pickled() -> None:
    for name in esig.__all__:
        value = getattr(esig, name)
        if callable(value):
            assert pickle.loads(pickle.dumps(value)) is value
    backend: BackendBase = pickle.loads(pickle.dumps(esig.get_backend()))
    assert repr(backend) == "LibalgebraBackend"


def test_scripts_for_esig_0_6_to_0_9_run(run_python: Run) -> None:
    code = """
import numpy
from esig import tosig
stream = numpy.array([[1.0, 1.0], [3.0, 4.0], [5.0, 2.0], [8.0, 6.0]])
assert tosig.stream2sig(stream, 2).shape == (tosig.sigdim(2, 2),)
assert tosig.stream2logsig(stream, 2).tolist() == [7.0, 5.0, 1.5]
assert tosig.sigkeys(2, 1) == " () (1) (2)" and tosig.logsigkeys(2, 1) == " 1 2"
from esig.tosig import NO_RECOMBINE, recombine
assert not NO_RECOMBINE
indexes, weights = recombine(stream, numpy.arange(4), numpy.ones(4), 1)
assert len(indexes) <= 3
import esig
assert esig.get_library_load_error() is None and esig.is_library_loaded()
"""
    finished = run_python("-W", "error", "-c", code)
    assert finished.returncode == 0, finished.stderr


def test_scripts_for_esig_1_0_run(run_python: Run) -> None:
    code = """
import esig, numpy
from esig.backends import BACKENDS, BackendBase, LibalgebraBackend, RoughPyBackend
from esig.backends import get_backend, list_backends, set_backend, set_default_backend
stream = numpy.array([[1.0, 1.0], [3.0, 4.0], [5.0, 2.0], [8.0, 6.0]])
expected = esig.stream2sig(stream, 3)
set_backend("roughpy")
assert (esig.stream2sig(stream, 3) == expected).all()
RoughPyBackend.prepare_stream = lambda self, stream_data, depth: None
assert (esig.stream2sig(stream, 3) == expected).all()
set_default_backend(RoughPyBackend)
assert esig.ESIG_PACKAGE_ROOT.endswith("esig")
"""
    finished = run_python("-W", "error", "-c", code)
    assert finished.returncode == 0, finished.stderr


@pytest.mark.parametrize(
    "tests",
    [
        "aeon.transformations.collection.signature_based",
        "sktime.transformations.panel.signature_based",
    ],
)
def test_the_clients_own_tests_of_signatures_pass(tests: str, run_python: Run) -> None:
    package(tests.partition(".")[0])
    finished = run_python(
        *("-m", "pytest", "-q", "-W", "ignore", "-p", "no:cacheprovider", "--pyargs", tests)
    )
    assert finished.returncode == 0, finished.stdout
    assert "passed" in finished.stdout
