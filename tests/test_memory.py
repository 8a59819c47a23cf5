"""Sizes without end are refused before anything is allocated; what is allocated is given back."""

from __future__ import annotations

import gc
import re
import resource
import sys
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy
import pytest
from conftest import Run

import esig
from esig import tosig

PATH = numpy.random.default_rng(2).normal(size=(6, 3))
REFUSED = re.compile(r"Legitimate depth of 2<->(\d+) for records with width (\d+) exceeds limit")
SIZES = [esig.sigdim, esig.logsigdim, esig.sigkeys, esig.logsigkeys]


def depth_that_fits(function: Callable[..., Any], *args: Any) -> int:
    with pytest.raises(RuntimeError) as caught:
        function(*args)
    match = REFUSED.fullmatch(str(caught.value))
    assert match is not None, caught.value
    return int(match[1])


# Whoever worked through the largest of them, in whichever dimension, would not come to an end.
HUGE = [(2, 64), (2, 10**9), (2, sys.maxsize), (10**5, 10), (2**32, 2), (2**62, 1)]
HUGE += [(sys.maxsize, 1), (sys.maxsize, sys.maxsize), (1, sys.maxsize), (1, 2**61), (3, 41)]


@pytest.mark.parametrize(("width", "depth"), HUGE)
@pytest.mark.parametrize("function", SIZES)
def test_huge_shapes_are_refused_at_once(
    function: Callable[[int, int], Any], width: int, depth: int
) -> None:
    assert depth_that_fits(function, width, depth) < depth


@pytest.mark.parametrize("function", [esig.stream2sig, esig.stream2logsig])
def test_huge_streams_are_refused_at_once(function: Callable[..., Any]) -> None:
    wide = numpy.broadcast_to(numpy.zeros(1), (3, 2**40))
    assert depth_that_fits(function, wide, 1) == 0
    assert depth_that_fits(function, PATH, 10**6) > 2
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for depth in range(20, 2000):
        with pytest.raises(RuntimeError):
            function(PATH, depth)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 50_000


@pytest.mark.parametrize("function", [esig.stream2sig, esig.stream2logsig])
@pytest.mark.parametrize("length", [0, 1, 2])
def test_the_size_of_a_result_is_refused_however_short_the_path(
    function: Callable[..., Any], length: int
) -> None:
    for width in (2000, 10**5, 2**40):
        assert depth_that_fits(function, numpy.broadcast_to(0.5, (length, width)), 4) < 4


@pytest.mark.parametrize("width", [1, 2, 3, 7, 12])
@pytest.mark.parametrize("limit", [1000, 10**4, 10**6])
@pytest.mark.parametrize("function", SIZES)
def test_the_depth_that_is_said_to_fit_is_the_largest(
    function: Callable[[int, int], Any], limit: int, width: int
) -> None:
    esig.set_memory_limit(limit)
    depth = depth_that_fits(function, width, 10**6)
    if depth > 0:
        function(width, depth)
    assert depth_that_fits(function, width, depth + 1) == depth


@pytest.mark.parametrize("width", [1, 2, 3, 5])
def test_functions_and_their_dimensions_agree_on_what_fits(width: int) -> None:
    path = numpy.ones((3, width))
    esig.set_memory_limit(20000)
    for function, size in [
        (esig.stream2sig, esig.sigdim),
        (esig.stream2logsig, esig.logsigdim),
    ]:
        depth = depth_that_fits(size, width, 10**6)
        assert depth_that_fits(function, path, 10**6) == depth
        assert len(function(path, depth)) == size(width, depth)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the size of the process")
@pytest.mark.parametrize("name", ["stream2sig", "stream2logsig", "sigkeys", "logsigkeys"])
def test_what_fits_stays_within_the_limit(run_python: Run, name: str) -> None:
    code = f"""
import resource, numpy, esig
limit = 100 * 2**20
esig.set_memory_limit(limit)
first = numpy.ones((3, 3)) if "stream" in "{name}" else 3
esig.{name}(first, 2)
try:
    esig.{name}(first, 100)
except RuntimeError as error:
    depth = int(str(error).split("<->")[1].split()[0])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
esig.{name}(first, depth)
taken = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
assert taken <= 1.05 * limit + 2**20, (depth, taken, limit)
"""
    finished = run_python("-c", code)
    assert finished.returncode == 0, finished.stderr


def test_an_allocation_that_the_system_refuses_is_a_memory_error() -> None:
    esig.set_memory_limit(sys.maxsize)
    for _ in range(3):
        with pytest.raises(MemoryError):
            esig.stream2sig(PATH, 34)
        with pytest.raises((MemoryError, RuntimeError)):
            esig.sigkeys(3, 34)


