# The extension module: what esig/ext/tosig.cpp defines.
from typing import Any, Final, SupportsIndex, TypeAlias

import numpy
import numpy.typing
from typing_extensions import Buffer

NO_RECOMBINE: Final[bool]

_Stream: TypeAlias = Buffer | list[Any] | tuple[Any, ...]
_Result: TypeAlias = numpy.typing.NDArray[Any]

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
    logsignature: Buffer,
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
    signature: Buffer,
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
    cotangent: Buffer,
    out: _Result | None = None,
    n_jobs: SupportsIndex | None = None,
) -> _Result: ...
def stream2logsig_vjp(
    stream: _Stream,
    depth: SupportsIndex,
    cotangent: Buffer,
    out: _Result | None = None,
    n_jobs: SupportsIndex | None = None,
) -> _Result: ...
def sigdim(dimension: SupportsIndex, depth: SupportsIndex) -> int: ...
def logsigdim(dimension: SupportsIndex, depth: SupportsIndex) -> int: ...
def sigkeys(dimension: SupportsIndex, depth: SupportsIndex) -> str: ...
def logsigkeys(dimension: SupportsIndex, depth: SupportsIndex) -> str: ...
def recombine(
    ensemble: Buffer,
    selector: Buffer | None = None,
    weights: Buffer | None = None,
    degree: SupportsIndex = 1,
) -> tuple[numpy.typing.NDArray[numpy.int64], numpy.typing.NDArray[numpy.float64]]: ...
def get_memory_limit() -> int: ...
def set_memory_limit(limit: SupportsIndex, /) -> None: ...
def _simd() -> tuple[str, tuple[str, ...]]: ...
def _signature_to_log_signature(
    signature: Buffer,
    dimension: SupportsIndex,
    depth: SupportsIndex,
    out: _Result | None = None,
    n_jobs: SupportsIndex | None = None,
) -> _Result: ...
