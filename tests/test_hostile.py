"""Inputs made to break the extension: every one ends in a result or a Python error."""

from __future__ import annotations

import contextlib
import ctypes
import threading
from typing import Any

import fuzz
import numpy
import pytest
from conftest import Run
from fuzz import BadArray, BadIndex, ChangingIndex, OwnError
from numpy.typing import NDArray

import esig
from esig import tosig


def test_errors_of_the_callers_own_code_come_through() -> None:
    path = numpy.zeros((3, 2))
    for function in (esig.stream2sig, tosig.stream2sig):
        with pytest.raises(OwnError):
            function(path, BadIndex())
        with pytest.raises((ValueError, OverflowError)):
            function(path, ChangingIndex())
    with pytest.raises(OwnError):
        esig.stream2sig(BadArray(), 2)


@pytest.mark.parametrize("seed", range(20))
def test_random_arguments_of_every_function(seed: int) -> None:
    assert fuzz.call_at_random(seed, 500) > 0


@pytest.mark.parametrize("change", ["short", "strided", "type", "shape", "none", "first"])
def test_the_private_conversion_checks_its_signature(change: str) -> None:
    signature = esig.stream2sig([[0.0, 0.0], [1.0, 2.0]], 3)
    wrong = {
        "short": signature[:-1],
        "strided": numpy.repeat(signature, 2)[::2],
        "type": signature.astype("f4"),
        "shape": signature[:, None],
        "none": None,
        "first": signature * 2,
    }[change]
    for _ in range(3):
        with pytest.raises((TypeError, ValueError, BufferError)):
            tosig._signature_to_log_signature(wrong, 2, 3)  # type: ignore[arg-type]


def test_a_numpy_that_returns_something_else_is_an_error(run_python: Run) -> None:
    code = """
import array, numpy
made = {"value": None}
real = numpy.empty
numpy.empty = lambda size: made["value"](size)
from esig import tosig
path = numpy.ones((3, 2))
for make in (
    lambda size: None,
    lambda size: bytearray(8 * size),
    lambda size: bytes(8 * size),
    lambda size: real(size - 1),
    lambda size: real(size + 1),
    lambda size: real(size, "f4"),
    lambda size: real((size, 1)),
    lambda size: real(2 * size)[::2],
    lambda size: 1 / 0,
):
    made["value"] = make
    for function in (tosig.stream2sig, tosig.stream2logsig):
        try:
            function(path, 2)
        except (TypeError, ValueError, BufferError, ZeroDivisionError):
            continue
        raise AssertionError(make(7))
made["value"] = lambda size: array.array("d", [0.0] * size)
assert list(tosig.stream2sig(path, 1)) == [1.0, 0.0, 0.0]
"""
    finished = run_python("-c", code)
    assert finished.returncode == 0, finished.stderr


def test_the_module_can_be_thrown_away_and_loaded_again(run_python: Run) -> None:
    code = """
import gc, importlib.util, sys, weakref
import esig, numpy
tosig = sys.modules["esig.tosig"]
for _ in range(20):
    spec = importlib.util.spec_from_file_location("esig.tosig", tosig.__file__)
    again = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(again)
    assert again is not tosig
    again.set_memory_limit(1000)
    assert again.logsigkeys(2, 3) == tosig.logsigkeys(2, 3)
    function, module = again.stream2sig, weakref.ref(again)
    del again, spec
    gc.collect()
    assert function(numpy.ones((2, 2)), 2)[0] == 1.0
    del function
    gc.collect()
    assert module() is None
assert tosig.get_memory_limit() > 1000
never_executed = importlib.util.module_from_spec(
    importlib.util.spec_from_file_location("esig.tosig", tosig.__file__)
)
del never_executed
gc.collect()
"""
    finished = run_python("-c", code)
    assert finished.returncode == 0, finished.stderr


class ShrinkingIndex:
    """An integer that shrinks an array when it is asked."""

    def __init__(self, array: NDArray[Any]) -> None:
        self.array = array

    def __index__(self) -> int:
        self.array.resize((1, 1), refcheck=False)
        return 2


@pytest.mark.parametrize("name", ["stream2sig", "stream2logsig", "expanding2sig"])
def test_an_argument_that_shrinks_the_stream_is_asked_before_the_stream_is_read(name: str) -> None:
    for module in (esig, tosig):
        stream = numpy.ones((10**6, 2))
        result = getattr(module, name)(stream, ShrinkingIndex(stream))
        assert result.size in (2, 3, 1)
    if name != "expanding2sig":
        stream = numpy.ones((10**6, 2))
        getattr(tosig, name)(stream, 2, None, ShrinkingIndex(stream))


def test_an_array_cannot_be_resized_while_it_is_read() -> None:
    stream = numpy.cumsum(numpy.ones((20000, 3)), axis=0)
    expected = tosig.stream2sig(stream, 3)
    stop = threading.Event()

    def resize() -> None:
        while not stop.is_set():
            with contextlib.suppress(ValueError):
                stream.resize(stream.shape, refcheck=False)

    thread = threading.Thread(target=resize)
    thread.start()
    for _ in range(20):
        assert tosig.stream2sig(stream, 3).tobytes() == expected.tobytes()
    stop.set()
    thread.join()


class View(ctypes.Structure):
    """Python's Py_buffer."""

    _fields_ = (
        *(("buf", ctypes.c_void_p), ("obj", ctypes.c_void_p), ("len", ctypes.c_ssize_t)),
        *(("itemsize", ctypes.c_ssize_t), ("readonly", ctypes.c_int), ("ndim", ctypes.c_int)),
        *(("format", ctypes.c_char_p), ("shape", ctypes.c_void_p), ("strides", ctypes.c_void_p)),
        *(("suboffsets", ctypes.c_void_p), ("internal", ctypes.c_void_p)),
    )


@pytest.mark.parametrize(
    "shape", [(-1, 2), (3, -2), (-3, -2), (2, -1, 2), (-(2**62), 2), (2**62, 2**62, 2, 1)]
)
def test_exporters_of_impossible_shapes_are_refused(shape: tuple[int, ...]) -> None:
    view_of = ctypes.pythonapi.PyMemoryView_FromBuffer
    view_of.restype = ctypes.py_object
    memory = (ctypes.c_double * 16)()
    sizes = (ctypes.c_ssize_t * len(shape))(*shape)
    strides = (ctypes.c_ssize_t * len(shape))(*[0] * len(shape))
    view = View(
        *(ctypes.addressof(memory), None, 128, 8, 1, len(shape), b"d"),
        *(ctypes.addressof(sizes), ctypes.addressof(strides), None, None),
    )
    exporter = view_of(ctypes.byref(view))
    for function in (tosig.stream2sig, tosig.stream2logsig):
        with pytest.raises((ValueError, RuntimeError)):
            function(exporter, 2)
        with pytest.raises((ValueError, RuntimeError)):
            function([exporter, exporter], 2)
