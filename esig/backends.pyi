# The types of the backends and of their choice.
import abc
from typing import Any, TypeAlias

import numpy
import numpy.typing

__all__ = [
    "BACKENDS",
    "BackendBase",
    "IISignatureBackend",
    "LibalgebraBackend",
    "get_backend",
    "list_backends",
    "set_backend",
    "set_default_backend",
]

_Stream: TypeAlias = numpy.typing.NDArray[numpy.float32] | numpy.typing.NDArray[numpy.float64]
_Vector: TypeAlias = numpy.typing.NDArray[numpy.float64]

class BackendBase(abc.ABC):
    @abc.abstractmethod
    def compute_signature(self, stream: _Stream, depth: int) -> _Vector: ...
    @abc.abstractmethod
    def compute_log_signature(self, stream: _Stream, depth: int) -> _Vector: ...
    def sig_dim(self, dimension: int, depth: int) -> int: ...
    def log_sig_dim(self, dimension: int, depth: int) -> int: ...
    @abc.abstractmethod
    def sig_keys(self, dimension: int, depth: int) -> str: ...
    @abc.abstractmethod
    def log_sig_keys(self, dimension: int, depth: int) -> str: ...

class LibalgebraBackend(BackendBase):
    def compute_signature(self, stream: _Stream, depth: int) -> _Vector: ...
    def compute_log_signature(self, stream: _Stream, depth: int) -> _Vector: ...
    def sig_keys(self, dimension: int, depth: int) -> str: ...
    def log_sig_keys(self, dimension: int, depth: int) -> str: ...

class IISignatureBackend(LibalgebraBackend):
    def __init__(self) -> None: ...

BACKENDS: dict[str, type[BackendBase]]

# iisignature has no types.
iisignature: Any

def get_backend() -> BackendBase: ...
def set_backend(cls_or_name: str | type[BackendBase] | BackendBase) -> None: ...
def set_default_backend(cls_or_name: str | type[BackendBase] | BackendBase) -> None: ...
def list_backends() -> list[str]: ...
