"""Backends that are not libalgebra's: they know of one path at a time, and get a copy of it."""

import operator

import numpy

from esig import backends
from esig._arguments import as_depth, as_dimension, as_dtype, check_path, check_type


def other_backend(depth):
    """The backend of this thread if that is to compute, None if libalgebra is.

    Depth 1 is libalgebra's always: no backend of esig before 1.0 was ever asked for it, and some
    packages refuse it.
    """
    if not backends._others_were_chosen:
        return None
    backend = backends.get_backend()
    if type(backend) is backends.LibalgebraBackend or as_depth(depth) == 1:
        return None
    return backend


def compute_paths(compute, size, stream, depth, out, dtype, cumulative):
    """What a backend's method makes of a stream.

    Args:
        compute: `compute_signature` or `compute_log_signature` of a backend.
        size: its `sig_dim` or `log_sig_dim`.
        stream: as `as_stream` returns it.
        depth: as the public functions take it.
        out: as they take it.
        dtype: as they take it.
        cumulative: as they take it.

    Returns:
        What the method returned for a single path, an array for more.
    """
    depth = as_depth(depth)
    dtype = as_dtype(dtype)
    if isinstance(stream, numpy.ndarray) and stream.ndim == 2 and not cumulative:
        result = compute(_own(check_path(stream)), depth)
        return _deliver(result, out, dtype) if out is not None or dtype.char == "f" else result

    paths, outer = _paths_of(stream)
    if cumulative:
        outer += (_length_of(paths),)
        paths = [path[: i + 1] for path in paths for i in range(len(path))]
    width = stream[0].shape[1] if isinstance(stream, list) else stream.shape[-1]
    rows = numpy.empty((len(paths), size(width, depth)))
    for row, path in zip(rows, paths):
        row[...] = compute(_own(path), depth)
    return _deliver(rows.reshape(outer + rows.shape[1:]), out, dtype)


def compute_windows(backend, is_logarithm, stream, depth, window, step, is_sliding, out, dtype):
    """The windows of a stream, each by itself, by a backend."""
    if is_logarithm:
        compute, size = backend.compute_log_signature, backend.log_sig_dim
    else:
        compute, size = backend.compute_signature, backend.sig_dim
    window, step = _as_count(window, "window"), _as_count(step, "step")
    if isinstance(stream, list):
        stream = numpy.array([check_path(path) for path in stream])
    if stream.ndim < 2:
        check_path(stream)
    check_type(stream)
    begins = range(0, stream.shape[-2] - window + 1, step)
    rows = numpy.empty(
        stream.shape[:-2] + (len(begins), size(as_dimension(stream.shape[-1]), as_depth(depth)))
    )
    for i, begin in enumerate(begins):
        part = stream[..., begin if is_sliding else 0 : begin + window, :]
        rows[..., i, :] = compute_paths(compute, size, part, depth, None, None, False)
    return _deliver(rows, out, as_dtype(dtype))


def _as_count(value, name):
    value = operator.index(value)
    if value < 1:
        raise ValueError("{0} must be at least 1".format(name))
    return value


def _own(path):
    """A copy that the backend may change, whatever the layout of the caller's array."""
    return numpy.array(path, order="C", subok=False)


def _deliver(result, out, dtype):
    result = numpy.asarray(result, dtype=dtype)
    if out is None:
        return result
    out[...] = result
    return out


def _paths_of(stream):
    """The paths one after another, and the dimensions that they stand in."""
    if isinstance(stream, list):
        return [check_path(path) for path in stream], (len(stream),)
    if stream.ndim < 2:
        check_path(stream)
    paths = stream.reshape((-1,) + stream.shape[-2:])
    return [check_path(path) for path in paths], stream.shape[:-2]


def _length_of(paths):
    lengths = {len(path) for path in paths}
    if len(lengths) > 1:
        raise ValueError("cumulative needs paths of the same length")
    return lengths.pop() if lengths else 0
