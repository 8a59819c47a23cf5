"""Many paths in one call, windows, and paths that go on: against one path at a time."""

import unittest

import numpy

import esig
from esig.tests._cases import PATH, error_of, is_close

FUNCTIONS = (esig.stream2sig, esig.stream2logsig)


def some_paths(number, length=20, width=3):
    """Paths that are the same everywhere: fractions of small integers."""
    values = numpy.arange(number * length * width) * 37 % 101
    return values.reshape(number, length, width) / 64.0


class BatchTest(unittest.TestCase):
    """Arrays of more than two dimensions, and lists of paths."""

    def test_each_path_gets_what_it_gets_alone(self):
        paths = some_paths(30)
        for function in FUNCTIONS:
            result = function(paths.reshape(5, 6, 20, 3), 4)
            self.assertEqual(result.shape[:2], (5, 6))
            for row, path in zip(result.reshape(30, -1), paths):
                self.assertEqual(row.tobytes(), function(path, 4).tobytes())

    def test_paths_of_a_list_may_have_different_lengths(self):
        paths = [path[:i] for i, path in enumerate(some_paths(15))]
        for function in FUNCTIONS:
            for row, path in zip(function(paths, 3), paths):
                self.assertEqual(row.tobytes(), function(path, 3).tobytes())

    def test_the_number_of_threads_changes_no_bit(self):
        paths = some_paths(300)
        for function in FUNCTIONS:
            expected = function(paths, 5, n_jobs=1)
            for n_jobs in (None, 2, 5, -1):
                self.assertEqual(function(paths, 5, n_jobs=n_jobs).tobytes(), expected.tobytes())
        self.assertIs(error_of(esig.stream2sig, paths, 2, n_jobs=0)[0], ValueError)

    def test_the_result_goes_into_out(self):
        paths = some_paths(4)
        for function in FUNCTIONS:
            expected = function(paths, 3)
            for out in (numpy.zeros(expected.shape), numpy.zeros(expected.shape + (2,))[..., 1]):
                self.assertIs(function(paths, 3, out=out), out)
                self.assertEqual(out.tolist(), expected.tolist())
            wrong = numpy.zeros(3)
            self.assertIs(error_of(function, paths, 3, out=wrong)[0], ValueError)
            self.assertIs(error_of(function, paths, 3, out=wrong.astype("f4"))[0], TypeError)

    def test_float32_is_returned_where_it_is_asked_for(self):
        for function in FUNCTIONS:
            result = function(PATH, 4, dtype=numpy.float32)
            self.assertEqual(result.dtype, numpy.float32)
            self.assertTrue(is_close(result, function(PATH, 4), 1e-4))
            self.assertIs(error_of(function, PATH, 4, dtype=int)[0], TypeError)


class WindowTest(unittest.TestCase):
    """Prefixes, windows, and paths that go on."""

    def test_cumulative_gives_every_part_from_the_first_point_on(self):
        path = some_paths(1)[0]
        for function in FUNCTIONS:
            for i, row in enumerate(function(path, 4, cumulative=True)):
                self.assertTrue(is_close(row, function(path[: i + 1], 4), 1e-9))

    def test_windows_are_what_their_points_give(self):
        path = some_paths(1, length=40)[0]
        for name, function in (("2sig", esig.stream2sig), ("2logsig", esig.stream2logsig)):
            for window, step in ((1, 1), (5, 2), (25, 1), (40, 3), (41, 1)):
                sliding = getattr(esig, "sliding" + name)(path, 3, window, step)
                expanding = getattr(esig, "expanding" + name)(path, 3, window, step)
                begins = range(0, 40 - window + 1, step)
                self.assertEqual(len(sliding), len(begins))
                self.assertEqual(len(expanding), len(begins))
                for i, begin in enumerate(begins):
                    end = begin + window
                    self.assertTrue(is_close(sliding[i], function(path[begin:end], 3), 1e-9))
                    self.assertTrue(is_close(expanding[i], function(path[:end], 3), 1e-9))

    def test_a_path_that_goes_on_has_the_signature_of_the_whole(self):
        path = some_paths(1)[0]
        signature = esig.stream2sig(path[:8], 4)
        whole = esig.stream2sig(path, 4)
        self.assertTrue(is_close(esig.extend(signature, path[7:], 4), whole, 1e-9))

    def test_a_log_signature_gives_the_signature_back(self):
        for depth in (1, 2, 5):
            logarithm = esig.stream2logsig(PATH, depth)
            signature = esig.signature_from_logsignature(logarithm, 2, depth)
            self.assertTrue(is_close(signature, esig.stream2sig(PATH, depth), 1e-9))