@pytest.mark.parametrize(
    ("limit", "kind"),
    [(0, ValueError), (-(2**70), ValueError), (2**70, OverflowError), ("1", TypeError)],
)
def test_the_limit_is_a_positive_machine_integer(limit: Any, kind: type[Exception]) -> None:
    before = esig.get_memory_limit()
    for function in (esig.set_memory_limit, tosig.set_memory_limit):
        with pytest.raises(kind):
            function(limit)
    assert esig.get_memory_limit() == before == tosig.get_memory_limit()


def test_a_limit_that_is_too_large_is_told_the_largest() -> None:
    with pytest.raises(OverflowError, match=f"must be at most {sys.maxsize} bytes"):
        esig.set_memory_limit(2**70)


PRINT_LIMIT = ("-c", "import esig; print(esig.get_memory_limit())")


def test_the_environment_sets_the_limit(run_python: Run) -> None:
    assert run_python(*PRINT_LIMIT, ESIG_MEMORY_LIMIT="12345").stdout == "12345\n"
    default = run_python(*PRINT_LIMIT, ESIG_MEMORY_LIMIT="")
    assert int(default.stdout) == (2**31 if sys.maxsize > 2**32 else 2**30)
    assert default.stderr == ""


@pytest.mark.parametrize("value", ["2 GiB", "0", "-1", str(2**70)])
def test_an_environment_without_sense_is_a_warning(run_python: Run, value: str) -> None:
    finished = run_python(*PRINT_LIMIT, ESIG_MEMORY_LIMIT=value)
    assert finished.stdout == run_python(*PRINT_LIMIT, ESIG_MEMORY_LIMIT="").stdout
    assert "ESIG_MEMORY_LIMIT is not a number of bytes" in finished.stderr


def every_call() -> None:
    """One call of everything, with results and with errors at each stage."""
    for function in (esig.stream2sig, esig.stream2logsig):
        function(PATH, 3)
        function(PATH.tolist(), 3)
    esig.sigkeys(3, 3)
    esig.logsigkeys(3, 3)
    esig.sigdim(3, 3)
    signature = tosig.stream2sig(PATH, 3)
    tosig._signature_to_log_signature(signature, 3, 3)
    tosig.recombine(PATH, numpy.arange(len(PATH)), numpy.ones(len(PATH)), 2)
    wrong: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
        (tosig.stream2sig, (PATH, 0)),
        (tosig.stream2sig, (PATH, 99)),
        (tosig.stream2sig, (PATH[0], 2)),
        (tosig.stream2sig, (PATH.astype(int), 2)),
        (tosig.stream2logsig, (PATH, "2")),
        (tosig.stream2logsig, (object(), 2)),
        (tosig.sigkeys, (3, 99)),
        (tosig.logsigkeys, (0, 2)),
        (tosig._signature_to_log_signature, (signature, 3, 4)),
        (tosig._signature_to_log_signature, (signature * 2, 3, 3)),
        (tosig._signature_to_log_signature, (None, 3, 3)),
        (tosig.recombine, (PATH[0],)),
        (tosig.recombine, (PATH, PATH)),
        (tosig.recombine, (PATH, None, PATH)),
        (tosig.recombine, (PATH, None, PATH[:, 0].copy())),
        (tosig.recombine, (PATH * numpy.nan,)),
        (tosig.recombine, (PATH, None, None, 10**6)),
        (tosig.set_memory_limit, (0,)),
    ]
    for function, args in wrong:
        with pytest.raises((TypeError, ValueError, RuntimeError)):
            function(*args)


def test_no_call_keeps_memory_or_references() -> None:
    depth = 10**6 + 1
    every_call()
    gc.collect()
    references = sys.getrefcount(PATH)
    tracemalloc.start()
    try:
        every_call()
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(200):
            every_call()
            with pytest.raises(RuntimeError):
                esig.stream2sig(PATH, depth)
        gc.collect()
        growth = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert growth < 20_000
    assert sys.getrefcount(PATH) == references


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the size of the process")
def test_the_process_does_not_grow() -> None:
    def resident() -> int:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * resource.getpagesize()

    def run() -> None:
        for _ in range(300):
            esig.stream2sig(PATH, 7)
            esig.stream2logsig(PATH, 7)
            esig.logsigkeys(3, 7)

    run()
    before = resident()
    for _ in range(5):
        run()
    assert resident() - before < 4 * 2**20
