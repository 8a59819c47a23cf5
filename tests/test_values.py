"""Values and keys equal the recorded ones, and those of an independent implementation."""

from __future__ import annotations

from typing import Any

import numpy
import numpy_reference
import pytest
from numpy.typing import NDArray

import esig

SHAPES = [(1, 1), (1, 6), (2, 1), (2, 2), (2, 5), (2, 8), (3, 3), (3, 5), (4, 4), (5, 3), (9, 2)]
SHAPES += [(11, 2), (12, 3)]


def assert_close(actual: NDArray[Any], expected: Any, relative: float = 1e-10) -> None:
    expected = numpy.asarray(expected, dtype=float)
    scale = numpy.abs(expected).max()
    numpy.testing.assert_allclose(actual, expected, rtol=relative, atol=relative * scale / 100)


def test_recorded_values_and_keys_hold(recorded_cases: list[dict[str, Any]]) -> None:
    for case in recorded_cases:
        width, depth, path = case["width"], case["depth"], case["path"]
        relative = 1e-4 if case["dtype"] == "float32" else 1e-10
        assert_close(esig.stream2sig(path, depth), case["sig"], relative)
        assert_close(esig.stream2logsig(path, depth), case["logsig"], relative)
        assert esig.sigdim(width, depth) == case["true_sigdim"]
        assert esig.logsigdim(width, depth) == case["true_logsigdim"]
        assert esig.sigkeys(width, depth) == case["sigkeys"]
        assert esig.logsigkeys(width, depth) == case["logsigkeys"]


@pytest.mark.parametrize(("width", "depth"), SHAPES)
@pytest.mark.parametrize("length", [2, 3, 30])
def test_random_paths_agree_with_the_definition(width: int, depth: int, length: int) -> None:
    random = numpy.random.default_rng([width, depth, length])
    path = random.normal(size=(length, width)) * 0.7
    assert_close(esig.stream2sig(path, depth), numpy_reference.signature(path, depth))
    expected = numpy_reference.log_signature(path, depth)
    # Least squares cost the reference a digit or two.
    numpy.testing.assert_allclose(
        esig.stream2logsig(path, depth), expected, rtol=1e-8, atol=1e-9 * abs(expected).max()
    )


@pytest.mark.parametrize(("width", "depth"), SHAPES)
def test_keys_and_sizes_agree_with_the_definition(width: int, depth: int) -> None:
    words = numpy_reference.signature_keys(width, depth)
    names = numpy_reference.log_signature_keys(width, depth)
    assert esig.sigkeys(width, depth) == words
    assert esig.logsigkeys(width, depth) == names
    assert esig.sigdim(width, depth) == len(words.split())
    assert esig.logsigdim(width, depth) == len(names.split())


@pytest.mark.parametrize("depth", [1, 2, 3, 6])
def test_the_signature_of_a_joined_path_is_the_product(depth: int) -> None:
    path = numpy.random.default_rng(depth).normal(size=(9, 3))
    first = numpy_reference.signature_levels(path[:5], depth)
    second = numpy_reference.signature_levels(path[4:], depth)
    product = numpy_reference.multiply(first, second)
    assert_close(esig.stream2sig(path, depth), numpy.concatenate([x.ravel() for x in product]))


def test_a_shift_or_a_repeated_point_changes_nothing() -> None:
    path = numpy.random.default_rng(7).integers(-8, 8, size=(9, 3)) / 8
    expected = esig.stream2sig(path, 4)
    assert_close(esig.stream2sig(path + 2.0, 4), expected)
    assert_close(esig.stream2sig(numpy.repeat(path, 3, axis=0), 4), expected)


def test_integer_valued_paths_are_exact_at_depth_2() -> None:
    random = numpy.random.default_rng(11)
    for width in range(1, 8):
        path = 2.0 * random.integers(-9, 10, size=(50, width))
        z = numpy.diff(path, axis=0)
        before = numpy.cumsum(z, axis=0) - z
        second = before.T @ z + z.T @ z / 2
        expected = [1.0, *z.sum(axis=0), *second.ravel()]
        for layout in (path, numpy.asfortranarray(path), path.astype(numpy.float32)):
            assert esig.stream2sig(layout, 2).tolist() == expected


@pytest.mark.parametrize("dtype", [numpy.float32, numpy.float64])
def test_a_long_path_keeps_its_precision(dtype: type) -> None:
    path = numpy.cumsum(numpy.random.default_rng(3).normal(size=(20000, 2)), axis=0) / 100
    path = path.astype(dtype)
    exact = numpy_reference.signature(path.astype(float), 3)
    assert_close(esig.stream2sig(path, 3), exact, 1e-9)


def test_private_conversion_equals_the_log_signature() -> None:
    path = numpy.random.default_rng(5).normal(size=(6, 3))
    signature = esig.stream2sig(path, 5)
    logarithm = esig.tosig._signature_to_log_signature(signature, 3, 5)
    assert logarithm.tolist() == esig.stream2logsig(path, 5).tolist()
