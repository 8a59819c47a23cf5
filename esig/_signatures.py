"""The functions of signatures and log signatures; most arguments are checked by the extension."""

from numpy import ndarray

from esig import backends
from esig._arguments import as_depth, as_dimension, as_dtype, as_stream, as_vectors
from esig._backend_calls import compute_paths, other_backend
from esig._library import tosig
from esig.backends import get_backend


def stream2sig(stream, depth, out=None, n_jobs=None, dtype=None, cumulative=False):
    """The signature of a path, or of many, truncated at a depth.

    The value at a word a1...ak is the iterated integral of dx(a1)...dx(ak) along the path that is
    linear between its points (K.-T. Chen, 1957): the product of the tensor exponentials of its
    increments. Words come by length, then in lexicographic order, as `sigkeys` names them.

    Args:
        stream: array of shape (..., length, width), float32 or float64, with any strides; or what
            NumPy makes such an array of. The last two dimensions are a path, one row for each
            point; fewer than two points are the constant path. For paths of different lengths, a
            list of arrays of shape (length, width).
        depth (int): the length of the longest words, at least 1.
        out: array to write the result to, of its shape and type.
        n_jobs (int): the number of threads; -1 for one on each processor, -2 for all but one. By
            default it is that of the processors or what the amount of work is worth, if that is
            less. The result does not depend on it.
        dtype: float32 to compute in that type; by default it is float64.
        cumulative (bool): whether to return the signatures up to each point.

    Returns:
        numpy.ndarray: of shape (..., sigdim(width, depth)), or (..., length, sigdim(width, depth))
        if `cumulative`; `out` if that is given. For a list of n paths "..." is n. Its first values
        are 1. NaN and infinity in the stream reach the values that depend on them.

    Raises:
        TypeError: if the values are not native float32 or float64, or the depth is no integer.
        ValueError: if the stream has less than two dimensions or width 0, the depth is below 1,
            or `out` is of another shape.
        OverflowError: if the depth is no machine integer.
        RuntimeError: if the result would take more memory than `get_memory_limit()`.

    >>> import esig
    >>> esig.stream2sig([[0.0, 0.0], [1.0, 2.0], [3.0, 1.0]], 2).tolist()
    [1.0, 3.0, 1.0, 4.5, -1.0, 4.0, 0.5]
    >>> esig.stream2sig([[[0.0], [1.0]], [[0.0], [3.0]]], 2).tolist()
    [[1.0, 1.0, 0.5], [1.0, 3.0, 4.5]]
    >>> esig.stream2sig([[0.0], [1.0], [3.0]], 2, cumulative=True).tolist()
    [[1.0, 0.0, 0.0], [1.0, 1.0, 0.5], [1.0, 3.0, 4.5]]
    """
    if type(stream) is not ndarray:
        stream = as_stream(stream)
    if backends._others_were_chosen:
        other = other_backend(depth)
        if other is not None:
            return compute_paths(
                other.compute_signature, other.sig_dim, stream, depth, out, dtype, cumulative
            )
    return tosig.stream2sig(stream, depth, out, n_jobs, dtype, cumulative)


def stream2logsig(stream, depth, out=None, n_jobs=None, dtype=None, cumulative=False):
    """The log signature of a path, or of many, truncated at a depth.

    The logarithm of the signature in the tensor algebra is a Lie element (Chen, 1957); these are
    its coordinates in a Hall basis (M. Hall, 1950), which `logsigkeys` names.

    Args:
        stream: as for `stream2sig`.
        depth: as for `stream2sig`.
        out: as for `stream2sig`.
        n_jobs: as for `stream2sig`.
        cumulative: as for `stream2sig`.
        dtype: float32 for a result of that type, rounded from float64; by default it is float64.

    Returns:
        numpy.ndarray: of shape (..., logsigdim(width, depth)), or
        (..., length, logsigdim(width, depth)) if `cumulative`; `out` if that is given.

    Raises:
        TypeError, ValueError, OverflowError, RuntimeError: as `stream2sig`.

    >>> import esig
    >>> esig.stream2logsig([[0.0, 0.0], [1.0, 2.0], [3.0, 1.0]], 2).tolist()
    [3.0, 1.0, -2.5]
    """
    if type(stream) is not ndarray:
        stream = as_stream(stream)
    if backends._others_were_chosen:
        other = other_backend(depth)
        if other is not None:
            return compute_paths(
                other.compute_log_signature,
                other.log_sig_dim,
                stream,
                depth,
                out,
                dtype,
                cumulative,
            )
    return tosig.stream2logsig(stream, depth, out, n_jobs, dtype, cumulative)


