# The types of the public functions of esig.
from typing import Final, SupportsIndex

import numpy
import numpy.typing

from esig import backends as backends
from esig import tosig as tosig
from esig.backends import get_backend as get_backend
from esig.backends import list_backends as list_backends
from esig.backends import set_backend as set_backend

__all__ = [
    "NO_RECOMBINE",
    "backends",
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
    "stream2logsig",
    "stream2sig",
]

__version__: Final[str]
NO_RECOMBINE: Final[bool]

def get_version() -> str: ...
def is_library_loaded() -> bool: ...
def get_library_load_error() -> str | None: ...
def get_memory_limit() -> int: ...
def set_memory_limit(limit: SupportsIndex) -> None: ...
def stream2sig(
    stream: numpy.typing.ArrayLike, depth: SupportsIndex
) -> numpy.typing.NDArray[numpy.float64]: ...
def stream2logsig(
    stream: numpy.typing.ArrayLike, depth: SupportsIndex
) -> numpy.typing.NDArray[numpy.float64]: ...
def sigdim(dimension: SupportsIndex, depth: SupportsIndex) -> int: ...
def logsigdim(dimension: SupportsIndex, depth: SupportsIndex) -> int: ...
def sigkeys(dimension: SupportsIndex, depth: SupportsIndex) -> str: ...
def logsigkeys(dimension: SupportsIndex, depth: SupportsIndex) -> str: ...
def recombine(
    ensemble: numpy.typing.ArrayLike,
    selector: numpy.typing.ArrayLike | None = None,
    weights: numpy.typing.ArrayLike | None = None,
    degree: SupportsIndex = 1,
) -> tuple[numpy.typing.NDArray[numpy.int64], numpy.typing.NDArray[numpy.float64]]: ...
