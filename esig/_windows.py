"""Signatures of the windows of a path, and of paths that go on."""

from esig._arguments import as_dtype, as_stream, as_vectors
from esig._backend_calls import compute_windows, other_backend
from esig._library import tosig


def sliding2sig(stream, depth, window, step=1, out=None, n_jobs=None, dtype=None):
    """The signatures of all windows of a path that have so many points.

    Window i has the points from i * step to i * step + window - 1. However long the windows are,
    each costs a few products (docs/windows.md says how), and rounding errors do not accumulate
    from one to the next.

    Args:
        stream: as for `stream2sig`; the paths of a list must have one length.
        depth (int): the length of the longest words, at least 1.
        window (int): the number of points of a window, at least 1.
        step (int): how many points a window begins after the one before, at least 1.
        out: as for `stream2sig`.
        n_jobs: as for `stream2sig`.
        dtype: as for `stream2sig`.

    Returns:
        numpy.ndarray: of shape (..., windows, sigdim(width, depth)), windows being
        (length - window) // step + 1, or 0 if the path is shorter than a window; `out` if that is
        given.

    Raises:
        TypeError, ValueError, OverflowError, RuntimeError: as `stream2sig`; ValueError also if the
            window or the step is below 1, or the paths of a list have different lengths.

    >>> import esig
    >>> esig.sliding2sig([[0.0], [1.0], [3.0], [3.0]], 2, window=2).tolist()
    [[1.0, 1.0, 0.5], [1.0, 2.0, 2.0], [1.0, 0.0, 0.0]]
    """
    stream = as_stream(stream)
    other = other_backend(depth)
    if other is not None:
        return compute_windows(other, False, stream, depth, window, step, True, out, dtype)
    return tosig.sliding2sig(stream, depth, window, step, out, n_jobs, dtype)


def sliding2logsig(stream, depth, window, step=1, out=None, n_jobs=None, dtype=None):
    """The log signatures of all windows of a path that have so many points.

    Args:
        stream: as for `sliding2sig`.
        depth: as for `sliding2sig`.
        window: as for `sliding2sig`.
        step: as for `sliding2sig`.
        out: as for `sliding2sig`.
        n_jobs: as for `sliding2sig`.
        dtype: as for `stream2logsig`.

    Returns:
        numpy.ndarray: of shape (..., windows, logsigdim(width, depth)); `out` if that is given.

    Raises:
        TypeError, ValueError, OverflowError, RuntimeError: as `sliding2sig`.

    >>> import esig
    >>> esig.sliding2logsig([[0.0, 0.0], [1.0, 2.0], [3.0, 1.0]], 2, window=2).tolist()
    [[1.0, 2.0, 0.0], [2.0, -1.0, 0.0]]
    """
    stream = as_stream(stream)
    other = other_backend(depth)
    if other is not None:
        return compute_windows(other, True, stream, depth, window, step, True, out, dtype)
    return tosig.sliding2logsig(stream, depth, window, step, out, n_jobs, dtype)


def expanding2sig(stream, depth, window=1, step=1, out=None, n_jobs=None, dtype=None):
    """The signatures of the windows of a path that begin at its first point.

    Window i has the first window + i * step points. With the defaults that is every part from the
    first point on, which `stream2sig` gives by `cumulative=True`.

    Args:
        stream: as for `stream2sig`; the paths of a list must have one length.
        depth (int): the length of the longest words, at least 1.
        window (int): the number of points of the first window, at least 1.
        step (int): how many points a window has more than the one before, at least 1.
        out: as for `stream2sig`.
        n_jobs: as for `stream2sig`.
        dtype: as for `stream2sig`.

    Returns:
        numpy.ndarray: of shape (..., windows, sigdim(width, depth)), windows being
        (length - window) // step + 1, or 0 if the path is shorter than a window; `out` if that is
        given.

    Raises:
        TypeError, ValueError, OverflowError, RuntimeError: as `sliding2sig`.

    >>> import esig
    >>> esig.expanding2sig([[0.0], [1.0], [3.0], [5.0]], 2, window=2, step=2).tolist()
    [[1.0, 1.0, 0.5], [1.0, 5.0, 12.5]]
    """
    stream = as_stream(stream)
    other = other_backend(depth)
    if other is not None:
        return compute_windows(other, False, stream, depth, window, step, False, out, dtype)
    return tosig.expanding2sig(stream, depth, window, step, out, n_jobs, dtype)


def expanding2logsig(stream, depth, window=1, step=1, out=None, n_jobs=None, dtype=None):
    """The log signatures of the windows of a path that begin at its first point.

    Args:
        stream: as for `expanding2sig`.
        depth: as for `expanding2sig`.
        window: as for `expanding2sig`.
        step: as for `expanding2sig`.
        out: as for `expanding2sig`.
        n_jobs: as for `expanding2sig`.
        dtype: as for `stream2logsig`.

    Returns:
        numpy.ndarray: of shape (..., windows, logsigdim(width, depth)); `out` if that is given.

    Raises:
        TypeError, ValueError, OverflowError, RuntimeError: as `sliding2sig`.

    >>> import esig
    >>> esig.expanding2logsig([[0.0, 0.0], [1.0, 2.0], [3.0, 1.0]], 2, window=2).tolist()
    [[1.0, 2.0, 0.0], [3.0, 1.0, -2.5]]
    """
    stream = as_stream(stream)
    other = other_backend(depth)
    if other is not None:
        return compute_windows(other, True, stream, depth, window, step, False, out, dtype)
    return tosig.expanding2logsig(stream, depth, window, step, out, n_jobs, dtype)


def extend(signature, stream, depth, out=None, n_jobs=None, dtype=None, cumulative=False):
    """The signature of a path that goes on, from its signature until now.

    By Chen's identity (1957) the signature of the whole is the product of those of its parts. It
    takes as long as the new part is, whatever the length of the path before it.

    Args:
        signature: array of shape (..., sigdim(width, depth)): the signatures until now.
        stream: as for `stream2sig`, with the same dimensions before the last two: the points that
            follow. The first is the last one of the path until now, where the new part begins: a
            signature does not know where its path ended.
        depth (int): the length of the longest words, at least 1.
        out: as for `stream2sig`. It may be `signature` itself.
        n_jobs: as for `stream2sig`.
        dtype: as for `stream2sig`.
        cumulative (bool): whether to return the signatures up to each point of `stream`, of which
            the first is `signature`.

    Returns:
        numpy.ndarray: of shape (..., sigdim(width, depth)), or (..., length, sigdim(width, depth))
        if `cumulative`; `out` if that is given.

    Raises:
        TypeError, ValueError, OverflowError, RuntimeError: as `stream2sig`; ValueError also if the
            shapes of `signature` and `stream` do not belong together.

    >>> import esig
    >>> path = [[0.0, 0.0], [1.0, 2.0], [3.0, 1.0]]
    >>> signature = esig.stream2sig(path[:2], 2)
    >>> esig.extend(signature, path[1:], 2).tolist()
    [1.0, 3.0, 1.0, 4.5, -1.0, 4.0, 0.5]
    """
    return tosig.extend(
        as_vectors(signature, as_dtype(dtype)),
        as_stream(stream),
        depth,
        out,
        n_jobs,
        dtype,
        cumulative,
    )
