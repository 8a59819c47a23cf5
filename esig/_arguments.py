"""What the public functions accept besides arrays of NumPy's own type."""

import operator
import sys

import numpy

_TYPE_ERROR = (
    "Values must be of one of the following types "
    "(\"<class 'numpy.float32'>\", \"<class 'numpy.float64'>\")"
)


def as_stream(stream):
    """What NumPy makes of a stream: an array, or a list of arrays for paths of any lengths.

    A list or tuple whose first member has two dimensions is such a list of paths; one whose first
    member has one is a path. Nothing is copied that is an array already.
    """
    if isinstance(stream, (list, tuple)) and len(stream) > 0 and numpy.ndim(stream[0]) == 2:
        return [numpy.asarray(path) for path in stream]
    return numpy.asarray(stream)


def as_vectors(values, dtype):
    """An array of a type without gaps, from one of native floats or what NumPy makes of values."""
    return numpy.asarray(check_type(numpy.asarray(values)), dtype=dtype, order="C")


def check_type(array):
    """The array, if its values are native floats."""
    if array.dtype.char not in "fd" or not array.dtype.isnative:
        raise TypeError(_TYPE_ERROR)
    return array


def check_path(path):
    """The path, if it is an array of native floats with two dimensions."""
    check_type(path)
    if path.ndim != 2:
        raise ValueError("stream must be a 2-dimensional array")
    as_dimension(path.shape[1])
    return path


def as_depth(depth):
    """The depth as an integer of at least 1 that fits in the address space."""
    depth = operator.index(depth)
    if depth < 1:
        raise ValueError("Depth must be at least 1")
    return _check_range(depth)


def as_dimension(dimension):
    """The dimension as an integer of at least 1 that fits in the address space."""
    dimension = operator.index(dimension)
    if dimension < 1:
        raise ValueError("Dimension {0} is invalid".format(dimension))
    return _check_range(dimension)


def as_dtype(dtype):
    """The type of a result's values: float64 by default."""
    if dtype is None:
        return numpy.dtype(numpy.float64)
    dtype = numpy.dtype(dtype)
    if dtype.char not in "fd" or not dtype.isnative:
        raise TypeError("dtype must be native float32 or float64")
    return dtype


def _check_range(value):
    if value > sys.maxsize:
        raise OverflowError("Python int too large to convert to C ssize_t")
    return value
