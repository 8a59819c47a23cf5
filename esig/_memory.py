"""How much memory an answer may take, and the environment variable that says so."""

import os
import warnings

from esig._library import tosig

_VARIABLE = "ESIG_MEMORY_LIMIT"


def get_memory_limit():
    """Bytes that a result may take together with the memory that is needed to find it.

    The default is 2 GiB, 1 GiB where pointers have 32 bits, or what the environment variable
    `ESIG_MEMORY_LIMIT` (a number of bytes) said when esig was imported.

    Returns:
        int: the limit in bytes.

    >>> import esig
    >>> esig.get_memory_limit() >= 2**30
    True
    """
    return tosig.get_memory_limit()


def set_memory_limit(limit):
    """Changes the bytes that a result and its workspace may take, for all threads.

    Args:
        limit (int): the limit in bytes, at least 1.

    Raises:
        TypeError: if the limit is not an integer.
        ValueError: if it is less than 1.
        OverflowError: if it is more than can be addressed.

    >>> import esig
    >>> limit = esig.get_memory_limit()
    >>> esig.set_memory_limit(4096)
    >>> esig.sigdim(2, 100)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    RuntimeError: Legitimate depth of 2<->... for records with width 2 exceeds limit
    >>> esig.set_memory_limit(limit)
    """
    tosig.set_memory_limit(limit)


def _read_environment(environment):
    text = environment.get(_VARIABLE)
    if not text:
        return
    try:
        set_memory_limit(int(text))
    except (ValueError, OverflowError):
        warnings.warn(
            "{0} is not a number of bytes, so it is ignored: {1!r}".format(_VARIABLE, text),
            RuntimeWarning,
            stacklevel=2,
        )


_read_environment(os.environ)
