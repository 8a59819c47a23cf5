"""What is accepted, and which error says what is not: the same at both levels of the package."""

import sys
import unittest

import numpy

import esig
from esig import tosig
from esig.tests._cases import PATH, error_of

TYPES = (
    "Values must be of one of the following types "
    "(\"<class 'numpy.float32'>\", \"<class 'numpy.float64'>\")"
)
STREAM_FUNCTIONS = (esig.stream2sig, esig.stream2logsig, tosig.stream2sig, tosig.stream2logsig)
SHAPE_FUNCTIONS = (
    esig.sigdim,
    esig.logsigdim,
    esig.sigkeys,
    esig.logsigkeys,
    tosig.sigdim,
    tosig.logsigdim,
    tosig.sigkeys,
    tosig.logsigkeys,
)


class StreamTest(unittest.TestCase):
    """The stream of stream2sig and stream2logsig."""

    def assert_error(self, kind, words, stream, depth=2):
        for function in STREAM_FUNCTIONS:
            for _ in range(3):
                self.assertEqual(error_of(function, stream, depth), (kind, words))

    def assert_same_bits(self, stream, expected=PATH):
        for function in STREAM_FUNCTIONS:
            actual = function(stream, 3)
            self.assertEqual(actual.tobytes(), function(expected, 3).tobytes())

    def test_the_result_is_a_float64_vector_that_owns_its_data(self):
        for function in STREAM_FUNCTIONS:
            result = function(PATH, 3)
            self.assertIs(type(result), numpy.ndarray)
            self.assertEqual(result.dtype, numpy.float64)
            self.assertEqual(result.ndim, 1)
            self.assertTrue(result.flags["C_CONTIGUOUS"])
            self.assertTrue(result.flags["OWNDATA"])
            self.assertTrue(result.flags["WRITEABLE"])

    def test_arguments_may_be_named(self):
        for function in STREAM_FUNCTIONS:
            self.assertEqual(function(stream=PATH, depth=2).tolist(), function(PATH, 2).tolist())

    def test_other_types_of_values_are_a_type_error(self):
        other = ">" if sys.byteorder == "little" else "<"
        names = ("int8", "int64", "float16", "complex128", "bool", "object", "U3", "S3")
        for name in names + (other + "f8", other + "f4", "M8[s]", "longdouble"):
            if name == "longdouble" and numpy.dtype(name).itemsize == 8:
                continue
            self.assert_error(TypeError, TYPES, numpy.zeros((3, 2), name))

    def test_integers_in_a_list_are_a_type_error(self):
        for function in STREAM_FUNCTIONS:
            self.assertEqual(error_of(function, [[1, 2], [3, 4]], 2), (TypeError, TYPES))

    def test_less_than_two_dimensions_are_a_value_error(self):
        words = "stream must be a 2-dimensional array"
        for shape in ((), (3,)):
            self.assert_error(ValueError, words, numpy.zeros(shape))

    def test_width_0_is_a_value_error(self):
        self.assert_error(ValueError, "Dimension 0 is invalid", numpy.zeros((3, 0)))

    def test_lists_and_other_sequences_of_floats_are_accepted(self):
        for stream in (PATH.tolist(), tuple(map(tuple, PATH.tolist())), list(PATH)):
            for function in (esig.stream2sig, esig.stream2logsig):
                self.assertEqual(function(stream, 3).tolist(), function(PATH, 3).tolist())

    def test_the_layout_in_memory_does_not_change_a_bit(self):
        read_only = PATH.copy()
        read_only.setflags(write=False)
        unaligned = numpy.zeros(PATH.nbytes + 1, numpy.uint8)[1:].view(float).reshape(PATH.shape)
        unaligned[...] = PATH
        strided = numpy.zeros((8, 6))[::2, ::3]
        strided[...] = PATH
        for stream in (
            read_only,
            unaligned,
            strided,
            numpy.asfortranarray(PATH),
            PATH[::-1, ::-1].copy()[::-1, ::-1],
            memoryview(PATH),
            numpy.ma.masked_array(PATH, PATH > 1.0),
        ):
            self.assert_same_bits(stream)
        self.assert_same_bits(numpy.broadcast_to(PATH[1], (4, 2)), numpy.array([PATH[1]] * 4))

    def test_float32_is_subtracted_in_float64(self):
        stream = numpy.array([[1e7, 1.0], [1.0, 1e-7]], dtype=numpy.float32)
        self.assert_same_bits(stream, stream.astype(numpy.float64))

    def test_short_and_constant_paths(self):
        for stream in (numpy.zeros((0, 2)), PATH[:1], numpy.ones((5, 2))):
            for depth in (1, 2, 5):
                signature = esig.stream2sig(stream, depth)
                self.assertEqual(signature[0], 1.0)
                self.assertFalse(signature[1:].any())
                self.assertFalse(esig.stream2logsig(stream, depth).any())

    def test_not_a_number_reaches_what_it_enters(self):
        for value in (numpy.nan, numpy.inf, -numpy.inf):
            stream = PATH.copy()
            stream[2, 0] = value
            signature = esig.stream2sig(stream, 3)
            self.assertEqual(signature[0], 1.0)
            self.assertFalse(numpy.isfinite(signature[1]))
            self.assertEqual(signature[2], PATH[-1, 1])
            self.assertEqual(esig.stream2logsig(stream, 3).shape, (5,))

    def test_integer_valued_paths_are_exact_at_depth_2(self):
        stream = numpy.array([[0.0, 0.0], [2.0, -4.0], [6.0, 2.0], [-8.0, 10.0]])
        expected = [1.0, -8.0, 10.0, 32.0, 12.0, -92.0, 50.0]
        for layout in (stream, numpy.asfortranarray(stream), stream.astype(numpy.float32)):
            self.assertEqual(esig.stream2sig(layout, 2).tolist(), expected)
            self.assertEqual(esig.stream2logsig(layout, 2).tolist(), [-8.0, 10.0, 52.0])

    def test_the_callers_array_is_not_changed(self):
        stream = PATH.copy()
        for function in STREAM_FUNCTIONS:
            function(stream, 4)
        self.assertTrue((stream == PATH).all())


