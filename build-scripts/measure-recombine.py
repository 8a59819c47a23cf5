"""Measures recombine beside PyRecombine and plain NumPy of the same method, as Markdown.

Needs numpy, an installed esig and, for its column, PyRecombine. Processor time, each of them in
turn, the best of several rounds: `python build-scripts/measure-recombine.py --rounds 5`.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
from numpy.typing import NDArray

import esig

Array = NDArray[numpy.float64]
Measure = tuple[NDArray[numpy.int64], Array]

SIZES = [(100000, 60, 1), (10000, 240, 1), (1000, 10, 2), (100000, 10, 1), (10000, 3, 4)]


def monomials(points: Array, degree: int) -> Array:
    """Every monomial up to the degree, a column each."""
    columns = [numpy.ones(len(points))]
    for size in range(1, degree + 1):
        for letters in itertools.combinations_with_replacement(range(points.shape[1]), size):
            columns.append(points[:, letters].prod(axis=1))
    return numpy.stack(columns, axis=1)


def reduce_rows(rows: Array, weights: Array) -> Array:
    """Weights with the same sum of weight times row, on no more rows than there are columns."""
    weights = weights.copy()
    null_space = numpy.linalg.qr(rows, mode="complete")[0][:, rows.shape[1] :].T.copy()
    for i, vector in enumerate(null_space):
        shrinking = vector > 1e-14
        steps = weights[shrinking] / vector[shrinking]
        first = numpy.flatnonzero(shrinking)[steps.argmin()]
        weights -= steps.min() * vector
        weights[first] = 0.0
        rest = null_space[i + 1 :]
        rest -= numpy.outer(rest[:, first] / vector[first], vector)
        rest[:, first] = 0.0
    return weights.clip(0.0)


def recombine_in_numpy(points: Array, degree: int) -> Measure:
    """The same method in plain NumPy: groups, their means, a null space, eliminations."""
    scale = numpy.abs(points - points.mean(axis=0)).max(axis=0)
    values = monomials((points - points.mean(axis=0)) / scale, degree)
    left = numpy.arange(len(points))
    weights = numpy.ones(len(points))
    while len(left) > values.shape[1]:
        count = min(2 * values.shape[1], len(left))
        begins = numpy.arange(count) * len(left) // count
        sums = numpy.add.reduceat(weights[:, None] * values[left], begins)
        masses = numpy.add.reduceat(weights, begins)
        factors = reduce_rows(sums / masses[:, None], masses) / masses
        weights = weights * numpy.repeat(factors, numpy.diff([*begins, len(left)]))
        left, weights = left[weights > 0.0], weights[weights > 0.0]
    return left, weights


def contenders() -> dict[str, Callable[[Array, int], Measure]]:
    """Who can run here, by their names in the table."""
    functions: dict[str, Callable[[Array, int], Measure]] = {
        f"esig {esig.get_version()}": lambda points, degree: esig.recombine(points, degree=degree),
        f"NumPy {numpy.__version__}": recombine_in_numpy,
    }
    try:
        import pyrecombine
    except ImportError:
        return functions
    other: Any = pyrecombine.recombine
    functions["PyRecombine"] = lambda points, degree: other(points, degree=degree)
    return functions


def processor_seconds(
    function: Callable[[Array, int], Measure], points: Array, degree: int
) -> float:
    """What a call costs, all threads of this process together."""
    begin = time.process_time()
    function(points, degree)
    return time.process_time() - begin


def error_of_the_mean(points: Array, measure: Measure) -> float:
    """How far the weighted sum of the points has moved, over the sum of their norms."""
    difference = measure[1] @ points[measure[0]] - points.sum(axis=0)
    return float(numpy.linalg.norm(difference) / numpy.linalg.norm(points, axis=1).sum())


def main() -> None:
    """Prints a row for each size: seconds of each, then how many points ours leaves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--output", type=Path, help="a file for the table, besides the terminal")
    arguments = parser.parse_args()
    rounds = arguments.rounds
    functions = contenders()
    titles = ["points", "width", "degree", *functions, "left", "error of the mean"]
    lines = [f"| {' | '.join(titles)} |", "|" + "---|" * len(titles)]
    for size, width, degree in SIZES:
        points = numpy.random.default_rng(0).random((size, width))
        best = dict.fromkeys(functions, float("inf"))
        for _ in range(rounds):
            for name, function in functions.items():
                seconds = processor_seconds(function, points, degree)
                best[name] = min(best[name], seconds)
        measure = esig.recombine(points, degree=degree)
        cells = [size, width, degree, *(f"{seconds:.4f}" for seconds in best.values())]
        cells += [len(measure[0]), f"{error_of_the_mean(points, measure):.1e}"]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    print(*lines, sep="\n")
    if arguments.output:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
