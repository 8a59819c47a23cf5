"""recombine keeps mass and moments on few points, whatever the measure."""

from __future__ import annotations

import itertools
import math
import signal
import threading
from pathlib import Path
from typing import Any

import numpy
import pytest
from conftest import Run
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import esig

Array = NDArray[Any]

# No deadline: nothing here depends on how fast the machine is.
settings.register_profile("esig", deadline=None, derandomize=True, max_examples=150)
settings.load_profile("esig")


def monomials(points: Array, degree: int) -> Array:
    """Every monomial up to the degree at points moved and scaled to [-1, 1], in long double."""
    points = points.astype(numpy.longdouble)
    low, high = points.min(axis=0), points.max(axis=0)
    half = numpy.where(high > low, (high - low) / 2, 1)
    points = (points - (low + high) / 2) / half
    columns = [numpy.ones(len(points), numpy.longdouble)]
    for size in range(1, degree + 1):
        for letters in itertools.combinations_with_replacement(range(points.shape[1]), size):
            columns.append(points[:, letters].prod(axis=1))
    return numpy.stack(columns, axis=1)


def check(
    points: Array, weights: Array | None = None, degree: int = 1, tolerance: float = 1e-13
) -> int:
    """Recombines, checks what every result must have, and returns how many points remain."""
    positions, left = esig.recombine(points, None, weights, degree)
    old = numpy.ones(len(points)) if weights is None else weights
    assert (numpy.diff(positions) > 0).all()
    assert (left > 0).all()
    assert (old[positions] > 0).all()
    assert len(left) <= math.comb(points.shape[1] + degree, degree)
    values = monomials(points, degree)
    scale = old.astype(numpy.longdouble).sum()
    before = (old / scale) @ values
    after = (left / scale) @ values[positions]
    assert abs(before - after).max() <= tolerance
    again = esig.recombine(points, None, weights, degree)
    assert (positions == again[0]).all()
    assert left.tobytes() == again[1].tobytes()
    return len(left)


def error_of_the_mean(points: Array) -> float:
    positions, weights = esig.recombine(points)
    difference = weights @ points[positions] - points.sum(axis=0)
    return float(numpy.linalg.norm(difference) / numpy.linalg.norm(points, axis=1).sum())


def test_the_mean_of_many_points_is_kept() -> None:
    points = numpy.random.default_rng(0).random((100000, 60))
    assert check(points) <= 61
    assert error_of_the_mean(points) <= 1e-13


def test_points_mapped_into_more_dimensions_leave_no_more() -> None:
    random = numpy.random.default_rng(1)
    points = random.random((100000, 60)) @ random.normal(size=(60, 80))
    assert check(points) <= 61
    assert error_of_the_mean(points) <= 1e-12


def test_mean_and_covariance_are_kept_at_degree_2() -> None:
    points = numpy.random.default_rng(2).random((1000, 10))
    positions, weights = esig.recombine(points, degree=2)
    assert len(positions) <= 66
    kept = points[positions]
    assert abs(weights.sum() - 1000) <= 1e-10
    numpy.testing.assert_allclose(weights @ kept / 1000, points.mean(axis=0), rtol=1e-13)
    covariance = numpy.cov(kept.T, bias=True, aweights=weights)
    numpy.testing.assert_allclose(covariance, numpy.cov(points.T, bias=True), rtol=0, atol=1e-13)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("size", "width", "degree"), [(2000, 30, 1), (1000, 4, 3), (3000, 1, 12)])
def test_clouds_of_every_kind(seed: int, size: int, width: int, degree: int) -> None:
    random = numpy.random.default_rng([seed, size])
    check(random.normal(size=(size, width)), degree=degree)
    check(random.random((size, width)) + 1e8, degree=degree)
    # Nearly all of these are nearly the same point, which costs digits of what tells them apart.
    check(numpy.exp(10 * random.normal(size=(size, width))), degree=degree, tolerance=1e-11)
    check(random.standard_cauchy((size, width)), degree=degree, tolerance=1e-11)
    check(random.integers(0, 3, (size, width)).astype(float), degree=degree)
    check(random.normal(size=(size, width)).cumsum(axis=0), degree=degree)
    check(random.random((size, width)), 10 ** random.uniform(-20, 0, size), degree)


def test_no_more_remain_than_the_points_span() -> None:
    random = numpy.random.default_rng(3)
    for rank in (1, 2, 5):
        points = random.random((500, rank)) @ random.normal(size=(rank, 9)) + random.random(9)
        assert check(points) <= rank + 1
        assert check(points, degree=2, tolerance=1e-12) <= math.comb(rank + 2, 2)
    corners = numpy.array(list(itertools.product([0.0, 1.0], repeat=6)))
    assert check(corners, degree=2) <= 1 + 6 + 15
    assert check(numpy.full((50, 4), 0.1)) == 1


def test_what_cannot_be_reduced_is_returned_unchanged() -> None:
    random = numpy.random.default_rng(4)
    points, weights = random.normal(size=(7, 6)), random.random(7)
    positions, left = esig.recombine(points, weights=weights)
    assert positions.tolist() == list(range(7))
    assert left.tobytes() == weights.tobytes()


