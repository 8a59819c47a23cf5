"""Calls every public function with arguments by chance: a result or a Python error must come back.

Half of what a call is given fits together: a path, and whatever else its width and its depth
need, in every layout that memory may have. Of the rest anything may come. What was computed is
computed once more, into an array of another layout, and must be the same to the last bit.

    python tests/fuzz.py --seconds 60 [--seed NUMBER]

Each round prints its seed first, so the seed of a crash is the last one printed, and `--seconds 0`
with that seed is that round alone.
"""

from __future__ import annotations

import argparse
import array
import inspect
import random
import time
from collections.abc import Callable
from typing import Any

import numpy

import esig
from esig import tosig

ERRORS = (TypeError, ValueError, IndexError, OverflowError, RuntimeError, MemoryError, BufferError)
CALLS_OF_A_ROUND = 2000
MEMORY_LIMIT = 1 << 22


class OwnError(Exception):
    """What an argument raises when it is looked at."""


class BadIndex:
    """An integer that is none when it is asked."""

    def __index__(self) -> int:
        raise OwnError


class ChangingIndex:
    """An integer that is another each time."""

    value = 2**80

    def __index__(self) -> int:
        self.value = -self.value
        return self.value


class BadArray:
    """What NumPy asks for an array, in vain."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise OwnError


def anything() -> list[Any]:
    """Values that hardly any function takes."""
    path = numpy.random.default_rng(9).normal(size=(4, 2))
    return [
        *(path, path.astype("f4"), path.astype(int), path.astype(object), path[0], path[None]),
        *(path[:0], path[:, :0], path * numpy.nan, path.tolist(), memoryview(path), b"", "", None),
        *(numpy.zeros((0, 0)), numpy.zeros(()), array.array("d", [1.0, 2.0]), bytearray(16)),
        *(memoryview(bytearray(32)).cast("d", [2, 2]), memoryview(bytearray(16)).cast("f", [2, 2])),
        *(memoryview(path)[::-1], numpy.broadcast_to(1.0, (2**40, 3))[:5], float("nan"), -1, 0, 1),
        *(2, 3, 7, 40, 2**31, 2**63, 2**64, -(2**70), 1.5, True, numpy.int64(3), BadIndex()),
        *(ChangingIndex(), BadArray(), object, len, (), [], [[]], [[], []], [[1.0]], {}, set(), 1j),
        *("libalgebra", "iisignature", "float32", numpy.float32, numpy.dtype(">f8"), path > 0),
    ]


class Call:
    """Arguments that fit together, most of them."""

    def __init__(self, chance: random.Random) -> None:
        """Chooses the shapes that they all have."""
        self.chance = chance
        self.width = chance.choice([1, 2, 2, 3, 4, 5, 9])
        self.depth = chance.choice([1, 2, 2, 3, 3, 4, 5, 6])
        self.length = chance.choice([0, 1, 2, 2, 3, 5, 9, 17, 40])
        self.batch = chance.choice([(), (), (), (1,), (3,), (20,), (2, 3), (0,)])

    def argument(self, name: str) -> Any:
        """One for the parameter of this name, or anything."""
        chance = self.chance
        make = getattr(self, f"make_{name}", None)
        if make is None or chance.random() < 0.05:
            return chance.choice(anything())
        return make()

    def array(self, *shape: int) -> Any:
        """Numbers, few of which are not finite, in some layout."""
        seed = self.chance.randrange(1 << 30)
        values = numpy.random.default_rng(seed).normal(size=shape)
        if values.size and self.chance.random() < 0.05:
            values.flat[0] = self.chance.choice([numpy.inf, numpy.nan, 1e308, -0.0])
        return disguised(values, self.chance)

    def make_stream(self) -> Any:
        if self.chance.random() < 0.1:
            lengths = [self.chance.randrange(6) for _ in range(self.chance.randrange(4))]
            return [self.array(length, self.width) for length in lengths]
        return self.array(*self.batch, self.length, self.width)

    def make_ensemble(self) -> Any:
        return self.array(self.length, self.width)

    def make_selector(self) -> Any:
        count = self.chance.randrange(self.length + 2)
        return numpy.array([self.chance.randrange(self.length + 1) for _ in range(count)], "i8")

    def make_weights(self) -> Any:
        return abs(numpy.asarray(self.array(self.length)))

    def vectors(self, size: Callable[[int, int], int]) -> Any:
        return self.array(*self.batch, size(self.width, self.depth))

    def make_signature(self) -> Any:
        values = numpy.array(self.vectors(esig.sigdim))
        values[..., :1] = 1
        return disguised(values, self.chance)

    def make_logsignature(self) -> Any:
        return self.vectors(esig.logsigdim)

    def make_cotangent(self) -> Any:
        return self.vectors(self.chance.choice([esig.sigdim, esig.logsigdim]))

    def make_out(self) -> Any:
        return None

    def make_depth(self) -> Any:
        return self.depth

    def make_dimension(self) -> Any:
        return self.width

    def make_degree(self) -> Any:
        return self.chance.choice([1, 2, 3])

    def make_window(self) -> Any:
        return self.chance.choice([1, 2, 3, 5, 16, 2**40])

    make_step = make_window

    def make_n_jobs(self) -> Any:
        return self.chance.choice([None, None, 1, 2, 3, -1, -2])

    def make_dtype(self) -> Any:
        return self.chance.choice([None, None, "f4", "f8", numpy.float32, numpy.float64])

    def make_cumulative(self) -> Any:
        return self.chance.choice([False, True])


def as_float32(values: Any) -> Any:
    with numpy.errstate(all="ignore"):
        return values.astype("f4")


def unaligned(values: Any) -> Any:
    memory = numpy.zeros(values.nbytes + 1, "u1")[1:]
    result = numpy.ndarray(values.shape, values.dtype, memory)
    result[...] = values
    return result


def read_only(values: Any) -> Any:
    values.flags.writeable = False
    return values


LAYOUTS: list[Callable[[Any], Any]] = [
    *(numpy.ascontiguousarray, numpy.ascontiguousarray, numpy.asfortranarray, as_float32),
    *(unaligned, lambda values: unaligned(as_float32(values)), read_only, memoryview),
    lambda values: numpy.repeat(values, 2, axis=-1)[..., ::2],
    lambda values: numpy.ascontiguousarray(values[::-1])[::-1],
    lambda values: values.astype(values.dtype.newbyteorder()),
    lambda values: values.tolist(),
]


def disguised(values: Any, chance: random.Random) -> Any:
    """The same numbers otherwise in memory, some of them in float32."""
    return chance.choice(LAYOUTS)(values)


def call_once(function: Any, chance: random.Random) -> None:
    """One call, and where it has a result, another one into an array of that shape."""
    call = Call(chance)
    parameters = inspect.signature(function).parameters
    names = list(parameters)
    required = [p.default is p.empty for p in parameters.values()].count(True)
    count = chance.choice([required, len(names), chance.randrange(len(names) + 2)])
    names = [*names, "beyond"][:count]
    arguments = [call.argument(name) for name in names]
    result = function(*arguments)
    if not isinstance(result, numpy.ndarray) or names.count("out") == 0:
        return
    expected = result.tobytes()
    into = disguised(numpy.zeros_like(result), chance)
    position = names.index("out")
    again = function(*arguments[:position], into, *arguments[position + 1 :])
    assert again is into, "another array than out was returned"
    assert again.tobytes() == expected, "the same call, another result"


def call_at_random(seed: int, calls: int) -> int:
    """Some calls of functions of both modules; how many of them had a result."""
    chance = random.Random(seed)
    names = [name for name in dir(tosig) if callable(getattr(tosig, name)) and name[:2] != "__"]
    functions = [getattr(tosig, name) for name in names]
    functions += [getattr(esig, name) for name in esig.__all__ if callable(getattr(esig, name))]
    done = 0
    for _ in range(calls):
        esig.set_memory_limit(MEMORY_LIMIT)
        esig.set_backend("libalgebra")
        try:
            call_once(chance.choice(functions), chance)
        except (*ERRORS, OwnError):
            continue
        done += 1
    return done


def main() -> None:
    """As many rounds as the time allows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    arguments = parser.parse_args()
    end = time.monotonic() + arguments.seconds
    seed = arguments.seed
    results = 0
    while True:
        print("seed", seed, flush=True)
        results += call_at_random(seed, CALLS_OF_A_ROUND)
        seed += 1
        if time.monotonic() >= end:
            break
    assert results > 0, "no call had a result"
    calls = (seed - arguments.seed) * CALLS_OF_A_ROUND
    print(f"{calls} calls, {results} of them with a result")


if __name__ == "__main__":
    main()
