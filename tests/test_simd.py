"""ESIG_SIMD chooses the instruction set; whichever computes, signatures are exact to rounding."""

from __future__ import annotations

import math
import os
from fractions import Fraction
from itertools import pairwise

import numpy
import pytest
from conftest import Run

import esig
from esig import tosig

ALL = ("baseline", "avx2", "avx512")


def exact_signature(path: numpy.ndarray, depth: int) -> list[list[Fraction]]:
    """The signature by levels, in rational numbers: Chen's identity, one increment at a time."""
    width = path.shape[1]
    signature = [[Fraction(1)]] + [[Fraction(0)] * width**n for n in range(1, depth + 1)]
    for start, end in pairwise(path.tolist()):
        step = [Fraction(b) - Fraction(a) for a, b in zip(start, end, strict=True)]
        for n in range(depth, 0, -1):
            chain = signature[0]
            for k in range(1, n + 1):
                factors = [z / (n - k + 1) for z in step]
                chain = [
                    s + chain[word // width] * factors[word % width]
                    for word, s in enumerate(signature[k])
                ]
            signature[n] = chain
    return signature


@pytest.mark.parametrize(("width", "depth"), [(2, 11), (3, 6), (5, 4), (9, 3), (20, 2)])
def test_signatures_are_exact_to_rounding_at_every_level(width: int, depth: int) -> None:
    path = numpy.random.default_rng(1).uniform(size=(9, width)).cumsum(axis=0)
    computed = esig.stream2sig(path, depth)
    begin = 0
    for level in exact_signature(path, depth):
        expected = numpy.array([float(value) for value in level])
        found = computed[begin : begin + len(level)]
        assert abs(found - expected).max() <= 1e-14 * abs(expected).max()
        begin += len(level)


def exact_prefixes(path: numpy.ndarray, word: list[int]) -> list[Fraction]:
    """The signature at the prefixes of a word: each increment needs no others."""
    signature = [Fraction(1)] + [Fraction(0)] * len(word)
    for start, end in pairwise(path.tolist()):
        step = [Fraction(b) - Fraction(a) for a, b in zip(start, end, strict=True)]
        for n in range(len(word), 0, -1):
            chain = signature[0]
            for k in range(1, n + 1):
                chain = signature[k] + chain * step[word[k - 1]] / (n - k + 1)
            signature[n] = chain
    return signature


@pytest.mark.parametrize("low", [0, -1], ids=["monotone", "any direction"])
def test_signatures_are_exact_to_rounding_up_to_depth_20(low: int) -> None:
    depth = 20
    path = numpy.random.default_rng(3).uniform(low, 1, size=(20, 2)).cumsum(axis=0)
    computed = esig.stream2sig(path, depth)
    largest = [abs(computed[2**n - 1 : 2 ** (n + 1) - 1]).max() for n in range(depth + 1)]
    choose = numpy.random.default_rng(4)
    words = [choose.integers(2, size=depth).tolist() for _ in range(30)] + [[0] * depth]
    for word in words:
        for n, expected in enumerate(exact_prefixes(path, word)):
            position = 2**n - 1 + int("0" + "".join(map(str, word[:n])), 2)
            assert abs(computed[position] - float(expected)) <= 1e-13 * largest[n]


def test_a_long_path_keeps_its_first_levels() -> None:
    t = numpy.linspace(0, 1, 1_000_001)
    signature = esig.stream2sig(numpy.stack([t, 2 * t], axis=1), 2)
    assert signature[1:3].tolist() == [1.0, 2.0]
    assert abs(signature[3:] / [0.5, 1, 1, 2] - 1).max() <= 3e-15


def test_the_best_instruction_set_is_in_use_unless_chosen() -> None:
    in_use, available = tosig._simd()
    assert available == ALL[: len(available)]
    assert in_use == (os.environ.get("ESIG_SIMD") or available[-1])


PRINT = (
    "import numpy, esig, esig.tosig; "
    "path = numpy.random.default_rng(2).uniform(size=(40, 5)); "
    "print(esig.tosig._simd()[0], *esig.stream2sig(path, 5).tolist())"
)


def test_every_instruction_set_of_this_machine_gives_the_same_to_rounding(run_python: Run) -> None:
    path = numpy.random.default_rng(2).uniform(size=(40, 5))
    expected = esig.stream2sig(path, 5)
    for name in tosig._simd()[1]:
        words = run_python("-c", PRINT, ESIG_SIMD=name).stdout.split()
        found = numpy.array([float(word) for word in words[1:]])
        assert words[0] == name
        assert abs(found - expected).max() <= 1e-13 * abs(expected).max()


@pytest.mark.parametrize("name", ["sse9", "AVX2", "baseline "])
def test_an_unknown_instruction_set_is_an_import_error(run_python: Run, name: str) -> None:
    result = run_python("-c", "import esig.tosig", ESIG_SIMD=name)
    assert result.returncode != 0
    assert (
        f"ImportError: ESIG_SIMD is '{name}', but this machine has one of ('base" in result.stderr
    )


def test_an_empty_choice_is_none(run_python: Run) -> None:
    result = run_python("-c", "import esig.tosig as t; print(t._simd()[0])", ESIG_SIMD="")
    assert result.stdout.split() == [tosig._simd()[1][-1]]


def test_increments_are_exact_whatever_the_offset() -> None:
    path = numpy.array([[1e9, -1e9], [1e9 + 0.5, -1e9 + 0.25], [1e9 + 1, -1e9 + 2]])
    expected = exact_signature(path, 3)
    flat = [float(value) for level in expected for value in level]
    assert all(map(math.isclose, esig.stream2sig(path, 3).tolist(), flat))
