"""Who computes: libalgebra, iisignature where it is installed, or a class of the user's own.

Each thread has its own choice, `set_backend`; a thread that has chosen none has the default. All
backends answer in the same order of words and in the same Hall basis.
"""

import abc
import collections
import threading

import numpy

from esig._library import tosig

try:
    import iisignature
# An extension module built for another NumPy may raise anything, and is as good as absent.
except Exception:
    iisignature = None

__all__ = [
    "BACKENDS",
    "BackendBase",
    "IISignatureBackend",
    "LibalgebraBackend",
    "RoughPyBackend",
    "get_backend",
    "list_backends",
    "set_backend",
    "set_default_backend",
]


class BackendBase(abc.ABCMeta("ABC", (object,), {})):
    """What esig asks of a backend.

    Its arguments have been checked. A stream is a copy in C order that the backend may change; a
    backend is asked for depths from 2 on.
    """

    def __repr__(self):
        return type(self).__name__

    @abc.abstractmethod
    def compute_signature(self, stream, depth):
        """The signature of a float32 or float64 array of shape (length, width)."""

    @abc.abstractmethod
    def compute_log_signature(self, stream, depth):
        """The log signature of a float32 or float64 array of shape (length, width)."""

    def sig_dim(self, dimension, depth):
        """The number of values of a signature."""
        return tosig.sigdim(dimension, depth)

    def log_sig_dim(self, dimension, depth):
        """The number of values of a log signature."""
        return tosig.logsigdim(dimension, depth)

    @abc.abstractmethod
    def sig_keys(self, dimension, depth):
        """The words that index a signature, a space before each."""

    @abc.abstractmethod
    def log_sig_keys(self, dimension, depth):
        """The basis elements that index a log signature, a space before each."""


class LibalgebraBackend(BackendBase):
    """Computes with libalgebra, which is part of esig."""

    def compute_signature(self, stream, depth):
        """The signature of a float32 or float64 array of shape (length, width)."""
        return tosig.stream2sig(stream, depth)

    def compute_log_signature(self, stream, depth):
        """The log signature of a float32 or float64 array of shape (length, width)."""
        return tosig.stream2logsig(stream, depth)

    def sig_keys(self, dimension, depth):
        """The words that index a signature, a space before each."""
        return tosig.sigkeys(dimension, depth)

    def log_sig_keys(self, dimension, depth):
        """The Hall basis elements that index a log signature, a space before each."""
        return tosig.logsigkeys(dimension, depth)


class IISignatureBackend(LibalgebraBackend):
    """Computes signatures with the package iisignature; all else is libalgebra's."""

    def __init__(self):
        if iisignature is None:
            raise ImportError("the package iisignature could not be imported")

    def prepare(self, dimension, depth):
        """What iisignature's own log signatures want; this class has no use for it since 1.1."""
        return iisignature.prepare(dimension, depth)

    def compute_signature(self, stream, depth):
        """The signature of a float32 or float64 array of shape (length, width)."""
        length, width = stream.shape
        signature = numpy.zeros(tosig.sigdim(width, depth))
        signature[0] = 1.0
        if length > 1:
            signature[1:] = iisignature.sig(
                numpy.ascontiguousarray(stream, dtype=numpy.float64), depth
            )
        return signature

    def compute_log_signature(self, stream, depth):
        """The log signature, in libalgebra's Hall basis and not in iisignature's."""
        width = stream.shape[1]
        tosig.logsigdim(width, depth)  # refuses what would not fit
        signature = self.compute_signature(stream, depth)
        return tosig._signature_to_log_signature(signature, width, depth)


class RoughPyBackend(LibalgebraBackend):
    """The backend of esig 1.0 by its name and its methods; libalgebra computes the same values.

    `set_backend("roughpy")` chooses it too, although `list_backends` has it as libalgebra alone.
    """

    def prepare_stream(self, stream_data, depth):
        """The path as a stream of the package roughpy, which has to be installed for this alone."""
        import roughpy

        steps = len(stream_data) - 1
        return roughpy.LieIncrementStream.from_increments(
            numpy.diff(stream_data, axis=0),
            indices=numpy.arange(steps) / float(max(steps, 1)),
            ctx=roughpy.get_context(stream_data.shape[1], depth, roughpy.DPReal),
        )

    def empty_signature(self, width, depth):
        """The signature of a constant path."""
        signature = numpy.zeros(self.sig_dim(width, depth))
        signature[0] = 1.0
        return signature

    def empty_log_signature(self, width, depth):
        """The log signature of a constant path."""
        return numpy.zeros(self.log_sig_dim(width, depth))


BACKENDS = collections.OrderedDict(libalgebra=LibalgebraBackend)
if iisignature is not None:
    BACKENDS["iisignature"] = IISignatureBackend

# Names of other versions, which choose but are not listed.
_FORMER = {"roughpy": RoughPyBackend}


# A str of 2.7 is not yet text.
_TEXT = (str, type(b"".decode("ascii")))


class _Choice(threading.local):
    backend = None


_choice = _Choice()
_default = LibalgebraBackend()

# Whether there is anything to ask: most programs never choose, and asking costs a call its time.
_others_were_chosen = False


def get_backend():
    """The backend of this thread.

    >>> import esig
    >>> esig.get_backend()
    LibalgebraBackend
    """
    backend = _choice.backend
    return _default if backend is None else backend


def set_backend(cls_or_name):
    """Chooses the backend of this thread.

    Args:
        cls_or_name: a name from `list_backends()`, a subclass of `BackendBase`, or an instance.

    Raises:
        ValueError: if there is no backend of that name.
        TypeError: if it is none of these.

    >>> import esig
    >>> esig.set_backend("libalgebra")
    """
    _choice.backend = _chosen(cls_or_name)


def set_default_backend(cls_or_name):
    """Chooses the backend of all threads that have not chosen one; arguments as `set_backend`."""
    global _default
    _default = _chosen(cls_or_name)


def list_backends():
    """The names that `set_backend` accepts.

    >>> import esig
    >>> "libalgebra" in esig.list_backends()
    True
    """
    return list(BACKENDS)


def _chosen(cls_or_name):
    global _others_were_chosen
    backend = _as_backend(cls_or_name)
    if type(backend) is not LibalgebraBackend:
        _others_were_chosen = True
    return backend


def _as_backend(cls_or_name):
    if isinstance(cls_or_name, _TEXT):
        backend = BACKENDS.get(cls_or_name, _FORMER.get(cls_or_name))
        if backend is None:
            raise ValueError("{0} does not name a valid backend".format(cls_or_name))
        return backend()
    if isinstance(cls_or_name, BackendBase):
        return cls_or_name
    if isinstance(cls_or_name, type) and issubclass(cls_or_name, BackendBase):
        return cls_or_name()
    raise TypeError(
        "a backend is a name, a subclass of BackendBase or its instance, not {0!r}".format(
            cls_or_name
        )
    )