number = st.one_of(
    st.integers(-3, 3).map(float),
    st.floats(-1.0, 1.0, allow_nan=False, width=32),
    st.floats(allow_nan=False, allow_infinity=False),
)
weight = st.one_of(st.just(1.0), st.just(0.0), st.floats(1e-20, 1.0), st.integers(1, 5).map(float))


@st.composite
def measures(draw: st.DrawFn) -> tuple[Array, Array, int]:
    """A few points with ties, zero columns and wild scales, repeated; weights; a degree."""
    width = draw(st.integers(1, 4))
    row = st.lists(number, min_size=width, max_size=width)
    points = numpy.array(draw(st.lists(row, min_size=1, max_size=30)))
    points = numpy.tile(points, (draw(st.integers(1, 3)), 1))
    scales = draw(st.lists(st.sampled_from([0.0, 1e-200, 1.0]), min_size=width, max_size=width))
    size = len(points)
    weights = numpy.array(draw(st.lists(weight, min_size=size, max_size=size)))
    weights[0] += 1.0
    return points * scales, weights, draw(st.integers(1, 3))


@given(measures())
def test_any_measure_keeps_its_mass_and_its_moments(measure: tuple[Array, Array, int]) -> None:
    check(*measure, tolerance=1e-11)


@given(measures(), st.data())
def test_a_selector_is_the_same_as_selecting_before(
    measure: tuple[Array, Array, int], data: st.DataObject
) -> None:
    points, weights, degree = measure
    rows = st.integers(0, len(points) - 1)
    selector = data.draw(st.lists(rows, min_size=len(weights), max_size=len(weights)))
    positions, left = esig.recombine(points, selector, weights, degree)
    expected = esig.recombine(points[selector], None, weights, degree)
    assert positions.tolist() == expected[0].tolist()
    assert left.tobytes() == expected[1].tobytes()


@given(st.binary(min_size=16, max_size=400), st.integers(1, 5), st.integers(1, 3))
def test_arbitrary_bytes_as_coordinates(data: bytes, width: int, degree: int) -> None:
    values = numpy.frombuffer(data[: len(data) // 8 * 8])
    points = numpy.resize(values, (len(values) * 3, width))
    if numpy.isfinite(points).all():
        check(points, degree=degree, tolerance=1e-11)
    else:
        with pytest.raises(ValueError, match="data must be finite"):
            esig.recombine(points, degree=degree)


def test_threads_get_the_result_of_one_thread() -> None:
    points = numpy.random.default_rng(5).random((5000, 10))
    expected = esig.recombine(points, degree=2)[1].tobytes()
    results: list[bytes] = []

    def run() -> None:
        results.append(esig.recombine(points, degree=2)[1].tobytes())

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 8


def test_each_instruction_set_keeps_the_moments_and_each_run_gives_the_same(
    run_python: Run, tmp_path: Path
) -> None:
    code = """
import sys, numpy, esig
points = numpy.load("points.npy")
for degree in (1, 2):
    positions, weights = esig.recombine(points, degree=degree)
    numpy.savez(f"{sys.argv[1]}-{degree}.npz", positions=positions, weights=weights)
"""
    random = numpy.random.default_rng(7)
    # Ties, a column of zeros, and scales that are far from one another.
    points = numpy.repeat(random.normal(size=(1500, 6)), 2, axis=0) * [1, 1e-9, 0, 1e9, 1, 1]
    numpy.save(tmp_path / "points.npy", points)
    for name in esig.tosig._simd()[1]:
        for run in ("first", "second"):
            finished = run_python("-c", code, f"{name}-{run}", ESIG_SIMD=name)
            assert finished.returncode == 0, finished.stderr
        for degree in (1, 2):
            first, second = (
                numpy.load(tmp_path / f"{name}-{run}-{degree}.npz") for run in ("first", "second")
            )
            for field in ("positions", "weights"):
                assert first[field].tobytes() == second[field].tobytes()
            values = monomials(points, degree)
            after = first["weights"] @ values[first["positions"]] / len(points)
            assert abs(values.mean(axis=0) - after).max() <= 1e-13
            assert (first["weights"] > 0).all()
            assert len(first["weights"]) <= math.comb(5 + degree, degree)


def test_a_signal_ends_a_long_call(run_python: Run) -> None:
    code = """
import signal, numpy, esig
def stop(*_):
    raise InterruptedError
signal.signal(signal.SIGALRM, stop)
points = numpy.random.default_rng(0).random((20000, 12))
signal.setitimer(signal.ITIMER_REAL, 0.01)
try:
    while True:
        esig.recombine(points, degree=4)
except InterruptedError:
    print("stopped")
"""
    if not hasattr(signal, "setitimer"):
        pytest.skip("this system has no timers of signals")
    finished = run_python("-c", code)
    assert finished.stdout == "stopped\n", finished.stderr


def test_a_degree_that_changes_the_arrays_does_no_harm() -> None:
    points = numpy.random.default_rng(6).random((1000, 3))

    class Resizing:
        def __index__(self) -> int:
            points.resize((2, 3), refcheck=False)
            return 1

    positions, _ = esig.tosig.recombine(points, None, None, Resizing())
    assert positions.tolist() == [0, 1]
