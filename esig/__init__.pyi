# The types of the public functions of esig.
from collections.abc import Sequence
from typing import Any, Final, SupportsIndex, TypeAlias

import numpy
import numpy.typing

from esig import backends as backends
from esig import tosig as tosig
from esig.backends import get_backend as get_backend
from esig.backends import list_backends as list_backends
from esig.backends import set_backend as set_backend

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

# An array, or paths of different lengths.
_Stream: TypeAlias = numpy.typing.ArrayLike | Sequence[numpy.typing.ArrayLike]
# float64, or float32 where dtype says so.
_Result: TypeAlias = numpy.typing.NDArray[Any]

__version__: Final[str]
ESIG_PACKAGE_ROOT: Final[str]
NO_RECOMBINE: Final[bool]

def get_version() -> str: ...
def is_library_loaded() -> bool: ...
def get_library_load_error() -> str | None: ...
def get_memory_limit() -> int: ...
def set_memory_limit(limit: SupportsIndex) -> None: ...
def stream2sig(
    stream: _Stream,
    depth: SupportsIndex,
    out: _Result | None = None,
    n_jobs: SupportsIndex | None = None,
    dtype: numpy.typing.DTypeLike | None = None,
    cumulative: bool = False,
) -> _Result: ...
def stream2logsig(
    stream: _Stream,
    depth: SupportsIndex,
    out: _Result | None = None,
    n_jobs: SupportsIndex | None = None,
    dtype: numpy.typing.DTypeLike | None = None,
    cumulative: bool = False,
) -> _Result: ...
def signature_from_logsignature(
    logsignature: numpy.typing.ArrayLike,
    dimension: SupportsIndex,
    depth: SupportsIndex,
    out: _Result | None = None,
    n_jobs: SupportsIndex | None = None,
) -> _Result: ...
def sliding2sig(
    stream: _Stream,
    depth: SupportsIndex,
    window: SupportsIndex,
    step: SupportsIndex = 1,
    out: _Result | None = None,
    n_jobs: SupportsIndex | None = None,
    dtype: numpy.typing.DTypeLike | None = None,
) -> _Result: ...
def sliding2logsig(
    stream: _Stream,
    depth: SupportsIndex,
    window: SupportsIndex,
    step: SupportsIndex = 1,
    out: _Result | None = None,
    n_jobs: SupportsIndex | None = None,
    dtype: numpy.typing.DTypeLike | None = None,
) -> _Result: ...
def expanding2sig(
    stream: _Stream,
    depth: SupportsIndex,
    window: SupportsIndex = 1,
    step: SupportsIndex = 1,
    out: _Result | None = None,
    n_jobs: SupportsIndex | None = None,
    dtype: numpy.typing.DTypeLike | None = None,
) -> _Result: ...
def expanding2logsig(
    stream: _Stream,
    depth: SupportsIndex,
    window: SupportsIndex = 1,
    step: SupportsIndex = 1,
    out: _Result | None = None,
    n_jobs: SupportsIndex | None = None,
    dtype: numpy.typing.DTypeLike | None = None,
) -> _Result: ...
def extend(
    signature: numpy.typing.ArrayLike,
    stream: _Stream,
    depth: SupportsIndex,
    out: _Result | None = None,
    n_jobs: SupportsIndex | None = None,
    dtype: numpy.typing.DTypeLike | None = None,
    cumulative: bool = False,
) -> _Result: ...
def stream2sig_vjp(
    stream: _Stream,
    depth: SupportsIndex,
    cotangent: numpy.typing.ArrayLike,
    out: _Result | None = None,
    n_jobs: SupportsIndex | None = None,
) -> Any: ...
def stream2logsig_vjp(
    stream: _Stream,
    depth: SupportsIndex,
    cotangent: numpy.typing.ArrayLike,
    out: _Result | None = None,
    n_jobs: SupportsIndex | None = None,
) -> Any: ...
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
