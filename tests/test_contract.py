"""Every input gets its result or its error: the same at both levels, and each time it is asked."""

from __future__ import annotations

import ctypes
import decimal
import sys
from collections.abc import Callable
from typing import Any

import numpy
import pytest
from numpy.typing import NDArray

import esig
from esig import tosig

PATH = numpy.random.default_rng(1).normal(size=(5, 3))
TYPES = (
    "Values must be of one of the following types "
    "(\"<class 'numpy.float32'>\", \"<class 'numpy.float64'>\")"
)
PUBLIC_STREAM: list[Callable[..., Any]] = [esig.stream2sig, esig.stream2logsig]
STREAM: list[Callable[..., Any]] = [*PUBLIC_STREAM, tosig.stream2sig, tosig.stream2logsig]
SHAPE: list[Callable[..., Any]] = [
    *(esig.sigdim, esig.logsigdim, esig.sigkeys, esig.logsigkeys),
    *(tosig.sigdim, tosig.logsigdim, tosig.sigkeys, tosig.logsigkeys),
]


def name_of(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__name__}"


def assert_raises(
    kind: type[Exception], words: str | None, function: Callable[..., Any], *args: Any
) -> None:
    for _ in range(3):
        with pytest.raises(kind) as caught:
            function(*args)
        assert caught.type is kind
        if words is not None:
            assert str(caught.value) == words


stream_functions = pytest.mark.parametrize("function", STREAM, ids=name_of)
shape_functions = pytest.mark.parametrize("function", SHAPE, ids=name_of)
every_function = pytest.mark.parametrize("function", STREAM + SHAPE, ids=name_of)


def call_with_depth(function: Callable[..., Any], depth: Any) -> Any:
    return function(PATH, depth) if function in STREAM else function(3, depth)


@stream_functions
@pytest.mark.parametrize("code", [*sorted(set(numpy.typecodes["All"])), ">f8", ">f4", "V8"])
def test_types_other_than_native_floats_are_refused(
    function: Callable[..., Any], code: str
) -> None:
    swapped = code if sys.byteorder == "little" else code.replace(">", "<")
    array = numpy.zeros((3, 2), swapped)
    if code in "fd":
        assert not function(array, 2)[1:].any()
    else:
        assert_raises(TypeError, TYPES, function, array, 2)


@stream_functions
def test_structured_and_record_arrays_are_refused(function: Callable[..., Any]) -> None:
    array = numpy.zeros((3, 2), [("x", "f8")])
    assert_raises(TypeError, TYPES, function, array, 2)
    assert_raises(TypeError, TYPES, function, array.view(numpy.recarray), 2)


NOT_STREAMS = ["text", b"bytes", 3, None, {}, {1.0}, object(), 1j, [[1, 2]], [[True]]]
NOT_STREAMS += [[["a"]], [[None]], [[decimal.Decimal(1)]], [[2**70, 1]], range(4), len]


@pytest.mark.parametrize("stream", NOT_STREAMS, ids=repr)
@stream_functions
def test_what_is_no_array_of_floats_is_a_type_error(
    function: Callable[..., Any], stream: Any
) -> None:
    assert_raises(TypeError, TYPES, function, stream, 2)


@pytest.mark.parametrize("function", PUBLIC_STREAM, ids=name_of)
def test_ragged_lists_are_refused(function: Callable[..., Any]) -> None:
    for _ in range(3):
        with pytest.raises((TypeError, ValueError)):
            function([[1.0, 2.0], [3.0]], 2)


@stream_functions
@pytest.mark.parametrize("shape", [(), (0,), (3,)])
def test_less_than_two_dimensions_are_refused(
    function: Callable[..., Any], shape: tuple[int, ...]
) -> None:
    words = "stream must be a 2-dimensional array"
    assert_raises(ValueError, words, function, numpy.zeros(shape), 2)


