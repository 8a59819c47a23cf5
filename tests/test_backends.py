"""Other backends: iisignature, which must agree with ours, and the user's own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy
import pytest

import esig
from esig import backends

needs_iisignature = pytest.mark.skipif(
    "iisignature" not in backends.BACKENDS,
    reason="no iisignature: without a compiler (`apt-get install g++`) it is not installed",
)


def test_names_are_in_their_order() -> None:
    assert esig.list_backends() in (["libalgebra"], ["libalgebra", "iisignature"])
    assert list(backends.BACKENDS) == esig.list_backends()


@pytest.mark.parametrize("choice", [3, None, int, backends.BackendBase, object(), b"libalgebra"])
def test_what_names_no_backend_is_a_type_error(choice: Any) -> None:
    with pytest.raises(TypeError):
        esig.set_backend(choice)


def test_an_unknown_name_is_a_value_error() -> None:
    with pytest.raises(ValueError, match=r"^nope does not name a valid backend$"):
        esig.set_backend("nope")


def test_a_backend_has_sizes_by_default() -> None:
    class Own(backends.BackendBase):
        def compute_signature(self, stream: Any, depth: int) -> Any:
            return stream, depth

        def compute_log_signature(self, stream: Any, depth: int) -> Any:
            return stream, depth

        def sig_keys(self, dimension: int, depth: int) -> str:
            return f"{dimension} {depth}"

        def log_sig_keys(self, dimension: int, depth: int) -> str:
            return f"{dimension} {depth}"

    esig.set_backend(Own())
    assert repr(esig.get_backend()) == "Own"
    assert (esig.sigdim(2, 3), esig.logsigdim(2, 3)) == (15, 5)
    assert esig.sigkeys(numpy.int8(2), True) == "2 1"
    stream, depth = esig.stream2sig([[0.5, 1.0]], numpy.int64(3))
    assert isinstance(stream, numpy.ndarray)
    assert type(depth) is int


class Recording(backends.LibalgebraBackend):
    """Keeps what it is asked for, and spoils the path that it is given."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def compute_signature(self, stream: Any, depth: int) -> Any:
        self.asked.append((stream.shape, stream.dtype, stream.flags["C_CONTIGUOUS"], type(depth)))
        result = super().compute_signature(stream, depth)
        stream[...] = numpy.nan
        return result

    def compute_log_signature(self, stream: Any, depth: int) -> Any:
        signature = self.compute_signature(stream, depth)
        width = stream.shape[1]
        return esig.tosig._signature_to_log_signature(signature, width, depth)


PATHS = numpy.random.default_rng(5).normal(size=(2, 3, 6, 2))


@pytest.mark.parametrize("name", ["stream2sig", "stream2logsig"])
@pytest.mark.parametrize("dtype", [numpy.float32, numpy.float64])
def test_a_backend_gets_a_copy_that_it_may_change(name: str, dtype: type) -> None:
    function = getattr(esig, name)
    paths: Any = PATHS.astype(dtype)
    layouts = [paths, numpy.asfortranarray(paths), paths[:, :, ::-1].copy()[:, :, ::-1]]
    for layout in layouts:
        layout.setflags(write=False)
        expected = function(layout, 3), function(layout[0, 1], 3)
        backend = Recording()
        esig.set_backend(backend)
        numpy.testing.assert_allclose(function(layout, 3), expected[0], rtol=1e-10, atol=1e-12)
        numpy.testing.assert_allclose(
            function(layout[0, 1], numpy.int64(3)), expected[1], rtol=1e-10, atol=1e-12
        )
        assert backend.asked == [((6, 2), numpy.dtype(dtype), True, int)] * 7
        assert (layout == paths).all()
        esig.set_backend("libalgebra")


def test_a_backend_is_not_asked_for_depth_1() -> None:
    esig.set_backend(Recording())
    assert esig.stream2sig(PATHS[0, 0], 1).tolist() == [1.0, *(PATHS[0, 0, -1] - PATHS[0, 0, 0])]
    assert esig.stream2logsig(PATHS, True).shape == (2, 3, 2)
    assert esig.get_backend().asked == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["sig", "logsig"])
