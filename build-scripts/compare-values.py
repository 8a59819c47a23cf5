"""Compares what esig computes on two platforms.

usage: compare-values.py --write reference.txt
       compare-values.py reference.txt    (fails if a value differs by more than 1e-12)
       compare-values.py reference.txt --count    (and says how many results do not, as tests do)

A line is the name of a result and its values as hexadecimal floats, which lose nothing.
"""

import platform
import sys

import numpy

import esig

TOLERANCE = 1e-12
SHAPES = ((1, 12), (2, 8), (2, 11), (3, 6), (4, 5), (5, 4), (7, 3), (12, 2), (40, 2))


def main(arguments):
    """Prints the results, or compares them with those of a file; returns the exit status."""
    results = list(computed())
    if arguments[0] == "--write":
        with open(arguments[1], "w", encoding="ascii") as file:
            for name, values in results:
                print(name, *[value.hex() for value in values], file=file)
        return 0
    with open(arguments[0], encoding="ascii") as file:
        words = [line.split() for line in file]
    reference = {line[0]: [float.fromhex(word) for word in line[1:]] for line in words}
    if sorted(reference) != sorted(name for name, _ in results):
        print(f"other results are computed than `{arguments[0]}` has", file=sys.stderr)
        return 1
    far = [(difference(values, reference[name]), name) for name, values in results]
    equal = sum(values == reference[name] for name, values in results)
    largest, name = max(far)
    title = (
        f"{platform.python_implementation()} {platform.python_version()} on {platform.machine()}"
    )
    print(f"{title}: {equal} of {len(far)} results are equal bit for bit;", end=" ")
    print(f"the largest difference is {largest:.1e}, of {name}")
    if "--count" in arguments:
        failed = sum(distance > TOLERANCE for distance, _ in far)
        print(f"{len(far) - failed} passed, {failed} failed, 0 skipped")
    return 0 if largest <= TOLERANCE else 1


def computed():
    """The names and values of the results."""
    for width, depth in SHAPES:
        for length in (2, 9, 60):
            path = path_of(length, width)
            title = f"width={width},depth={depth},length={length}"
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
