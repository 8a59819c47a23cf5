"""A stand-in for NumPy where there is none: arrays of floats, as far as compare-values.py goes.

Its arrays are those of ctypes, so esig reads and writes them as buffers, as it does NumPy's.
"""

import ctypes


class dtype(object):  # noqa: N801
    """The type of native values, `f` or `d`."""

    isnative = True

    def __init__(self, kind):
        self.char = {"f4": "f", "f8": "d"}.get(kind, kind)


float32, float64 = "f", "d"


class ndarray(object):  # noqa: N801
    """Values and a shape; without gaps, the last index runs first. Made by `_filled`."""

    @property
    def ndim(self):
        """How many indices it has."""
        return len(self.shape)

    def reshape(self, *shape):
        """The same values in another shape."""
        return _filled(self.values, shape, self.dtype.char)

    def astype(self, kind):
        """The same values in another type."""
        return _filled(self.values, self.shape, kind)


def _filled(values, shape, kind):
    item = {"f": ctypes.c_float, "d": ctypes.c_double}[kind]
    layout = item
    for size in reversed(shape):
        layout = layout * size
    kept = {"_type_": layout._type_, "_length_": layout._length_}
    made = type("ndarray", (ndarray, layout), kept)()
    made.values = (item * len(values)).from_buffer(made)
    made.values[:] = values
    made.shape, made.dtype = tuple(shape), dtype(kind)
    return made


def empty(shape, kind="d"):
    """An array that is to be filled."""
    shape = shape if isinstance(shape, tuple) else (shape,)
    count = 1
    for size in shape:
        count *= size
    return _filled([0.0] * count, shape, dtype(kind).char)


def array(values):
    """A list of numbers as an array."""
    return _filled(values, [len(values)], "d")


def asarray(values):
    """The array itself."""
    return values


def ravel(values):
    """The values, one after the other."""
    return values.values