def signature_from_logsignature(logsignature, dimension, depth, out=None, n_jobs=None):
    """The signature of a path, or of many, from log signatures: their exponentials.

    Each Lie element is expanded to a tensor, [a,b] being ab - ba, whose exponential is
    1 + x + x**2/2! + ... up to the depth.

    Args:
        logsignature: array of shape (..., logsigdim(dimension, depth)), float32 or float64, in the
            order of `logsigkeys`, or what NumPy makes such an array of.
        dimension (int): the width of the paths, at least 1.
        depth (int): the degree of the longest brackets, at least 1.
        out: as for `stream2sig`.
        n_jobs: as for `stream2sig`.

    Returns:
        numpy.ndarray: float64 of shape (..., sigdim(dimension, depth)); `out` if that is given.

    Raises:
        TypeError, ValueError, OverflowError, RuntimeError: as `stream2sig`.

    >>> import esig
    >>> esig.signature_from_logsignature([3.0, 1.0, -2.5], 2, 2).tolist()
    [1.0, 3.0, 1.0, 4.5, -1.0, 4.0, 0.5]
    """
    return tosig.signature_from_logsignature(
        as_vectors(logsignature, as_dtype(None)), dimension, depth, out, n_jobs
    )


def sigdim(dimension, depth):
    """The number of values that `stream2sig` returns: the sum of dimension**k for k = 0 to depth.

    Depth 1 gives dimension + 1, the length of the output, where esig before 1.1 gave dimension.

    Args:
        dimension (int): the width of the paths, at least 1.
        depth (int): the length of the longest words, at least 1.

    Returns:
        int: the number of values.

    Raises:
        TypeError, OverflowError: if an argument is not an integer, or no machine integer.
        ValueError: if an argument is less than 1.
        RuntimeError: if `stream2sig` would refuse the size, for its memory.

    >>> import esig
    >>> esig.sigdim(2, 4)
    31
    """
    return get_backend().sig_dim(as_dimension(dimension), as_depth(depth))


def logsigdim(dimension, depth):
    """The number of values that `stream2logsig` returns: the dimension of the free Lie algebra.

    By Witt's formula (1937), the sum over k = 1 to depth of 1/k times the sum, over the divisors
    e of k, of mu(e) * dimension**(k/e).

    Args:
        dimension (int): the width of the paths, at least 1.
        depth (int): the degree of the longest brackets, at least 1.

    Returns:
        int: the number of values.

    Raises:
        TypeError, ValueError, OverflowError, RuntimeError: as `sigdim`.

    >>> import esig
    >>> esig.logsigdim(2, 4)
    8
    """
    return get_backend().log_sig_dim(as_dimension(dimension), as_depth(depth))


def sigkeys(dimension, depth):
    """The words that index a signature, in its order, a space before each.

    Args:
        dimension (int): the width of the paths, at least 1.
        depth (int): the length of the longest words, at least 1.

    Returns:
        str: the words, their letters numbered from 1.

    Raises:
        TypeError, ValueError, OverflowError: as `sigdim`.
        RuntimeError: if the text would take more memory than `get_memory_limit()`.

    >>> import esig
    >>> esig.sigkeys(2, 2)
    ' () (1) (2) (1,1) (1,2) (2,1) (2,2)'
    """
    return get_backend().sig_keys(as_dimension(dimension), as_depth(depth))


def logsigkeys(dimension, depth):
    """The Hall basis elements that index a log signature, in its order, a space before each.

    Args:
        dimension (int): the width of the paths, at least 1.
        depth (int): the degree of the longest brackets, at least 1.

    Returns:
        str: letters as their numbers from 1, brackets as `[left,right]`.

    Raises:
        TypeError, ValueError, OverflowError, RuntimeError: as `sigkeys`.

    >>> import esig
    >>> esig.logsigkeys(2, 3)
    ' 1 2 [1,2] [1,[1,2]] [2,[1,2]]'
    """
    return get_backend().log_sig_keys(as_dimension(dimension), as_depth(depth))
