"""Writes exact_reference.h: log signatures and gradients in exact rational arithmetic.

python3 libalgebra/test/write-exact-reference.py > libalgebra/test/exact_reference.h
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from functools import lru_cache
from itertools import product
from random import Random

Word = tuple[int, ...]
Tensor = dict[Word, Fraction]
Lie = dict[int, Fraction]
Path = list[list[Fraction]]


def by_length(a: Tensor, depth: int) -> list[Tensor]:
    """The words of each length up to `depth`, with their coefficients."""
    levels: list[Tensor] = [{} for _ in range(depth + 1)]
    for word, x in a.items():
        levels[len(word)][word] = x
    return levels


def multiply(a: Tensor, b: Tensor, depth: int) -> Tensor:
    """The concatenation product, without words longer than `depth`."""
    result: Tensor = defaultdict(Fraction)
    levels = by_length(b, depth)
    for u, x in a.items():
        for level in levels[: depth + 1 - len(u)]:
            for v, y in level.items():
                result[u + v] += x * y
    return result


def exponential(increment: list[Fraction], depth: int) -> Tensor:
    """The exponential of an increment, which is its signature."""
    result: Tensor = {(): Fraction(1)}
    level = result
    for n in range(1, depth + 1):
        level = {
            (*w, i): x * z / n for w, x in level.items() for i, z in enumerate(increment) if z != 0
        }
        result = result | level
    return result


def signature(path: Path, depth: int) -> Tensor:
    """The signature of a path, by Chen's identity."""
    result: Tensor = {(): Fraction(1)}
    for here, there in zip(path, path[1:]):
        increment = [b - a for a, b in zip(here, there)]
        result = multiply(result, exponential(increment, depth), depth)
    return result


def logarithm(s: Tensor, depth: int) -> Tensor:
    """The logarithm, by its series."""
    x = {w: c for w, c in s.items() if w}
    result: Tensor = {}
    for k in range(depth, 0, -1):
        result = {w: -c for w, c in multiply(x, result, depth).items()}
        result[()] = Fraction(1, k)
    return multiply(x, result, depth)