def test_batches_windows_and_prefixes_are_made_of_what_a_backend_computes(name: str) -> None:
    stream = getattr(esig, f"stream2{name}")
    calls: list[Callable[[], Any]] = [
        lambda: stream(PATHS, 3),
        lambda: stream(PATHS, 3, cumulative=True),
        lambda: stream(PATHS[0], 3, dtype="f4"),
        lambda: stream(list(PATHS[0]), 3),
        lambda: stream([PATHS[0, 0], PATHS[0, 1, :2]], 3),
        lambda: stream(PATHS[:0], 3),
        lambda: stream(PATHS[0], 3, out=numpy.empty((3, stream(PATHS[0, 0], 3).size))),
        lambda: stream(PATHS[0, 0], 3, out=numpy.empty(stream(PATHS[0, 0], 3).size)),
        lambda: getattr(esig, f"sliding2{name}")(PATHS, 3, 4),
        lambda: getattr(esig, f"sliding2{name}")(PATHS, 3, 9),
        lambda: getattr(esig, f"expanding2{name}")(list(PATHS[1]), 3, 2, 3),
    ]
    for call in calls:
        esig.set_backend("libalgebra")
        expected = call()
        esig.set_backend(Recording())
        result = call()
        assert result.dtype == expected.dtype
        assert result.shape == expected.shape
        numpy.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-6)
        if result.size:
            assert esig.get_backend().asked  # type: ignore[attr-defined]


WITHOUT_IISIGNATURE = """
import sys
sys.modules["iisignature"] = None
import esig
from esig import backends
assert esig.list_backends() == ["libalgebra"], esig.list_backends()
for backend, error in ((backends.IISignatureBackend, ImportError), ("iisignature", ValueError)):
    try:
        esig.set_backend(backend)
    except error as caught:
        assert "iisignature" in str(caught), caught
    else:
        raise AssertionError(backend)
"""


def test_iisignature_says_that_it_is_not_there() -> None:
    command = [sys.executable, "-c", WITHOUT_IISIGNATURE]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


@needs_iisignature
@pytest.mark.parametrize(("width", "depth"), [(1, 1), (1, 4), (2, 1), (2, 6), (3, 4), (7, 2)])
@pytest.mark.parametrize("length", [0, 1, 2, 20])
@pytest.mark.parametrize("dtype", [numpy.float32, numpy.float64])
def test_iisignature_agrees(width: int, depth: int, length: int, dtype: type) -> None:
    path: Any = numpy.random.default_rng([width, depth]).normal(size=(length, width)).astype(dtype)
    for layout in (path, numpy.asfortranarray(path), path[::-1].copy()[::-1], path.tolist()):
        if length == 0 and isinstance(layout, list):
            continue
        esig.set_backend("libalgebra")
        ours = esig.stream2sig(path, depth), esig.stream2logsig(path, depth)
        esig.set_backend("iisignature")
        theirs = esig.stream2sig(layout, depth), esig.stream2logsig(layout, depth)
        for mine, other in zip(ours, theirs, strict=True):
            assert other.dtype == numpy.float64
            numpy.testing.assert_allclose(other, mine, rtol=1e-10, atol=1e-12 * abs(mine).max())


@needs_iisignature
def test_iisignature_answers_in_our_order_and_basis() -> None:
    esig.set_backend("iisignature")
    assert repr(esig.get_backend()) == "IISignatureBackend"
    assert esig.logsigkeys(2, 3) == " 1 2 [1,2] [1,[1,2]] [2,[1,2]]"
    assert esig.sigkeys(2, 1) == " () (1) (2)"
    assert (esig.sigdim(2, 3), esig.logsigdim(2, 3)) == (15, 5)


@needs_iisignature
@pytest.mark.parametrize("name", ["stream2sig", "stream2logsig"])
def test_iisignature_refuses_what_ours_refuses(name: str) -> None:
    path = numpy.zeros((3, 2))
    wrong: list[tuple[Any, Any]] = [(path, 0), (path, 60), (path[0], 2), (path.astype(int), 2)]
    wrong += [(path, 2.0), (path, 2**70), (path[:, :0], 2)]
    for args in wrong:
        errors = []
        for backend in ("libalgebra", "iisignature"):
            esig.set_backend(backend)
            with pytest.raises((TypeError, ValueError, RuntimeError, OverflowError)) as caught:
                getattr(esig, name)(*args)
            errors.append((caught.type, str(caught.value)))
        assert errors[0] == errors[1]


@needs_iisignature
def test_iisignature_lets_not_a_number_through() -> None:
    path = numpy.array([[0.0, 0.0], [numpy.nan, 1.0], [2.0, 3.0]])
    esig.set_backend("iisignature")
    signature = esig.stream2sig(path, 2)
    assert signature[0] == 1.0
    assert numpy.isnan(signature[1])
