"""The functions of signatures and log signatures: arguments are checked here, computed below."""

from esig._arguments import as_depth, as_dimension, as_stream
from esig.backends import get_backend


def stream2sig(stream, depth):
    """The signature of a path, truncated at a depth.

    The value at a word a1...ak is the iterated integral of dx(a1)...dx(ak) along the path that is
    linear between its points (K.-T. Chen, 1957): the product of the tensor exponentials of its
    increments. Words come by length, then in lexicographic order, as `sigkeys` names them.

    Args:
        stream: array of shape (length, width), float32 or float64, with any strides; or what
            NumPy makes such an array of. One row for each point. Fewer than two points are the
            constant path.
        depth (int): the length of the longest words, at least 1.

    Returns:
        numpy.ndarray: float64 of shape (sigdim(width, depth),), first value 1. NaN and infinity
        in the stream reach the values that depend on them.

    Raises:
        TypeError: if the values are not native float32 or float64, or the depth is no integer.
        ValueError: if the stream is not two-dimensional or has width 0, or the depth is below 1.
        OverflowError: if the depth is no machine integer.
        RuntimeError: if the result would take more memory than `get_memory_limit()`.

    >>> import esig
    >>> esig.stream2sig([[0.0, 0.0], [1.0, 2.0], [3.0, 1.0]], 2).tolist()
    [1.0, 3.0, 1.0, 4.5, -1.0, 4.0, 0.5]
    """
    return get_backend().compute_signature(as_stream(stream), as_depth(depth))


def stream2logsig(stream, depth):
    """The log signature of a path, truncated at a depth.

    The logarithm of the signature in the tensor algebra is a Lie element (Chen, 1957); these are
    its coordinates in a Hall basis (M. Hall, 1950), which `logsigkeys` names.

    Args:
        stream: as for `stream2sig`.
        depth (int): the degree of the longest brackets, at least 1.

    Returns:
        numpy.ndarray: float64 of shape (logsigdim(width, depth),).

    Raises:
        TypeError, ValueError, OverflowError, RuntimeError: as `stream2sig`.

    >>> import esig
    >>> esig.stream2logsig([[0.0, 0.0], [1.0, 2.0], [3.0, 1.0]], 2).tolist()
    [3.0, 1.0, -2.5]
    """
    return get_backend().compute_log_signature(as_stream(stream), as_depth(depth))


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
