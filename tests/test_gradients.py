"""Gradients against finite differences and against polynomials; PyTorch and JAX get the same."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any

import numpy
import pytest
from numpy.typing import NDArray

import esig

Function = Callable[..., Any]
random = numpy.random.default_rng(21)
PAIRS = [
    (esig.stream2sig, esig.stream2sig_vjp),
    (esig.stream2logsig, esig.stream2logsig_vjp),
]
pairs = pytest.mark.parametrize(("function", "vjp"), PAIRS)


def by_differences(
    function: Function, path: NDArray[Any], depth: int, cotangent: NDArray[Any]
) -> NDArray[Any]:
    """Central differences of fourth order, in each coordinate of each point."""
    gradient = numpy.zeros_like(path)
    h = 1e-3
    for index in numpy.ndindex(path.shape):
        total = 0.0
        for shift, weight in ((1, 8), (-1, -8), (2, -1), (-2, 1)):
            moved = path.copy()
            moved[index] += shift * h
            total += weight * function(moved, depth) @ cotangent
        gradient[index] = total / (12 * h)
    return gradient


@pairs
@pytest.mark.parametrize(
    ("length", "width", "depth"),
    [(2, 2, 3), (7, 1, 4), (7, 2, 5), (6, 3, 3), (4, 5, 2), (9, 2, 1), (12, 4, 3)],
)
def test_gradients_agree_with_finite_differences(
    function: Function, vjp: Function, length: int, width: int, depth: int
) -> None:
    path = random.normal(size=(length, width)) * 0.5
    cotangent = random.normal(size=function(path, depth).shape)
    expected = by_differences(function, path, depth, cotangent)
    numpy.testing.assert_allclose(
        vjp(path, depth, cotangent), expected, rtol=1e-7, atol=1e-8 * abs(expected).max()
    )


def test_the_gradient_of_the_second_level_is_that_of_its_polynomial() -> None:
    path = random.integers(-4, 5, size=(6, 2)) * 2.0
    weights = random.integers(-3, 4, size=7) * 1.0
    # S(i,j) is the sum over steps of (x - x0)(i) dx(j) + dx(i) dx(j) / 2.
    expected = numpy.zeros_like(path)
    for i in range(2):
        expected[-1, i] += weights[1 + i]
        expected[0, i] -= weights[1 + i]
        for j in range(2):
            c = weights[3 + 2 * i + j]
            for k in range(5):
                mean = (path[k, i] + path[k + 1, i]) / 2 - path[0, i]
                dx = path[k + 1, j] - path[k, j]
                expected[k, i] += c * dx / 2
                expected[k + 1, i] += c * dx / 2
                expected[0, i] -= c * dx
                expected[k + 1, j] += c * mean
                expected[k, j] -= c * mean
    numpy.testing.assert_allclose(esig.stream2sig_vjp(path, 2, weights), expected, rtol=1e-12)


@pairs
def test_a_shift_of_the_whole_path_changes_nothing(function: Function, vjp: Function) -> None:
    path = random.normal(size=(50, 3))
    cotangent = random.normal(size=function(path, 4).shape)
    gradient = vjp(path, 4, cotangent)
    assert abs(gradient.sum(axis=0)).max() <= 1e-12 * abs(gradient).max() * len(path)


@pairs
def test_each_path_of_a_batch_gets_its_own_gradient(function: Function, vjp: Function) -> None:
    paths = random.normal(size=(3, 5, 40, 3))
    cotangent = random.normal(size=function(paths, 4).shape)
    expected = vjp(paths, 4, cotangent, n_jobs=1)
    assert expected.shape == paths.shape
    for i in numpy.ndindex(3, 5):
        assert vjp(paths[i], 4, cotangent[i]).tobytes() == expected[i].tobytes()
    for n_jobs in (None, 2, 5, -1):
        assert vjp(paths, 4, cotangent, n_jobs=n_jobs).tobytes() == expected.tobytes()
    out = numpy.full(paths.shape, numpy.nan)
    assert vjp(paths[::-1, :, ::-1].copy()[::-1, :, ::-1], 4, cotangent, out=out) is out
    assert out.tobytes() == expected.tobytes()
    assert vjp(paths, 4, cotangent.astype("f4")).dtype == numpy.float64


@pairs
def test_a_list_of_paths_gets_a_list_of_gradients(function: Function, vjp: Function) -> None:
    paths = [random.normal(size=(n, 2)) for n in (5, 1, 9)]
    cotangent = random.normal(size=function(paths, 3).shape)
    for path, row, gradient in zip(paths, cotangent, vjp(paths, 3, cotangent), strict=True):
        assert gradient.tobytes() == vjp(path, 3, row).tobytes()
    with pytest.raises(ValueError, match="numbers of paths"):
        vjp(paths, 3, cotangent[:2])
    with pytest.raises(ValueError, match="no array"):
        vjp(paths, 3, cotangent, out=numpy.zeros((3, 5, 2)))


@pairs
def test_paths_without_steps_have_the_gradient_0(function: Function, vjp: Function) -> None:
    for length in (0, 1):
        path = numpy.zeros((length, 2))
        gradient = vjp(path, 3, numpy.ones(function(path, 3).size))
        assert gradient.shape == (length, 2)
        assert not gradient.any()


@pairs
def test_what_does_not_belong_together_is_refused(function: Function, vjp: Function) -> None:
    paths = random.normal(size=(2, 6, 2))
    cotangent = random.normal(size=function(paths, 3).shape)
    wrong: list[tuple[Any, type[Exception]]] = [
        (cotangent[:, :-1], ValueError),
        (cotangent[:1], ValueError),
        (cotangent[0], ValueError),
        (cotangent[None], ValueError),
        (cotangent.astype(int), TypeError),
        (None, TypeError),
    ]
    for value, kind in wrong:
        with pytest.raises(kind):
            vjp(paths, 3, value)
    for depth, kind in [
        (0, ValueError),
        (2.0, TypeError),
        (10**6, RuntimeError),
        (sys.maxsize, RuntimeError),
    ]:
        with pytest.raises(kind):
            vjp(paths, depth, cotangent)


def import_or_skip(name: str) -> tuple[Any, Any]:
    """The package and our module for it."""
    try:
        return importlib.import_module(name), importlib.import_module(f"esig.{name}")
    except ImportError as error:
        pytest.skip(f"{name} is not installed, so esig.{name} WAS NOT TESTED: {error}")


@pytest.mark.parametrize("name", ["stream2sig", "stream2logsig"])
def test_pytorch_gets_values_and_gradients(name: str) -> None:
    torch, module = import_or_skip("torch")
    function, vjp = getattr(module, name), getattr(esig, f"{name}_vjp")
    paths = random.normal(size=(3, 4, 8, 2))
    stream = torch.tensor(paths, requires_grad=True)
    result = function(stream, 3)
    assert (result.detach().numpy() == getattr(esig, name)(paths, 3)).all()
    cotangent = random.normal(size=tuple(result.shape))
    (result * torch.tensor(cotangent)).sum().backward()
    assert (stream.grad.numpy() == vjp(paths, 3, cotangent)).all()
    assert torch.autograd.gradcheck(
        lambda x: function(x, 3), (stream[0, 0].detach().requires_grad_(),)
    )
    single = function(stream.detach().float(), 3)
    assert single.dtype == torch.float32
    assert not single.requires_grad
    mapped = torch.vmap(lambda x: function(x, 3), in_dims=1)(stream)
    assert (mapped == result.transpose(0, 1)).all()


@pytest.mark.parametrize("name", ["stream2sig", "stream2logsig"])
def test_jax_gets_values_and_gradients(name: str) -> None:
    jax, module = import_or_skip("jax")
    jax.config.update("jax_enable_x64", True)
    function, vjp = getattr(module, name), getattr(esig, f"{name}_vjp")
    paths = random.normal(size=(3, 4, 8, 2))
    expected = getattr(esig, name)(paths, 3)
    assert (numpy.asarray(jax.jit(function, static_argnums=1)(paths, 3)) == expected).all()
    cotangent = random.normal(size=expected.shape)
    gradient = jax.grad(lambda x: (function(x, 3) * cotangent).sum())(jax.numpy.asarray(paths))
    assert (numpy.asarray(gradient) == vjp(paths, 3, cotangent)).all()
    mapped = jax.vmap(lambda x: function(x, 3), in_axes=1)(jax.numpy.asarray(paths))
    assert (numpy.asarray(mapped) == expected.swapaxes(0, 1)).all()
    assert function(jax.numpy.asarray(paths, dtype="float32"), 3).dtype == numpy.float32


@pytest.mark.parametrize("name", ["torch", "jax"])
def test_esig_imports_neither(name: str, run_python: Any) -> None:
    finished = run_python("-c", f"import sys, esig; assert {name!r} not in sys.modules")
    assert finished.returncode == 0, finished.stderr