@stream_functions
@pytest.mark.parametrize("length", [0, 1, 5])
def test_width_0_is_refused(function: Callable[..., Any], length: int) -> None:
    assert_raises(ValueError, "Dimension 0 is invalid", function, numpy.zeros((length, 0)), 2)


@pytest.mark.parametrize("function", PUBLIC_STREAM, ids=name_of)
def test_scalars_and_flat_lists_are_not_two_dimensional(function: Callable[..., Any]) -> None:
    words = "stream must be a 2-dimensional array"
    for stream in (1.0, [1.0, 2.0], [], numpy.float64(3)):
        assert_raises(ValueError, words, function, stream, 2)


@every_function
@pytest.mark.parametrize("depth", [0, -1, -(2**31), -(2**63), -(2**70), False, numpy.int8(-1)])
def test_depth_below_1_is_a_value_error(function: Callable[..., Any], depth: Any) -> None:
    assert_raises(ValueError, "Depth must be at least 1", call_with_depth, function, depth)


NO_INTEGERS = [2.0, 2.5, "2", b"2", None, 1j, [2], (2,), numpy.float64(2), numpy.array([2])]


@every_function
@pytest.mark.parametrize("depth", NO_INTEGERS, ids=repr)
def test_depth_that_is_no_integer_is_a_type_error(function: Callable[..., Any], depth: Any) -> None:
    assert_raises(TypeError, None, call_with_depth, function, depth)


@every_function
@pytest.mark.parametrize("depth", [sys.maxsize + 1, 2**64, 2**70, 10**400])
def test_depth_beyond_a_machine_integer_is_an_overflow_error(
    function: Callable[..., Any], depth: int
) -> None:
    assert_raises(OverflowError, None, call_with_depth, function, depth)


@every_function
@pytest.mark.parametrize("depth", [True, numpy.int64(2), numpy.uint8(2), numpy.array(2)])
def test_depth_of_any_integer_type_is_accepted(function: Callable[..., Any], depth: Any) -> None:
    plain = call_with_depth(function, int(depth))
    assert numpy.array_equal(call_with_depth(function, depth), plain)


@shape_functions
def test_dimension_is_checked_like_depth(function: Callable[..., Any]) -> None:
    assert_raises(ValueError, "Dimension 0 is invalid", function, 0, 2)
    assert_raises(ValueError, "Dimension -5 is invalid", function, -5, 2)
    for dimension in NO_INTEGERS:
        assert_raises(TypeError, None, function, dimension, 2)
    assert_raises(OverflowError, None, function, 2**70, 2)


@every_function
def test_wrong_numbers_and_names_of_arguments_are_type_errors(
    function: Callable[..., Any],
) -> None:
    first = PATH if function in STREAM else 3
    for args, kwargs in [((), {}), ((first,), {}), ((first, 2, 3), {}), ((first, 2), {"x": 1})]:
        with pytest.raises(TypeError):
            function(*args, **kwargs)
    name = "stream" if function in STREAM else "dimension"
    assert numpy.array_equal(function(**{name: first, "depth": 2}), function(first, 2))


