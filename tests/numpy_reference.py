"""Signatures and log signatures from their definitions, in plain NumPy and with no regard to speed.

Nothing here is derived from libalgebra: a tensor is a list of arrays, its level k of shape
(width,) * k, and Hall coordinates are found by expanding the basis and solving for them.
"""

from __future__ import annotations

from functools import cache

import numpy
from numpy.typing import NDArray

Vector = NDArray[numpy.float64]
Tensor = list[Vector]


def unit(width: int, depth: int) -> Tensor:
    levels = [numpy.zeros((width,) * k) for k in range(depth + 1)]
    levels[0] = numpy.array(1.0)
    return levels


def multiply(a: Tensor, b: Tensor) -> Tensor:
    return [
        sum((numpy.multiply.outer(a[i], b[k - i]) for i in range(k + 1)), numpy.zeros(()))
        for k in range(len(a))
    ]


def exponential(increment: Vector, depth: int) -> Tensor:
    levels: Tensor = [numpy.array(1.0)]
    for k in range(1, depth + 1):
        levels.append(numpy.multiply.outer(levels[-1], increment) / k)
    return levels


def logarithm(s: Tensor) -> Tensor:
    """The series of log(1 + x), which ends because x has no term of degree 0."""
    x = [numpy.zeros(()), *s[1:]]
    power = x
    result = x
    for n in range(2, len(s)):
        power = multiply(power, x)
        result = [a + (-1) ** (n + 1) / n * b for a, b in zip(result, power, strict=True)]
    return result


def signature_levels(path: Vector, depth: int) -> Tensor:
    result = unit(path.shape[1], depth)
    for increment in numpy.diff(path, axis=0):
        result = multiply(result, exponential(increment, depth))
    return result


def signature(path: Vector, depth: int) -> Vector:
    return numpy.concatenate([level.ravel() for level in signature_levels(path, depth)])


@cache
def hall_basis(width: int, depth: int) -> list[list[tuple[int, int]]]:
    """Pairs of parents by degree - 1; keys count from 1, and a letter is (0, itself)."""
    by_degree = [[(0, letter) for letter in range(1, width + 1)]]
    left_parent = [0] * (width + 1)
    first = [0, 1, width + 1]
    for degree in range(2, depth + 1):
        pairs = [
            (i, j)
            for e in range(1, degree // 2 + 1)
            for i in range(first[e], first[e + 1])
            for j in range(first[degree - e], first[degree - e + 1])
            if j > i and left_parent[j] <= i
        ]
        by_degree.append(pairs)
        left_parent.extend(i for i, _ in pairs)
        first.append(first[-1] + len(pairs))
    return by_degree


@cache
def expanded_basis(width: int, depth: int) -> list[Vector]:
    """By degree - 1, a matrix whose columns are the basis elements as tensors."""
    tensors: Tensor = [numpy.zeros(())]
    matrices = []
    for degree, pairs in enumerate(hall_basis(width, depth), start=1):
        for left, right in pairs:
            if left == 0:
                tensors.append(numpy.eye(width)[right - 1])
            else:
                a, b = tensors[left], tensors[right]
                tensors.append(numpy.multiply.outer(a, b) - numpy.multiply.outer(b, a))
        columns = [t.ravel() for t in tensors[len(tensors) - len(pairs) :]]
        matrices.append(numpy.array(columns).reshape(len(pairs), width**degree).T)
    return matrices


def log_signature(path: Vector, depth: int) -> Vector:
    levels = logarithm(signature_levels(path, depth))
    parts = []
    for matrix, level in zip(expanded_basis(path.shape[1], depth), levels[1:], strict=True):
        coordinates, *_ = numpy.linalg.lstsq(matrix, level.ravel(), rcond=None)
        numpy.testing.assert_allclose(matrix @ coordinates, level.ravel(), atol=1e-9)
        parts.append(coordinates)
    return numpy.concatenate(parts)


def signature_keys(width: int, depth: int) -> str:
    words = [()] if depth >= 0 else []
    level: list[tuple[int, ...]] = [()]
    for _ in range(depth):
        level = [(*word, letter) for word in level for letter in range(1, width + 1)]
        words.extend(level)  # type: ignore[arg-type]
    return "".join(" (" + ",".join(map(str, word)) + ")" for word in words)


def log_signature_keys(width: int, depth: int) -> str:
    names = [""]
    for pairs in hall_basis(width, depth):
        for left, right in pairs:
            names.append(f"[{names[left]},{names[right]}]" if left else str(right))
    return "".join(f" {name}" for name in names[1:])
