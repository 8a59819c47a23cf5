"""Compares what esig computes on two platforms, where Python starts slowly after its self-test.

usage: compare-values.py --write reference.txt
       compare-values.py reference.txt    (fails if a value differs by more than 1e-12)
       compare-values.py reference.txt --count    (and says how many results do not, as tests do)
       compare-values.py reference.txt --self-test    (runs that first)

A line is the name of a result and its values as hexadecimal floats, which lose nothing.
"""

from __future__ import print_function

import platform
import sys

import numpy

import esig

TOLERANCE = 1e-12
SHAPES = ((1, 12), (2, 8), (2, 11), (3, 6), (4, 5), (5, 4), (7, 3), (12, 2), (40, 2))


def main(arguments):
    """Writes the results, or compares them with those of a file; returns the exit status."""
    if "--self-test" in arguments:
        from esig import tests

        if not tests.run_tests():
            return 1
    results = list(computed())
    if arguments[0] == "--write":
        with open(arguments[1], "w", encoding="ascii") as file:
            for name, values in results:
                print(name, *[value.hex() for value in values], file=file)
        return 0
    with open(arguments[0]) as file:
        words = [line.split() for line in file]
    reference = {line[0]: [float.fromhex(word) for word in line[1:]] for line in words}
    if sorted(reference) != sorted(name for name, _ in results):
        print("other results are computed than `{}` has".format(arguments[0]), file=sys.stderr)
        return 1
    far = [(difference(values, reference[name]), name) for name, values in results]
    equal = sum(values == reference[name] for name, values in results)
    largest, name = max(far)
    python = (platform.python_implementation(), platform.python_version(), platform.machine())
    print("{} {} on {}:".format(*python), end=" ")
    print("{} of {} results are equal bit for bit;".format(equal, len(far)), end=" ")
    print("the largest difference is {:.1e}, of {}".format(largest, name))
    if "--count" in arguments:
        failed = sum(distance > TOLERANCE for distance, _ in far)
        print("{} passed, {} failed, 0 skipped".format(len(far) - failed, failed))
    return 0 if largest <= TOLERANCE else 1


def computed():
    """The names and values of the results."""
    for width, depth in SHAPES:
        for length in (2, 9, 60):
            path = path_of(length, width)
            title = "width={},depth={},length={}".format(width, depth, length)
            yield "sig:" + title, values_of(esig.stream2sig(path, depth))
            yield "logsig:" + title, values_of(esig.stream2logsig(path, depth))
            single = path.astype(numpy.float32)
            yield "single:" + title, values_of(esig.stream2sig(single, depth))


def path_of(length, width):
    """A path of numbers that have no short binary form, the same in every NumPy."""
    state, points = 1, []
    for _ in range(length * width):
        state = state * 1103515245 % 2147483647
        points.append(state / 2147483647.0 - 0.5)
    return numpy.array(points).reshape(length, width)


def values_of(array):
    """An array as a list of Python's own numbers."""
    return [float(value) for value in numpy.ravel(array)]


def difference(values, expected):
    """The largest difference of two vectors, for the largest of their values."""
    if len(values) != len(expected):
        return float("inf")
    size = max(abs(value) for value in expected)
    return max(abs(a - b) for a, b in zip(values, expected)) / size


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