class ArrayLike:
    """An object that NumPy turns into an array."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> NDArray[numpy.float64]:
        return PATH


def layouts() -> dict[str, Any]:
    """The same values in every layout that an array can have."""
    read_only = PATH.copy()
    read_only.setflags(write=False)
    raw = numpy.zeros(PATH.nbytes + 3, numpy.uint8)
    unaligned = raw[3:].view(float).reshape(PATH.shape)
    unaligned[...] = PATH
    wide = numpy.full((15, 12), 7.0)
    wide[::3, ::4] = PATH
    return {
        "Fortran order": numpy.asfortranarray(PATH),
        "read-only": read_only,
        "unaligned": unaligned,
        "strided": wide[::3, ::4],
        "reversed": PATH[::-1, ::-1].copy()[::-1, ::-1],
        "transposed": PATH.T.copy().T,
        "field": numpy.rec.fromarrays([PATH, PATH])["f1"],
        "masked": numpy.ma.masked_array(PATH, PATH > 0),
        "memoryview": memoryview(PATH),
        "matrix": PATH.view(type("Subclass", (numpy.ndarray,), {})),
        "ctypes": (ctypes.c_double * 3 * 5).from_buffer_copy(PATH),
    }


@stream_functions
@pytest.mark.parametrize("layout", layouts())
def test_the_layout_does_not_change_a_bit(function: Callable[..., Any], layout: str) -> None:
    stream = layouts()[layout]
    assert function(stream, 4).tobytes() == function(PATH, 4).tobytes()


@pytest.mark.parametrize("function", PUBLIC_STREAM, ids=name_of)
def test_whatever_numpy_makes_an_array_of_is_accepted(function: Callable[..., Any]) -> None:
    for stream in (PATH.tolist(), tuple(map(tuple, PATH)), list(PATH), ArrayLike()):
        assert function(stream, 4).tobytes() == function(PATH, 4).tobytes()
    mixed = [[0, 1.5], [2, 3]]
    assert function(mixed, 2).tolist() == function(numpy.array(mixed), 2).tolist()


@stream_functions
def test_broadcast_arrays_have_stride_0(function: Callable[..., Any]) -> None:
    for stream in (numpy.broadcast_to(PATH[:, :1], (5, 3)), numpy.broadcast_to(PATH[0], (5, 3))):
        assert function(stream, 3).tobytes() == function(stream.copy(), 3).tobytes()


@stream_functions
def test_float32_gives_the_bits_of_its_values_in_float64(function: Callable[..., Any]) -> None:
    single = (PATH * 1e4).astype(numpy.float32)
    assert function(single, 3).tobytes() == function(single.astype(float), 3).tobytes()


@stream_functions
def test_the_result_is_an_array_of_its_own(function: Callable[..., Any]) -> None:
    result = function(PATH, 3)
    assert type(result) is numpy.ndarray
    assert result.dtype == numpy.float64
    assert result.ndim == 1
    assert result.flags.c_contiguous
    assert result.flags.owndata
    assert result.flags.writeable
    before = PATH.copy()
    result[...] = 0.0
    assert (before == PATH).all()


@pytest.mark.parametrize("value", [numpy.nan, numpy.inf, -numpy.inf])
def test_not_a_number_reaches_the_words_of_its_letter_alone(value: float) -> None:
    path = PATH.copy()
    path[2, 1] = value
    clean = esig.stream2sig(PATH, 3)
    with numpy.errstate(all="raise"):
        signature = esig.stream2sig(path, 3)
        logarithm = esig.stream2logsig(path, 3)
    assert signature[0] == 1.0
    for word, actual, expected in zip(esig.sigkeys(3, 3).split(), signature, clean, strict=True):
        assert ("2" in word) == (not numpy.isfinite(actual))
        assert "2" in word or actual == pytest.approx(expected)
    assert not numpy.isfinite(logarithm[1])


@pytest.mark.parametrize("depth", [1, 2, 7])
@pytest.mark.parametrize("width", [1, 2, 5])
def test_short_and_constant_paths_have_the_unit(width: int, depth: int) -> None:
    for path in (numpy.zeros((0, width)), numpy.ones((1, width)), numpy.full((6, width), 0.1)):
        signature = esig.stream2sig(path, depth)
        assert signature.shape == (esig.sigdim(width, depth),)
        assert signature[0] == 1.0
        assert not signature[1:].any()
        logarithm = esig.stream2logsig(path, depth)
        assert logarithm.shape == (esig.logsigdim(width, depth),)
        assert not logarithm.any()


def test_dimension_at_depth_1_is_the_length_of_the_output() -> None:
    for width in (1, 2, 9):
        path = numpy.zeros((2, width))
        assert esig.sigdim(width, 1) == width + 1 == len(esig.stream2sig(path, 1))
        assert esig.logsigdim(width, 1) == width == len(esig.stream2logsig(path, 1))
        assert type(esig.sigdim(width, True)) is int
