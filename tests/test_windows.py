"""Windows against the definition: the points of each, and nothing else."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy
import pytest
from numpy.typing import NDArray

import esig

random = numpy.random.default_rng(7)
Function = Callable[..., Any]
Pair = tuple[Function, Function]

SLIDING: list[Pair] = [
    (esig.sliding2sig, esig.stream2sig),
    (esig.sliding2logsig, esig.stream2logsig),
]
EXPANDING: list[Pair] = [
    (esig.expanding2sig, esig.stream2sig),
    (esig.expanding2logsig, esig.stream2logsig),
]

# length, width, depth, window, step
SHAPES = [
    (50, 2, 3, 20, 1),
    (50, 2, 3, 20, 3),
    (61, 3, 2, 40, 7),
    (40, 3, 4, 30, 1),
    (9, 2, 3, 9, 1),
    (9, 2, 3, 10, 1),
    (60, 2, 4, 30, 29),
    (60, 2, 4, 30, 31),
    (60, 1, 4, 30, 2),
    (30, 2, 2, 1, 1),
    (30, 2, 2, 2, 5),
    (200, 2, 6, 150, 1),
    (0, 2, 2, 1, 1),
]


def assert_close(actual: NDArray[Any], expected: NDArray[Any], relative: float = 1e-12) -> None:
    assert actual.shape == expected.shape
    scale = max(numpy.abs(expected).max(initial=0.0), 1e-300)
    numpy.testing.assert_allclose(actual, expected, rtol=relative, atol=relative * scale)


def windows_one_by_one(
    function: Function, path: NDArray[Any], depth: int, window: int, step: int, is_sliding: bool
) -> NDArray[Any]:
    ends = range(window, len(path) + 1, step)
    rows = [function(path[end - window if is_sliding else 0 : end], depth) for end in ends]
    return numpy.array(rows).reshape(len(rows), function(path[:1], depth).size)


@pytest.mark.parametrize(("length", "width", "depth", "window", "step"), SHAPES)
def test_windows_are_what_their_points_give(
    length: int, width: int, depth: int, window: int, step: int
) -> None:
    paths = random.normal(size=(2, length, width))
    for is_sliding, pairs in ((True, SLIDING), (False, EXPANDING)):
        for function, alone in pairs:
            result = function(paths, depth, window, step)
            for row, path in zip(result, paths, strict=True):
                assert_close(
                    row, windows_one_by_one(alone, path, depth, window, step, is_sliding), 1e-11
                )
            assert function(paths[1], depth, window, step).tobytes() == result[1].tobytes()
            single = function(paths, depth, window, step, dtype="f4")
            assert single.dtype == numpy.float32
            assert_close(single.astype(float), result, 1e-4)


@pytest.mark.parametrize(("function", "alone"), SLIDING + EXPANDING)
def test_windows_are_those_of_the_definition_for_every_window_and_step(
    function: Function, alone: Function
) -> None:
    path = random.normal(size=(13, 2))
    for window in range(1, 15):
        for step in range(1, 15):
            result = function(path, 4, window=window, step=step)
            expected = windows_one_by_one(
                alone, path, 4, window, step, (function, alone) in SLIDING
            )
            assert_close(result, expected, 1e-11)


def test_a_spike_is_forgotten_when_it_has_left_the_window() -> None:
    path = random.normal(size=(300, 2))
    path[20] = 1e9
    spiked = esig.sliding2sig(path, 5, 50)
    assert_close(spiked[21:], esig.sliding2sig(path[21:], 5, 50), 1e-12)
    path[20] = numpy.nan
    with_nan = esig.sliding2sig(path, 5, 50)
    assert numpy.isnan(with_nan[:21, 1:3]).all()
    assert numpy.isfinite(with_nan[21:]).all()


def test_the_first_level_is_exact() -> None:
    path = numpy.cumsum(random.normal(size=(500, 3)), axis=0)
    result = esig.sliding2sig(path, 3, 100)
    assert (result[:, 1:4] == path[99:] - path[:401]).all()


@pytest.mark.parametrize(("function", "alone"), SLIDING + EXPANDING)
def test_threads_and_out_change_no_bit(function: Function, alone: Function) -> None:
    path = random.normal(size=(2000, 3))
    expected = function(path, 4, 100, 2, n_jobs=1)
    for n_jobs in (None, 2, 5, -1):
        assert function(path, 4, 100, 2, n_jobs=n_jobs).tobytes() == expected.tobytes()
    out = numpy.full(expected.shape, numpy.nan)
    assert function(path, 4, 100, 2, out=out) is out
    assert out.tobytes() == expected.tobytes()


@pytest.mark.parametrize(("function", "alone"), SLIDING + EXPANDING)
@pytest.mark.parametrize(("window", "step"), [(13, 1), (10**9, 1), (sys.maxsize, sys.maxsize)])
def test_a_path_shorter_than_a_window_has_none(
    function: Function, alone: Function, window: int, step: int
) -> None:
    path = random.normal(size=(12, 2))
    assert function(path, 4, window, step).shape == (0, alone(path, 4).size)
    assert function(path, 4, 1, step).shape[0] == (12 if step == 1 else 1)


def test_windows_that_take_too_much_memory_are_refused() -> None:
    path = random.normal(size=(2000, 3))
    esig.set_memory_limit(10**6)
    for function in (esig.sliding2sig, esig.sliding2logsig, esig.expanding2sig):
        with pytest.raises(RuntimeError, match="exceeds limit"):
            function(path, 7, 1000)
    assert esig.sliding2logsig(path, 2, 1000).shape == (1001, 6)


@pytest.mark.parametrize(("function", "alone"), SLIDING + EXPANDING)
def test_lists_of_paths_have_one_length(function: Function, alone: Function) -> None:
    paths = random.normal(size=(3, 12, 2))
    expected = function(paths, 3, 4)
    assert function(list(paths), 3, 4).tobytes() == expected.tobytes()
    assert function(paths.tolist(), 3, 4).tobytes() == expected.tobytes()
    with pytest.raises(ValueError, match="different lengths"):
        function([paths[0], paths[1, :5]], 3, 4)


@pytest.mark.parametrize(("function", "alone"), SLIDING + EXPANDING)
def test_window_and_step_are_integers_of_at_least_1(function: Function, alone: Function) -> None:
    path = random.normal(size=(12, 2))
    for value, kind in [(0, ValueError), (-3, ValueError), (2.0, TypeError), (None, TypeError)]:
        with pytest.raises(kind):
            function(path, 3, value)
        with pytest.raises(kind):
            function(path, 3, 4, value)
    for depth, kind in [
        (0, ValueError),
        (2.0, TypeError),
        (10**6, RuntimeError),
        (sys.maxsize, RuntimeError),
    ]:
        with pytest.raises(kind):
            function(path, depth, 4)
    for stream, kind in [(path[0], ValueError), (path.astype(int), TypeError)]:
        with pytest.raises(kind):
            function(stream, 3, 4)


@pytest.mark.parametrize("length", [2, 3, 20])
@pytest.mark.parametrize(("width", "depth"), [(1, 3), (2, 6), (4, 3), (3, 1)])
def test_a_path_that_goes_on_has_the_signature_of_the_whole(
    length: int, width: int, depth: int
) -> None:
    paths = random.normal(size=(2, 3, 7 + length, width))
    before = esig.stream2sig(paths[:, :, :7], depth)
    expected = esig.stream2sig(paths, depth)
    assert_close(esig.extend(before, paths[:, :, 6:], depth), expected)
    every = esig.extend(before, paths[:, :, 6:], depth, cumulative=True)
    assert_close(every, esig.stream2sig(paths, depth, cumulative=True)[:, :, 6:])
    assert every[:, :, 0].tobytes() == before.tobytes()
    assert_close(
        esig.extend(before[0, 1].tolist(), paths[0, 1, 6:].tolist(), depth), expected[0, 1]
    )
    single = esig.extend(before, paths[:, :, 6:], depth, dtype="f4")
    assert single.dtype == numpy.float32
    assert_close(single.astype(float), expected, 1e-4)


def test_a_signature_may_be_replaced_by_that_of_the_longer_path() -> None:
    paths = random.normal(size=(3, 20, 2))
    signature = esig.stream2sig(paths[:, :5], 4)
    for i in range(5, 20):
        assert esig.extend(signature, paths[:, i - 1 : i + 1], 4, out=signature) is signature
    assert_close(signature, esig.stream2sig(paths, 4))


def test_a_signature_that_does_not_belong_to_the_stream_is_refused() -> None:
    paths = random.normal(size=(3, 20, 2))
    signature = esig.stream2sig(paths, 4)
    for wrong in (signature[:, :-1], signature[:2], signature[None], signature[0], 1.0):
        with pytest.raises(ValueError, match="signature"):
            esig.extend(wrong, paths, 4)
    others: list[Any] = [signature.astype(int), signature.astype(complex), "text", None]
    for wrong in others:
        with pytest.raises(TypeError):
            esig.extend(wrong, paths, 4)


@pytest.mark.parametrize(("width", "depth"), [(1, 4), (2, 6), (3, 4), (5, 1)])
def test_signatures_and_log_signatures_are_each_others(width: int, depth: int) -> None:
    paths = random.normal(size=(2, 3, 10, width))
    logarithm = esig.stream2logsig(paths, depth)
    result = esig.signature_from_logsignature(logarithm, width, depth)
    assert_close(result, esig.stream2sig(paths, depth), 1e-11)
    assert esig.signature_from_logsignature(logarithm[0, 1].tolist(), width, depth).shape == (
        esig.sigdim(width, depth),
    )
    out = numpy.empty_like(result)
    assert esig.signature_from_logsignature(logarithm, width, depth, out=out, n_jobs=2) is out
    assert out.tobytes() == result.tobytes()
    for wrong, kind in [(logarithm[..., :-1], ValueError), (logarithm.astype(int), TypeError)]:
        with pytest.raises(kind):
            esig.signature_from_logsignature(wrong, width, depth)