class ShapeTest(unittest.TestCase):
    """Depth and dimension, in every function that has them."""

    def errors(self, dimension, depth):
        stream = numpy.zeros((3, 2))
        for _ in range(3):
            for function in STREAM_FUNCTIONS:
                if dimension == 2:
                    yield error_of(function, stream, depth)
            for function in SHAPE_FUNCTIONS:
                yield error_of(function, dimension, depth)

    def test_depth_below_1_is_a_value_error(self):
        for depth in (0, -1, -(2**70), False, numpy.int64(0)):
            for error in self.errors(2, depth):
                self.assertEqual(error, (ValueError, "Depth must be at least 1"))

    def test_dimension_below_1_is_a_value_error(self):
        for dimension in (0, -1):
            for error in self.errors(dimension, 2):
                words = "Dimension {0} is invalid".format(dimension)
                self.assertEqual(error, (ValueError, words))

    def test_depth_that_is_no_integer_is_a_type_error(self):
        for depth in (2.0, 2.5, "2", None, 1j, [2], numpy.float64(2)):
            for error in self.errors(2, depth):
                self.assertIs(error[0], TypeError)

    def test_depth_that_is_no_machine_integer_is_an_overflow_error(self):
        for error in self.errors(2, 2**70):
            self.assertIs(error[0], OverflowError)
        for error in self.errors(2**70, 2):
            self.assertIs(error[0], OverflowError)

    def test_what_would_not_fit_is_a_runtime_error_before_anything_is_allocated(self):
        for depth in (60, 10**6, sys.maxsize):
            for kind, words in self.errors(2, depth):
                self.assertIs(kind, RuntimeError)
                self.assertTrue(words.startswith("Legitimate depth of 2<->"), words)
                self.assertTrue(words.endswith(" for records with width 2 exceeds limit"), words)
        for kind, _ in self.errors(sys.maxsize, 2):
            self.assertIs(kind, RuntimeError)

    def test_the_depth_that_is_said_to_fit_does(self):
        limit = esig.get_memory_limit()
        esig.set_memory_limit(10000)
        try:
            for function in SHAPE_FUNCTIONS:
                words = error_of(function, 3, 1000)[1]
                depth = int(words.split("<->")[1].split()[0])
                self.assertIsNone(error_of(function, 3, depth))
                self.assertEqual(error_of(function, 3, depth + 1)[1], words)
        finally:
            esig.set_memory_limit(limit)

    def test_integers_of_any_type_are_accepted(self):
        for depth, plain in ((True, 1), (numpy.int64(2), 2), (numpy.uint8(2), 2)):
            self.assertEqual(
                esig.stream2sig(PATH, depth).tolist(), esig.stream2sig(PATH, plain).tolist()
            )
            self.assertEqual(esig.sigdim(numpy.int16(3), depth), esig.sigdim(3, plain))
            self.assertIn(type(esig.sigdim(3, depth)), (int, type(2**70)))

    def test_arguments_may_be_named(self):
        for function in SHAPE_FUNCTIONS:
            self.assertEqual(function(dimension=2, depth=3), function(2, 3))

    def test_width_1_and_depth_1_work(self):
        self.assertEqual(esig.stream2sig(PATH[:, :1], 3)[:2].tolist(), [1.0, 2.5])
        self.assertEqual(esig.stream2logsig(PATH[:, :1], 3).tolist(), [2.5])
        self.assertEqual(esig.stream2sig(PATH, 1).tolist(), [1.0, 2.5, -1.0])
        self.assertEqual(esig.stream2logsig(PATH, 1).tolist(), [2.5, -1.0])
        self.assertEqual((esig.sigdim(1, 3), esig.logsigdim(1, 3)), (4, 1))
        self.assertEqual((esig.sigdim(3, 1), esig.logsigdim(3, 1)), (4, 3))
        self.assertEqual(esig.sigkeys(2, 1), " () (1) (2)")
        self.assertEqual(esig.logsigkeys(2, 1), " 1 2")
        self.assertEqual(esig.sigkeys(1, 2), " () (1) (1,1)")
        self.assertEqual(esig.logsigkeys(1, 9), " 1")
