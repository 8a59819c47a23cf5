"""Signatures and log signatures of paths.

A path is a two-dimensional array, one row for each point. Its signature is the sequence of its
iterated integrals, its log signature the same information without the redundancy:

>>> import esig
>>> path = [[0.0, 0.0], [1.0, 2.0], [3.0, 1.0]]
>>> esig.stream2sig(path, 2).tolist()
[1.0, 3.0, 1.0, 4.5, -1.0, 4.0, 0.5]
>>> print(esig.sigkeys(2, 2))
 () (1) (2) (1,1) (1,2) (2,1) (2,2)
>>> esig.stream2logsig(path, 2).tolist()
[3.0, 1.0, -2.5]
>>> print(esig.logsigkeys(2, 2))
 1 2 [1,2]

The computation is that of libalgebra, in the extension module `esig.tosig`; `set_backend` chooses
another for a thread. An answer that would take more memory than `get_memory_limit()` is refused
before anything is allocated.
"""

# First, for it says what to do where NumPy or the extension cannot be imported.
from esig._library import ESIG_PACKAGE_ROOT, get_library_load_error, is_library_loaded

# isort: split
from esig import backends
from esig._gradients import stream2logsig_vjp, stream2sig_vjp
from esig._memory import get_memory_limit, set_memory_limit
from esig._recombine import NO_RECOMBINE, recombine
from esig._signatures import (
    logsigdim,
    logsigkeys,
    sigdim,
    sigkeys,
    signature_from_logsignature,
    stream2logsig,
    stream2sig,
)
from esig._version import __version__
from esig._windows import (
    expanding2logsig,
    expanding2sig,
    extend,
    sliding2logsig,
    sliding2sig,
)
from esig.backends import get_backend, list_backends, set_backend

__all__ = [
    "ESIG_PACKAGE_ROOT",
    "NO_RECOMBINE",
    "backends",
    "expanding2logsig",
    "expanding2sig",
    "extend",
    "get_backend",
    "get_library_load_error",
    "get_memory_limit",
    "get_version",
    "is_library_loaded",
    "list_backends",
    "logsigdim",
    "logsigkeys",
    "recombine",
    "set_backend",
    "set_memory_limit",
    "sigdim",
    "sigkeys",
    "signature_from_logsignature",
    "sliding2logsig",
    "sliding2sig",
    "stream2logsig",
    "stream2logsig_vjp",
    "stream2sig",
    "stream2sig_vjp",
]


def get_version():
    """The version of esig, as a string."""
    return __version__
