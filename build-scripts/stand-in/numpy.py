"""A stand-in for NumPy where there is none: arrays of floats, as far as compare-values.py goes.

Its arrays are buffers of Python's own (PEP 688), so esig reads and writes them as it does NumPy's.
"""

import math
from array import array as _vector


class dtype:  # noqa: N801
    """The type of native values, `f` or `d`."""

    isnative = True

    def __init__(self, kind):
        self.char = {"f4": "f", "f8": "d"}.get(kind, kind)


float32, float64 = "f", "d"


class ndarray:  # noqa: N801
    """Values and a shape; without gaps, the last index runs first."""

    def __init__(self, values, shape, kind):
        self.values, self.shape, self.dtype = _vector(kind, values), tuple(shape), dtype(kind)

    @property
    def ndim(self):
        """How many indices it has."""
        return len(self.shape)

    def __buffer__(self, flags):
        return memoryview(self.values).cast("B").cast(self.dtype.char, self.shape)

    def reshape(self, *shape):
        """The same values in another shape."""
        return ndarray(self.values, shape, self.dtype.char)

    def astype(self, kind):
        """The same values in another type."""
        return ndarray(self.values, self.shape, kind)


def empty(shape, kind="d"):
    """An array that is to be filled."""
    shape = shape if isinstance(shape, tuple) else (shape,)
    return ndarray([0.0] * math.prod(shape), shape, dtype(kind).char)


def array(values):
    """A list of numbers as an array."""
    return ndarray(values, [len(values)], "d")


def asarray(values):
    """The array itself."""
    return values


def ravel(values):
    """The values, one after the other."""
    return values.values
