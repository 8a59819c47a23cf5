"""Many threads at once: the same answers, one Hall basis, and the interpreter is let go."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy
import numpy.typing
import pytest
from conftest import Run

import esig

Path = numpy.typing.NDArray[numpy.float64]


def test_threads_get_the_answers_of_one_thread() -> None:
    random = numpy.random.default_rng(4)
    paths = [random.normal(size=(20, 1 + i % 4)) for i in range(40)]
    expected = [
        (esig.stream2sig(p, 4).tobytes(), esig.stream2logsig(p, 4).tobytes()) for p in paths
    ]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(5):
            signatures = pool.map(lambda p: esig.stream2sig(p, 4).tobytes(), paths)
            logarithms = pool.map(lambda p: esig.stream2logsig(p, 4).tobytes(), paths)
            assert list(zip(signatures, logarithms, strict=True)) == expected


def test_a_basis_that_all_threads_need_first_at_the_same_moment(run_python: Run) -> None:
    code = """
import threading, numpy, esig
path = numpy.random.default_rng(0).normal(size=(5, 4))
barrier = threading.Barrier(16)
results = []
def run():
    barrier.wait()
    for depth in range(1, 7):
        results.append((depth, esig.stream2logsig(path, depth).tobytes()))
        results.append((depth, esig.logsigkeys(4, depth)))
threads = [threading.Thread(target=run) for _ in range(16)]
[t.start() for t in threads]
[t.join() for t in threads]
assert len(results) == 192 and len(set(results)) == 12
"""
    for _ in range(3):
        finished = run_python("-c", code)
        assert finished.returncode == 0, finished.stderr


@pytest.fixture
def no_forced_switches() -> Iterator[None]:
    """A thread runs until it gives the interpreter lock away by itself."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(3600)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("no_forced_switches")
@pytest.mark.parametrize("function", [esig.stream2sig, esig.stream2logsig])
def test_other_threads_run_while_one_computes(function: Callable[[Path, int], object]) -> None:
    path = numpy.random.default_rng(6).normal(size=(1000, 3))
    go = threading.Event()
    ran: list[bool] = []

    def wait_and_run() -> None:
        go.wait()
        ran.append(True)

    thread = threading.Thread(target=wait_and_run)
    thread.start()
    go.set()  # nothing between here and the assertion gives the lock away, but the call
    calls = 0
    while not ran and calls < 100_000:
        function(path, 5)
        calls += 1
    assert ran, f"no other thread ran during {calls} calls"
    thread.join()


def test_changing_the_array_meanwhile_is_harmless() -> None:
    path = numpy.zeros((2000, 3))
    changes = 0
    stop = threading.Event()

    def scribble() -> None:
        nonlocal changes
        random = numpy.random.default_rng(8)
        while not stop.is_set():
            path[...] = random.normal(size=path.shape)
            changes += 1

    thread = threading.Thread(target=scribble)
    thread.start()
    try:
        calls = 0
        while calls < 50 or changes < 50:
            assert esig.stream2sig(path, 4).shape == (121,)
            calls += 1
    finally:
        stop.set()
        thread.join()


def test_each_thread_has_its_own_backend() -> None:
    class Other(esig.backends.LibalgebraBackend):
        pass

    esig.set_backend(Other)
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: repr(esig.get_backend())).result() == "LibalgebraBackend"
    assert repr(esig.get_backend()) == "Other"


def test_the_default_of_all_threads_can_be_changed() -> None:
    class Other(esig.backends.LibalgebraBackend):
        pass

    try:
        esig.backends.set_default_backend(Other)
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(lambda: repr(esig.get_backend())).result() == "Other"
    finally:
        esig.backends.set_default_backend("libalgebra")
