"""Derivatives of signatures and log signatures with respect to the points of the path."""

from esig._arguments import as_dtype, as_stream, as_vectors
from esig._library import tosig


def stream2sig_vjp(stream, depth, cotangent, out=None, n_jobs=None):
    """The derivative of `stream2sig` with respect to the points, multiplied by a cotangent.

    This is the vector-Jacobian product of reverse-mode differentiation: the gradient, with respect
    to each coordinate of each point, of the sum of the products of `cotangent` and the signature.
    It takes about as long as the signature, and memory that does not depend on the length.

    Args:
        stream: array of shape (..., length, width) as for `stream2sig`, or a list of arrays.
        depth (int): the length of the longest words, at least 1.
        cotangent: array of shape (..., sigdim(width, depth)), float32 or float64.
        out: array to write the result to, of its shape, float64.
        n_jobs: as for `stream2sig`.

    Returns:
        numpy.ndarray: float64 of the shape of `stream`, or a list of arrays if that was one; `out`
        if that is given.

    Raises:
        TypeError, ValueError, OverflowError, RuntimeError: as `stream2sig`; ValueError also if the
            shapes of `cotangent` and `stream` do not belong together, or `out` is given with a
            list.

    >>> import esig
    >>> esig.stream2sig_vjp([[0.0], [1.0], [3.0]], 2, [0.0, 0.0, 1.0]).tolist()
    [[-3.0], [0.0], [3.0]]
    """
    return _vjp(tosig.stream2sig_vjp, stream, depth, cotangent, out, n_jobs)


def stream2logsig_vjp(stream, depth, cotangent, out=None, n_jobs=None):
    """The derivative of `stream2logsig` with respect to the points, multiplied by a cotangent.

    Args:
        stream: as for `stream2sig_vjp`.
        depth: as for `stream2sig_vjp`.
        cotangent: array of shape (..., logsigdim(width, depth)), float32 or float64.
        out: as for `stream2sig_vjp`.
        n_jobs: as for `stream2sig`.

    Returns:
        numpy.ndarray: as `stream2sig_vjp`.

    Raises:
        TypeError, ValueError, OverflowError, RuntimeError: as `stream2sig_vjp`.

    >>> import esig
    >>> path = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]
    >>> esig.stream2logsig_vjp(path, 2, [0.0, 0.0, 1.0]).tolist()
    [[-0.5, 0.0], [0.5, -0.5], [0.0, 0.5]]
    """
    return _vjp(tosig.stream2logsig_vjp, stream, depth, cotangent, out, n_jobs)


def _vjp(function, stream, depth, cotangent, out, n_jobs):
    stream = as_stream(stream)
    cotangent = as_vectors(cotangent, as_dtype(None))
    if not isinstance(stream, list):
        return function(stream, depth, cotangent, out, n_jobs)
    if out is not None:
        raise ValueError("a list of paths has no array of gradients to write to")
    if len(cotangent) != len(stream):
        raise ValueError("cotangent and stream have different numbers of paths")
    return [function(path, depth, row, n_jobs=n_jobs) for path, row in zip(stream, cotangent)]
