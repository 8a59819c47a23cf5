"""Many threads at once: the same answers, one Hall basis, and the interpreter is let go."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy
from conftest import Run

import esig


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


def longest_pause_during(work: Callable[[], object]) -> tuple[float, float]:
    """How long the work took, and for how long another thread could not run meanwhile."""
    done = threading.Event()
    pauses = [0.0]

    def tick() -> None:
        last = time.perf_counter()
        while not done.is_set():
            time.sleep(0.001)
            now = time.perf_counter()
            pauses.append(now - last)
            last = now

    thread = threading.Thread(target=tick)
    thread.start()
    start = time.perf_counter()
    work()
    elapsed = time.perf_counter() - start
    done.set()
    thread.join()
    return elapsed, max(pauses)


def test_other_threads_run_while_one_computes() -> None:
    path = numpy.random.default_rng(6).normal(size=(30000, 5))
    elapsed, pause = longest_pause_during(lambda: esig.stream2sig(path, 6))
    assert elapsed > 0.1
    assert pause < elapsed / 2


def test_changing_the_array_meanwhile_is_harmless() -> None:
    path = numpy.zeros((2000, 3))
    stop = threading.Event()

    def scribble() -> None:
        random = numpy.random.default_rng(8)
        while not stop.is_set():
            path[...] = random.normal(size=path.shape)

    thread = threading.Thread(target=scribble)
    thread.start()
    for _ in range(50):
        assert esig.stream2sig(path, 4).shape == (121,)
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
