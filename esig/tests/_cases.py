"""What the tests of the self-test share: reference cases, and errors as values."""

import io
import json
import os

import numpy

PATH = numpy.array([[0.0, 0.0], [1.0, 2.0], [3.0, 1.0], [2.5, -1.0]])


def reference_cases():
    """The cases of sample.json: dictionaries, their path as an array of the right type."""
    file_name = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sample.json")
    with io.open(file_name, encoding="utf-8") as file:
        cases = json.load(file)["cases"]
    for case in cases:
        case["path"] = numpy.array(case["path"], dtype=str(case["dtype"]))
    return cases


def error_of(function, *args, **kwargs):
    """The type and the words of the error that a call raises; None if it raises none."""
    try:
        function(*args, **kwargs)
    except Exception as error:
        return type(error), str(error)
    return None


def is_close(actual, expected, relative):
    """True if two vectors agree in each entry, up to rounding where the entries cancel."""
    expected = numpy.asarray(expected, dtype=float)
    if actual.shape != expected.shape:
        return False
    size = numpy.abs(expected)
    tolerance = relative * size + 1e-2 * relative * size.max()
    return bool(numpy.all(numpy.abs(actual - expected) <= tolerance))
