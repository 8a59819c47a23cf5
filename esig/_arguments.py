"""What the public functions accept: checked once here, whatever the backend."""

import operator
import sys

import numpy

_TYPE_ERROR = (
    "Values must be of one of the following types "
    "(\"<class 'numpy.float32'>\", \"<class 'numpy.float64'>\")"
)


def as_stream(stream):
    """The stream as an array that every backend accepts; nothing is copied that is one already."""
    stream = numpy.asarray(stream)
    if stream.dtype.char not in "fd" or not stream.dtype.isnative:
        raise TypeError(_TYPE_ERROR)
    if stream.ndim != 2:
        raise ValueError("stream must be a 2-dimensional array")
    as_dimension(stream.shape[1])
    return stream


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


def _check_range(value):
    if value > sys.maxsize:
        raise OverflowError("Python int too large to convert to C ssize_t")
    return value
