"""recombine: which points it keeps, and what it refuses."""

import unittest

import numpy

import esig
from esig.tests._cases import error_of


def points_of(size, width):
    """Points in a cube, the same on every machine."""
    return numpy.cos(numpy.arange(size * width) ** 2 * 0.1).reshape(size, width)


class RecombineTest(unittest.TestCase):
    """The measure that recombine makes of another."""

    def assert_recombined(self, ensemble, selector, weights, degree, size_max):
        positions, left = esig.recombine(ensemble, selector, weights, degree)
        self.assertEqual((positions.dtype, left.dtype), (numpy.int64, numpy.float64))
        self.assertEqual(positions.shape, left.shape)
        self.assertTrue(1 <= len(positions) <= size_max)
        self.assertTrue((numpy.diff(positions) > 0).all())
        self.assertTrue((left > 0).all())
        points = ensemble[selector]
        for powers in ([0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [2, 1, 1]):
            if sum(powers) <= degree:
                values = numpy.prod(points**powers, axis=1)
                error = abs(values[positions].dot(left) - values.dot(weights))
                self.assertTrue(error <= 1e-13 * sum(weights), (powers, error))
        again = esig.recombine(ensemble, selector, weights, degree)
        self.assertEqual(positions.tolist(), again[0].tolist())
        self.assertEqual(left.tobytes(), again[1].tobytes())

    def test_mass_and_moments_stay(self):
        ensemble = points_of(300, 3)
        selector = numpy.arange(299, -1, -2)
        weights = numpy.linspace(0.1, 2.0, 150)
        for degree, size in ((1, 4), (2, 10), (4, 35)):
            self.assert_recombined(ensemble, selector, weights, degree, size)

    def test_points_that_span_less_leave_fewer(self):
        line = points_of(100, 1)
        ensemble = numpy.concatenate([line, 2.0 - line, numpy.ones((100, 1))], axis=1)
        self.assert_recombined(ensemble, numpy.arange(100), numpy.ones(100), 1, 2)
        self.assert_recombined(ensemble, numpy.arange(100), numpy.ones(100), 2, 3)

    def test_defaults_are_all_rows_weight_1_and_degree_1(self):
        ensemble = points_of(50, 2)
        expected = esig.recombine(ensemble, numpy.arange(50), numpy.ones(50), 1)
        for actual in (
            esig.recombine(ensemble),
            esig.recombine(ensemble=ensemble, selector=None, weights=None, degree=1),
            esig.tosig.recombine(ensemble),
            esig.recombine(ensemble.tolist(), list(range(50)), [1] * 50),
            esig.recombine(numpy.asfortranarray(ensemble), weights=numpy.ones(50, "f4")),
            esig.recombine(ensemble.repeat(2, axis=0)[::2], numpy.arange(50, dtype="u1")),
        ):
            self.assertEqual(actual[0].tolist(), expected[0].tolist())
            self.assertEqual(actual[1].tolist(), expected[1].tolist())

    def test_positions_count_within_the_selector(self):
        ensemble = numpy.array([[9.0], [0.0], [9.0], [1.0]])
        positions, weights = esig.recombine(ensemble, [3, 1], [2.0, 5.0])
        self.assertEqual((positions.tolist(), weights.tolist()), ([0, 1], [2.0, 5.0]))
        positions, weights = esig.recombine(ensemble, [2, 2, 0], [2.0, 5.0, 1.0])
        self.assertEqual((len(positions), weights.tolist()), (1, [8.0]))

    def test_masses_of_weight_0_are_not_kept(self):
        positions, weights = esig.recombine(points_of(4, 3), None, [0.0, 2.0, 0.0, 1.0])
        self.assertEqual((positions.tolist(), weights.tolist()), ([1, 3], [2.0, 1.0]))

    def test_the_callers_arrays_are_not_changed(self):
        arrays = points_of(90, 2), numpy.arange(90), numpy.ones(90)
        copies = [array.copy() for array in arrays]
        esig.recombine(*arrays)
        for array, copy in zip(arrays, copies):
            array.setflags(write=False)
            self.assertTrue((array == copy).all())
        esig.recombine(*arrays)


class RecombineErrorsTest(unittest.TestCase):
    """What recombine refuses, and its words."""

    def assert_error(self, kind, words, *args):
        for _ in range(2):
            self.assertEqual(error_of(esig.recombine, *args), (kind, words))

    def test_data_that_are_no_table_of_numbers(self):
        for data in (
            numpy.zeros(3),
            numpy.zeros((2, 2, 2)),
            numpy.zeros((0, 2)),
            numpy.zeros((3, 0)),
            numpy.zeros((3, 2), complex),
            [["a", "b"]],
            None,
        ):
            self.assert_error(ValueError, "data is badly formed", data)
        for number in (numpy.nan, numpy.inf, -numpy.inf):
            self.assert_error(ValueError, "data must be finite", [[0.0], [number], [1.0]])

    def test_selectors_that_are_no_vector_of_rows(self):
        data = numpy.zeros((3, 2))
        for selector in ([[0, 1]], [], [0.0, 1.0], [True, False, True], ["a"], 1):
            self.assert_error(ValueError, "source locations badly formed", data, selector)
        for row in (3, -1, 2**62):
            words = "source location {0} is out of range for 3 points".format(row)
            self.assert_error(IndexError, words, data, [0, row])

    def test_weights_that_are_no_masses(self):
        data = numpy.zeros((3, 2))
        for weights in (numpy.ones((3, 1)), [], ["a"] * 3, [1j] * 3, 1.0):
            self.assert_error(ValueError, "source weights badly formed", data, None, weights)
        words = "source weights and source locations have different shapes"
        self.assert_error(ValueError, words, data, None, [1.0, 2.0])
        self.assert_error(ValueError, words, data, [0, 1], [1.0, 2.0, 3.0])
        words = "source weights must be finite, none negative, and their sum finite and positive"
        for weights in (
            [0.0, 0.0, 0.0],
            [1.0, -1.0, 1.0],
            [1.0, numpy.nan, 1.0],
            [1.0, numpy.inf, 1.0],
            [1e308, 1e308, 1e308],
        ):
            self.assert_error(ValueError, words, data, None, weights)

    def test_degrees_below_1_or_no_integer(self):
        data = numpy.zeros((3, 2))
        for degree in (0, -1, False, -(2**70)):
            self.assert_error(ValueError, "invalid cubature degree", data, None, None, degree)
        for degree in (1.0, "1", None):
            self.assertIs(error_of(esig.recombine, data, None, None, degree)[0], TypeError)
        self.assertIs(error_of(esig.recombine, data, None, None, 2**70)[0], OverflowError)

    def test_what_would_take_too_much_memory(self):
        words = "recombination at degree 90 of 200 points with width 20 exceeds limit"
        self.assert_error(RuntimeError, words, numpy.zeros((200, 20)), None, None, 90)

    def test_recombine_is_there(self):
        self.assertIs(esig.NO_RECOMBINE, False)
        self.assertIs(esig.tosig.NO_RECOMBINE, False)
