"""How esig is used, as mypy and pyright see it: the types of results, and what is refused.

Both check this file; a comment that ignores an error where there is none is an error of its own.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy
import pytest
from numpy.typing import NDArray

import esig
import esig.backends
import esig.tests
from esig import tosig

if sys.version_info >= (3, 11):
    from typing import assert_type
else:
    from typing_extensions import assert_type

PATH: NDArray[numpy.float64] = numpy.zeros((4, 2))


def test_signatures_take_what_numpy_takes_and_give_arrays() -> None:
    assert_type(esig.stream2sig(PATH, 2), NDArray[Any])
    assert_type(esig.stream2sig([[0.0, 0.0], [1.0, 2.0]], 2), NDArray[Any])
    assert_type(esig.stream2sig([PATH, PATH[:2]], depth=numpy.int64(2)), NDArray[Any])
    assert_type(esig.stream2sig(PATH.astype("f4"), True, dtype="float32"), NDArray[Any])
    out: NDArray[numpy.float64] = numpy.empty((4, 7))
    assert_type(esig.stream2sig(PATH, 2, out=out, cumulative=True, n_jobs=-1), NDArray[Any])
    assert_type(esig.stream2logsig(PATH, 2, None, 1, numpy.float32, False), NDArray[Any])
    log_signature = esig.stream2logsig(PATH, 2)
    assert_type(esig.signature_from_logsignature(log_signature, 2, 2), NDArray[Any])


def test_windows_and_gradients() -> None:
    assert_type(esig.sliding2sig(PATH, 2, 3, step=1), NDArray[Any])
    assert_type(esig.sliding2logsig(PATH, 2, window=3), NDArray[Any])
    assert_type(esig.expanding2sig(PATH, 2), NDArray[Any])
    assert_type(esig.expanding2logsig(PATH, 2, 1, 2), NDArray[Any])
    signature = esig.stream2sig(PATH, 2)
    assert_type(esig.extend(signature, PATH[-1:], 2), NDArray[Any])
    gradient: NDArray[numpy.float64] = esig.stream2sig_vjp(PATH, 2, signature)
    gradients: list[NDArray[numpy.float64]] = esig.stream2logsig_vjp([PATH], 1, [[1.0, 2.0]])
    assert gradient.shape == gradients[0].shape == (4, 2)


def test_sizes_keys_and_settings() -> None:
    assert_type(esig.sigdim(2, 2), int)
    assert_type(esig.logsigdim(numpy.int64(2), depth=2), int)
    assert_type(esig.sigkeys(2, 2), str)
    assert_type(esig.logsigkeys(dimension=2, depth=2), str)
    assert_type(esig.get_memory_limit(), int)
    assert_type(esig.get_version(), str)
    assert_type(esig.is_library_loaded(), bool)
    assert_type(esig.get_library_load_error(), str | None)
    assert_type(esig.list_backends(), list[str])
    assert_type(esig.get_backend(), esig.backends.BackendBase)
    esig.set_memory_limit(numpy.int64(2**31))
    esig.set_backend("libalgebra")
    esig.set_backend(esig.backends.LibalgebraBackend)
    esig.set_backend(esig.backends.LibalgebraBackend())


def test_recombination() -> None:
    positions, weights = esig.recombine(PATH, selector=[0, 1], weights=None, degree=1)
    assert_type(positions, NDArray[numpy.int64])
    assert_type(weights, NDArray[numpy.float64])


class OwnBackend(esig.backends.LibalgebraBackend):
    """Signatures that are twice as large."""

    def compute_signature(
        self, stream: NDArray[numpy.float32] | NDArray[numpy.float64], depth: int
    ) -> NDArray[numpy.float64]:
        return 2 * super().compute_signature(stream, depth)


def test_a_backend_of_ones_own() -> None:
    esig.set_backend(OwnBackend)
    assert esig.stream2sig(PATH, 2)[0] == 2.0


def test_what_is_wrong_is_wrong_for_type_checkers_too() -> None:
    with pytest.raises(TypeError):
        esig.stream2sig(PATH)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        esig.stream2sig(PATH, 2.5)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        esig.sliding2sig(PATH, 2)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        esig.logsigkeys("2", 2)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        esig.set_backend(3)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        esig.backends.BackendBase()  # type: ignore[abstract]
    with pytest.raises(ValueError, match="data is badly formed"):
        tosig.recombine(None)  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        esig.tests.run_test()  # type: ignore[attr-defined]