class Hall:
    """The basis in its order, by the definition in libalgebra/hall_basis.h."""

    def __init__(self, width: int, depth: int) -> None:
        self.parents = [(0, letter + 1) for letter in range(width)]
        begin = [1, width + 1]
        for degree in range(2, depth + 1):
            for e in range(1, degree // 2 + 1):
                for i in range(begin[e - 1], begin[e]):
                    for j in range(max(i + 1, begin[degree - e - 1]), begin[degree - e]):
                        if self.left(j) <= i:
                            self.parents.append((i, j))
            begin.append(len(self.parents) + 1)
        self.degree_begin = begin
        self.keys = {pair: key + 1 for key, pair in enumerate(self.parents)}

    def left(self, key: int) -> int:
        """The left parent of a key, 0 for a letter."""
        return self.parents[key - 1][0]

    @lru_cache(maxsize=None)  # noqa: B019
    def bracket(self, i: int, j: int) -> tuple[tuple[int, int], ...]:
        """The bracket of two keys as (key, coefficient), by Jacobi."""
        if i == j:
            return ()
        if i > j:
            return tuple((key, -c) for key, c in self.bracket(j, i))
        if self.left(j) <= i:
            return ((self.keys[i, j], 1),)
        total: dict[int, int] = defaultdict(int)
        a, b = self.parents[j - 1]
        for sign, first, second in ((1, a, b), (-1, b, a)):
            for x, c in self.bracket(i, first):
                for y, d in self.bracket(x, second):
                    total[y] += sign * c * d
        return tuple((key, c) for key, c in total.items() if c != 0)

    def coordinates(self, tensor: Tensor, width: int, depth: int) -> list[Fraction]:
        """1/n of every word's right-nested bracket, summed letter by letter."""

        def nested(prefix: Word) -> Lie:
            total: Lie = defaultdict(Fraction)
            for letter in range(width):
                word = (*prefix, letter)
                total[letter + 1] += tensor.get(word, Fraction(0))
                if len(word) < depth:
                    for key, x in nested(word).items():
                        for target, c in self.bracket(letter + 1, key):
                            total[target] += c * x
            return total

        total = nested(())
        return [
            total[key] / degree
            for degree in range(1, depth + 1)
            for key in range(self.degree_begin[degree - 1], self.degree_begin[degree])
        ]


def log_signature(path: Path, depth: int) -> list[Fraction]:
    """The coordinates of the log signature."""
    width = len(path[0])
    tensor = logarithm(signature(path, depth), depth)
    return Hall(width, depth).coordinates(tensor, width, depth)


def words(width: int, depth: int) -> list[Word]:
    """All words up to `depth` in the order of the signature."""
    return [w for n in range(depth + 1) for w in product(range(width), repeat=n)]


def signature_gradient(path: Path, depth: int, cotangent: list[Fraction]) -> list[Fraction]:
    """By dual numbers: the signature's derivative in the direction of each coordinate.

    With S = A exp(z) B the derivative by z is A (d exp(z)) B, and d exp(z) is the sum over n of
    1/n! times the sum over the places of z in z^n that the direction takes.
    """
    width = len(path[0])
    names = words(width, depth)
    gradient = [[Fraction(0)] * width for _ in path]
    for step in range(len(path) - 1):
        z = [b - a for a, b in zip(path[step], path[step + 1])]
        before = signature(path[: step + 1], depth)
        after = signature(path[step + 1 :], depth)
        for letter in range(width):
            derivative: Tensor = defaultdict(Fraction)
            for word in names[1:]:
                for place in (p for p, a in enumerate(word) if a == letter):
                    term = Fraction(1)
                    for p, a in enumerate(word):
                        term = term / (p + 1) * (1 if p == place else z[a])
                    derivative[word] += term
            total = multiply(multiply(before, derivative, depth), after, depth)
            value = sum(
                (c * total.get(w, Fraction(0)) for w, c in zip(names, cotangent)), Fraction(0)
            )
            gradient[step + 1][letter] += value
            gradient[step][letter] -= value
    return [x for point in gradient for x in point]


def paths(random: Random) -> list[tuple[str, int, int, Path]]:
    """Coordinates are multiples of 1/64, so they are exact as doubles."""

    def steps(length: int, width: int, low: int, high: int, origin: int = 0) -> Path:
        path = [[Fraction(origin)] * width]
        for _ in range(length - 1):
            path.append([x + Fraction(random.randint(low, high), 64) for x in path[-1]])
        return path

    timed = [[Fraction(i, 8), x[0]] for i, x in enumerate(steps(7, 1, -32, 32))]
    loop = steps(6, 2, -64, 64)
    return [
        ("monotone", 2, 12, steps(7, 2, 0, 64)),
        ("time and a walk", 2, 9, timed),
        ("a walk far from the origin", 2, 7, steps(8, 2, -64, 64, 1 << 20)),
        ("a loop", 2, 7, [*loop, loop[0]]),
        ("three letters", 3, 6, steps(7, 3, -64, 64)),
        ("three letters, monotone", 3, 5, steps(7, 3, 0, 64)),
        ("five letters", 5, 3, steps(6, 5, -64, 64)),
    ]


def numbers(values: list[Fraction]) -> str:
    """A list of doubles in C++, each the nearest to its value."""
    lines = [""]
    for value in values:
        text = repr(float(value)).removesuffix(".0")
        if len(lines[-1]) + len(text) + 2 > 98:
            lines.append("")
        lines[-1] += f" {text}," if lines[-1] else f"{text},"
    return "{" + "\n".join(lines).rstrip(",") + "}"


def main() -> None:
    """Writes the header to the standard output."""
    random = Random(12)
    print("// exact_reference.h: values from exact rational arithmetic, written by")
    print("// write-exact-reference.py.")
    print("#pragma once\n")
    print('#include "libalgebra/shape.h"\n')
    print("#include <vector>\n")
    print("namespace exact {\n")
    print("struct log_signature_case {")
    print("    const char* name;\n    libalgebra::shape size;\n    std::vector<double> points;")
    print("    std::vector<double> log_signature;\n};\n")
    print("struct gradient_case {")
    print("    libalgebra::shape size;\n    std::vector<double> points;")
    print("    std::vector<double> cotangent;\n    std::vector<double> gradient;\n};\n")
    print("// clang-format off")
    print("inline const std::vector<log_signature_case> log_signatures = {")
    for name, width, depth, path in paths(random):
        points = [x for point in path for x in point]
        print(f'{{"{name}", {{{width}, {depth}}}, {numbers(points)},')
        print(f" {numbers(log_signature(path, depth))}}},")
    print("};\n")
    print("inline const std::vector<gradient_case> gradients = {")
    for width, depth in ((2, 5), (3, 3), (1, 4), (4, 2)):
        path = [[Fraction(random.randint(-64, 64), 64) for _ in range(width)] for _ in range(7)]
        cotangent = [Fraction(random.randint(-8, 8)) for _ in words(width, depth)]
        points = [x for point in path for x in point]
        print(f"{{{{{width}, {depth}}}, {numbers(points)},\n {numbers(cotangent)},")
        print(f" {numbers(signature_gradient(path, depth, cotangent))}}},")
    print("};\n// clang-format on\n")
    print("} // namespace exact")


if __name__ == "__main__":
    main()
