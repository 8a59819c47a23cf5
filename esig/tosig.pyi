# The extension module: what esig/ext/tosig.cpp defines.
from typing import Any, NoReturn, SupportsIndex, TypeAlias

import numpy
import numpy.typing
from typing_extensions import Buffer

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
def sigdim(dimension: SupportsIndex, depth: SupportsIndex) -> int: ...
def logsigdim(dimension: SupportsIndex, depth: SupportsIndex) -> int: ...
def sigkeys(dimension: SupportsIndex, depth: SupportsIndex) -> str: ...
def logsigkeys(dimension: SupportsIndex, depth: SupportsIndex) -> str: ...
def recombine(
    ensemble: object, selector: object = None, weights: object = None, degree: SupportsIndex = 1
) -> NoReturn: ...
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
