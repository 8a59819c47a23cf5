"""Many paths in one call: what each of them gets alone, wherever it stands and whoever computes."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

import numpy
import pytest
from conftest import Run
from numpy.typing import NDArray

import esig
from esig import tosig

Function = Callable[..., Any]
FUNCTIONS: list[Function] = [esig.stream2sig, esig.stream2logsig]
functions = pytest.mark.parametrize("function", FUNCTIONS)
random = numpy.random.default_rng(12)
PATHS = random.normal(size=(3, 4, 6, 2))


def assert_rows(result: NDArray[Any], function: Function, paths: Any, depth: int) -> None:
    """Each row has the bits that its path gets alone."""
    flat = paths if isinstance(paths, list) else paths.reshape(-1, *paths.shape[-2:])
    rows = result.reshape(len(flat), -1)
    for row, path in zip(rows, flat, strict=True):
        assert row.tobytes() == function(path, depth).tobytes()


@functions
@pytest.mark.parametrize("shape", [(1,), (5,), (17,), (3, 2), (2, 1, 3), (1,) * 30])
@pytest.mark.parametrize(
    ("length", "width", "depth"), [(6, 2, 3), (2, 1, 4), (1, 3, 2), (20, 3, 5)]
)
def test_each_path_gets_what_it_gets_alone(
    function: Function, shape: tuple[int, ...], length: int, width: int, depth: int
) -> None:
    paths = random.normal(size=(*shape, length, width))
    result = function(paths, depth)
    assert result.shape == (*shape, function(paths.reshape(-1, length, width)[0], depth).size)
    assert result.flags["C_CONTIGUOUS"]
    assert result.flags["OWNDATA"]
    assert_rows(result, function, paths, depth)


@functions
@pytest.mark.parametrize("dtype", [numpy.float32, numpy.float64])
def test_the_layout_of_a_batch_changes_no_bit(function: Function, dtype: Any) -> None:
    paths = PATHS.astype(dtype)
    wide = numpy.zeros((6, 8, 12, 4), dtype)
    wide[::2, ::2, ::2, ::2] = paths
    read_only = paths.copy()
    read_only.setflags(write=False)
    raw = numpy.zeros(paths.nbytes + 3, numpy.uint8)
    unaligned = raw[3:].view(dtype).reshape(paths.shape)
    unaligned[...] = paths
    expected = function(paths, 3).tobytes()
    layouts = [
        numpy.asfortranarray(paths),
        wide[::2, ::2, ::2, ::2],
        paths[::-1, ::-1, ::-1, ::-1].copy()[::-1, ::-1, ::-1, ::-1],
        paths.transpose(1, 3, 0, 2).copy().transpose(2, 0, 3, 1),
        read_only,
        unaligned,
        memoryview(paths),
        numpy.ma.masked_array(paths, paths > 0),
    ]
    for layout in layouts:
        assert function(layout, 3).tobytes() == expected
    if dtype is numpy.float64:
        c_array = (ctypes.c_double * 2 * 6 * 4 * 3).from_buffer_copy(paths.tobytes())
        assert function(c_array, 3).tobytes() == expected
    repeated = numpy.broadcast_to(paths[0, 0], (5, 6, 2))
    assert_rows(function(repeated, 3), function, repeated, 3)


@functions
def test_batches_may_be_empty_and_paths_too(function: Function) -> None:
    size = function(PATHS[0, 0], 3).size
    assert function(numpy.zeros((0, 6, 2)), 3).shape == (0, size)
    assert function(numpy.zeros((2, 0, 6, 2)), 3).shape == (2, 0, size)
    constant = function(numpy.zeros((2, 2)), 3)
    assert (function(numpy.zeros((4, 0, 2)), 3) == constant).all()


@functions
def test_nested_lists_are_a_batch(function: Function) -> None:
    assert function(PATHS.tolist(), 3).tobytes() == function(PATHS, 3).tobytes()
    assert function(PATHS[0].tolist(), 3).tobytes() == function(PATHS[0], 3).tobytes()


@functions
@pytest.mark.parametrize("make", [list, tuple])
def test_a_list_of_paths_may_have_them_of_different_lengths(
    function: Function, make: Callable[..., Any]
) -> None:
    paths = [random.normal(size=(n, 3)) for n in (7, 0, 1, 2, 30)]
    paths[3] = paths[3].astype("f4")
    paths[4] = paths[4][::-3, ::-1]
    assert_rows(function(make(paths), 4), function, paths, 4)
    assert_rows(function(make([paths[0].tolist(), paths[4]]), 4), function, [paths[0], paths[4]], 4)


def test_a_list_of_lists_of_floats_is_one_path() -> None:
    path = [[0.0, 0.0], [1.0, 2.0], [3.0, 1.0]]
    assert esig.stream2sig(path, 2).shape == (7,)
    assert esig.stream2sig([path], 2).shape == (1, 7)
    assert esig.stream2sig([path, path[:2]], 2).shape == (2, 7)


@functions
def test_a_list_of_what_are_no_paths_is_refused(function: Function) -> None:
    path = PATHS[0, 0]
    for paths, kind in [
        ([path, path[0]], ValueError),
        ([path, path[None]], ValueError),
        ([path, path[:, :1]], ValueError),
        ([path, path[:, :0]], ValueError),
        ([path, path.astype(int)], TypeError),
        ([path, None], TypeError),
        ([path, "path"], TypeError),
    ]:
        for _ in range(3):
            with pytest.raises(kind):
                function(paths, 2)
    for direct in (tosig.stream2sig, tosig.stream2logsig):
        with pytest.raises(TypeError):
            direct([], 2)


@functions
@pytest.mark.parametrize("depth", [1, 4])
def test_cumulative_gives_every_part_from_the_first_point_on(
    function: Function, depth: int
) -> None:
    result = function(PATHS, depth, cumulative=True)
    assert result.shape == (3, 4, 6, function(PATHS[0, 0], depth).size)
    for i in range(6):
        expected = function(PATHS[:, :, : i + 1], depth)
        scale = numpy.abs(expected).max()
        numpy.testing.assert_allclose(result[:, :, i], expected, rtol=1e-12, atol=1e-13 * scale)
    assert function(PATHS[0, 0], depth, cumulative=True).tobytes() == result[0, 0].tobytes()
    assert function(numpy.zeros((0, 2)), depth, cumulative=True).shape == (0, result.shape[-1])
    same = function(list(PATHS[0]), depth, cumulative=True)
    assert same.tobytes() == result[0].tobytes()
    with pytest.raises(ValueError, match="different lengths"):
        function([PATHS[0, 0], PATHS[0, 1, :3]], depth, cumulative=True)


@functions
def test_float32_is_computed_and_returned_where_it_is_asked_for(function: Function) -> None:
    expected = function(PATHS, 4)
    for dtype in (numpy.float32, "f4", "float32", numpy.dtype("f4")):
        result = function(PATHS, 4, dtype=dtype)
        assert result.dtype == numpy.float32
        assert abs(result - expected).max() <= 1e-5 * abs(expected).max()
        assert_rows(result, lambda p, d, t=dtype: function(p, d, dtype=t), PATHS, 4)
    for default in (None, float, "d", numpy.float64):
        assert function(PATHS, 4, dtype=default).tobytes() == expected.tobytes()
    assert function(PATHS.astype("f4"), 4).dtype == numpy.float64
    for wrong in (int, "f2", ">f4" if sys.byteorder == "little" else "<f4", "c16", "nonsense"):
        with pytest.raises(TypeError):
            function(PATHS, 4, dtype=wrong)


@functions
def test_the_result_goes_into_out(function: Function) -> None:
    expected = function(PATHS, 3)
    for out in (
        numpy.empty(expected.shape),
        numpy.asfortranarray(numpy.empty(expected.shape)),
        numpy.empty((*expected.shape, 3))[..., 1],
        numpy.empty(expected.shape)[::-1],
        numpy.empty((3, 4, 99))[..., 5 : 5 + expected.shape[-1]],
    ):
        out[...] = numpy.nan
        assert function(PATHS, 3, out=out) is out
        assert (out == expected).all()
    single = numpy.empty(expected.shape, "f4")
    assert function(PATHS, 3, out=single, dtype="f4") is single
    alone = numpy.empty(expected.shape[-1:])
    assert function(PATHS[1, 2], 3, out=alone) is alone
    assert alone.tobytes() == expected[1, 2].tobytes()


@functions
def test_out_may_be_the_memory_of_the_stream(function: Function) -> None:
    memory = random.normal(size=100)
    path = memory[:60].reshape(30, 2)
    expected = function(path, 3)
    for begin in (0, 7, 59):
        shared = memory.copy()
        out = shared[begin : begin + expected.size]
        function(shared[:60].reshape(30, 2), 3, out=out)
        assert out.tobytes() == expected.tobytes()


@functions
def test_an_out_that_does_not_fit_is_refused_and_stays_as_it_is(function: Function) -> None:
    size = function(PATHS[0, 0], 3).size
    read_only = numpy.zeros((3, 4, size))
    read_only.setflags(write=False)
    wrong: list[tuple[Any, type[Exception]]] = [
        (numpy.zeros((3, 4, size + 1)), ValueError),
        (numpy.zeros((4, 3, size)), ValueError),
        (numpy.zeros(12 * size), ValueError),
        (numpy.zeros((3, 4, size), "f4"), TypeError),
        (numpy.zeros((3, 4, size), int), TypeError),
        (numpy.zeros((3, 4, size), object), TypeError),
        (read_only, ValueError),
        ([0.0] * size, TypeError),
        (b"bytes", TypeError),
        (3, TypeError),
    ]
    for out, kind in wrong:
        for _ in range(3):
            with pytest.raises(kind):
                function(PATHS, 3, out=out)
        if isinstance(out, numpy.ndarray) and out.dtype != object:
            assert not out.any()


LONG = random.normal(size=(400, 60, 3))  # milliseconds of work


@functions
@pytest.mark.parametrize("cumulative", [False, True])
def test_the_number_of_threads_changes_no_bit(function: Function, cumulative: bool) -> None:
    expected = function(LONG, 5, n_jobs=1, cumulative=cumulative).tobytes()
    for n_jobs in (None, 2, 3, 16, -1, -2, -1000, numpy.int8(2), True):
        result = function(LONG, 5, n_jobs=n_jobs, cumulative=cumulative)
        assert result.tobytes() == expected
    if not cumulative:
        listed = list(LONG)
        assert function(listed, 5, n_jobs=4).tobytes() == expected


@functions
@pytest.mark.parametrize("length", [4096, 4097, 4098, 8193, 8194, 40000])
@pytest.mark.parametrize("dtype", [numpy.float32, numpy.float64])
def test_a_long_path_is_computed_by_any_number_of_threads(
    function: Function, length: int, dtype: Any
) -> None:
    path = numpy.cumsum(random.normal(size=(length, 3)), axis=0) / 100
    expected = function(path, 5, n_jobs=1, dtype=dtype)
    for n_jobs in (None, 2, 3, 16):
        assert function(path, 5, n_jobs=n_jobs, dtype=dtype).tobytes() == expected.tobytes()
    assert function(path[None], 5, dtype=dtype).tobytes() == expected.tobytes()
    out = numpy.empty_like(expected)
    assert function(path, 5, n_jobs=2, dtype=dtype, out=out) is out
    assert out.tobytes() == expected.tobytes()
    if function is esig.stream2sig and dtype is numpy.float64:
        assert (expected[1:4] == path[-1] - path[0]).all()


@functions
def test_a_number_of_threads_is_an_integer_other_than_0(function: Function) -> None:
    for n_jobs, kind in [(0, ValueError), (1.0, TypeError), ("2", TypeError)]:
        with pytest.raises(kind):
            function(PATHS, 3, n_jobs=n_jobs)
    with pytest.raises(OverflowError):
        function(PATHS, 3, n_jobs=2**70)


def test_a_batch_too_large_is_refused_before_anything_is_allocated() -> None:
    esig.set_memory_limit(10**6)
    many = numpy.broadcast_to(PATHS[0, 0], (10**7, 6, 2))
    for function in FUNCTIONS:
        with pytest.raises(RuntimeError, match=r"^Legitimate depth of 2<->0 .* 10000000 rows"):
            function(many, 3)
        with pytest.raises(RuntimeError, match="exceeds limit: 40000 rows"):
            function(numpy.zeros((100, 400, 2)), 3, cumulative=True)
        assert function(PATHS, 3).shape[:2] == (3, 4)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*fork")
def test_a_forked_process_computes_on(run_python: Run) -> None:
    code = """
import os, threading, numpy, esig
paths = numpy.random.default_rng(0).normal(size=(400, 60, 3))
expected = esig.stream2logsig(paths, 4, n_jobs=4).tobytes()
stop = threading.Event()
def compute():
    while not stop.is_set():
        esig.stream2logsig(paths, 4, n_jobs=2)
thread = threading.Thread(target=compute, daemon=True)
thread.start()
for _ in range(10):
    child = os.fork()
    if child == 0:
        os._exit(esig.stream2logsig(paths, 4, n_jobs=4).tobytes() != expected)
    assert os.waitpid(child, 0)[1] == 0
stop.set()
thread.join()
"""
    finished = run_python("-W", "ignore", "-c", code)
    assert finished.returncode == 0, finished.stderr


def test_many_threads_start_threads_at_once() -> None:
    expected = esig.stream2logsig(LONG, 4, n_jobs=1).tobytes()
    results: list[bytes] = []
    threads = [
        threading.Thread(
            target=lambda: results.append(esig.stream2logsig(LONG, 4, n_jobs=4).tobytes())
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 8
