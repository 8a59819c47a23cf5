"""Calls that fail keep nothing: no reference, no object of Python, no byte of the C library's."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Callable
from typing import Any

import numpy
import pytest

import esig
from esig import tosig

PATH = numpy.random.default_rng(0).normal(size=(6, 3))
INTEGERS = numpy.arange(18).reshape(6, 3)
SIGNATURE = esig.stream2sig(PATH, 2)
LOG_SIGNATURE = esig.stream2logsig(PATH, 2)
OF_ANOTHER_SHAPE = numpy.zeros((2, 2))
ARGUMENTS = [PATH, INTEGERS, SIGNATURE, LOG_SIGNATURE, OF_ANOTHER_SHAPE]

# Of a function with a path and a depth; windows have one more argument.
OF_PATHS: list[tuple[Any, ...]] = [
    *((), (PATH,), (PATH, 0), (PATH, 99), (PATH, 2.5), (PATH, 2**70), (PATH, OF_ANOTHER_SHAPE)),
    *((PATH[0], 2), (INTEGERS, 2), ("path", 2), (None, 2), ([PATH, PATH[:, :2]], 2)),
    *((PATH, 2, OF_ANOTHER_SHAPE), (PATH, 2, INTEGERS, "threads"), (PATH, 2, None, 1, int)),
]
OF_WINDOWS = [
    (PATH, 2, 0),
    *((*start[:2], 3, *start[2:]) for start in OF_PATHS if len(start) not in (1, 4)),
    (PATH, 2, 3, -1),
]
OF_SIZES = [(), (2,), (0, 2), (2, 0), (2, 99), (2**70, 2), ("2", 2), (PATH, 2), (2, PATH)]
OF_GRADIENTS = [
    *((*start[:2], SIGNATURE, *start[2:]) for start in OF_PATHS if len(start) != 1),
    *((PATH, 2), (PATH, 2, None), (PATH, 2, OF_ANOTHER_SHAPE), (PATH, 2, INTEGERS)),
]
OF_LOG_SIGNATURES = [
    *((), (LOG_SIGNATURE,), (LOG_SIGNATURE, 3, 3), (INTEGERS, 3, 2), (LOG_SIGNATURE, 0, 2)),
    *((LOG_SIGNATURE, 3, 0), (LOG_SIGNATURE, 3, 99), (LOG_SIGNATURE, 3, 2, OF_ANOTHER_SHAPE)),
]
OF_SIGNATURES = [(), (SIGNATURE, 3, 3), (SIGNATURE * 2, 3, 2), (None, 3, 2), (SIGNATURE, 3, 99)]
OF_MEASURES = [
    *((), (PATH[0],), (PATH, OF_ANOTHER_SHAPE), (PATH, INTEGERS[:, 0] + 99), (PATH, None, PATH)),
    *((PATH, None, -numpy.ones(6)), (PATH * numpy.nan,), (PATH, None, None, 0), ("points",)),
    *((PATH, None, None, 10**6), (PATH, None, None, PATH), (PATH, None, numpy.zeros(6))),
]

WRONG: dict[str, list[tuple[Any, ...]]] = {
    **dict.fromkeys(("stream2sig", "stream2logsig"), OF_PATHS),
    **dict.fromkeys(
        ("sliding2sig", "sliding2logsig", "expanding2sig", "expanding2logsig"), OF_WINDOWS
    ),
    **dict.fromkeys(("sigdim", "logsigdim", "sigkeys", "logsigkeys"), OF_SIZES),
    **dict.fromkeys(("stream2sig_vjp", "stream2logsig_vjp"), OF_GRADIENTS),
    "extend": [(SIGNATURE, *start) for start in OF_PATHS] + [(INTEGERS, PATH, 2), (None, PATH, 2)],
    "signature_from_logsignature": OF_LOG_SIGNATURES,
    "_signature_to_log_signature": OF_SIGNATURES,
    "recombine": OF_MEASURES,
    "set_memory_limit": [(), (0,), ("1",), (2**70,), (PATH,)],
    "set_backend": [(), ("nope",), (3,), (PATH,), (type,)],
}
CANNOT_FAIL = {
    *("_simd", "get_backend", "get_library_load_error", "get_memory_limit", "get_version"),
    *("is_library_loaded", "list_backends"),
}


class HeapInformation(ctypes.Structure):
    """What mallinfo2 of glibc returns."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks"),
            *("uordblks", "fordblks", "keepcost"),
        )
    ]


def heap_in_use() -> int:
    """Bytes that were allocated and not freed; 0 where the C library does not say."""
    try:
        mallinfo = ctypes.CDLL(None).mallinfo2
    except (AttributeError, OSError, TypeError):
        return 0
    mallinfo.restype = HeapInformation
    information = mallinfo()
    return int(information.uordblks) + int(information.hblkhd)


def failing_calls() -> list[tuple[Callable[..., Any], tuple[Any, ...]]]:
    return [
        (getattr(module, name), arguments)
        for module in (esig, tosig)
        for name, wrong in WRONG.items()
        if hasattr(module, name)
        for arguments in wrong
    ]


def in_use() -> tuple[int, int, list[int]]:
    gc.collect()
    references = [sys.getrefcount(argument) for argument in ARGUMENTS]
    return sys.getallocatedblocks(), heap_in_use(), references


def test_every_function_that_can_fail_is_here() -> None:
    names = {
        name
        for module, of_module in ((esig, esig.__all__), (tosig, vars(tosig)))
        for name in of_module
        if callable(getattr(module, name)) and not name.startswith("__")
    }
    assert names == set(WRONG) | CANNOT_FAIL


@pytest.mark.parametrize(
    ("function", "arguments"), failing_calls(), ids=lambda value: getattr(value, "__name__", "")
)
def test_each_of_them_fails(function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    with pytest.raises((TypeError, ValueError, IndexError, OverflowError, RuntimeError)):
        function(*arguments)


def test_a_hundred_thousand_calls_that_fail_leave_nothing() -> None:
    calls = failing_calls()

    def fail(times: int) -> None:
        for _ in range(times):
            for function, arguments in calls:
                try:
                    function(*arguments)
                except Exception:
                    continue
                raise AssertionError(function, arguments)

    fail(100)
    times = 100_000 // len(calls) // 3 + 1
    growth = []
    for _ in range(3):
        blocks, heap, references = in_use()
        fail(times)
        blocks_after, heap_after, references_after = in_use()
        assert references_after == references
        growth.append((blocks_after - blocks, heap_after - heap))
    # What a call keeps it keeps each time; what Python does besides, it does not always.
    assert min(blocks for blocks, _ in growth) < times / 2
    assert min(heap for _, heap in growth) < 16 * times
