"""The names of the package, what it says of itself, and how much memory it takes."""

import os
import sys
import sysconfig
import threading
import unittest

import esig
from esig.tests._cases import PATH, error_of


class PackageTest(unittest.TestCase):
    """What is there when esig has been imported."""

    def test_the_library_is_loaded(self):
        self.assertIs(esig.is_library_loaded(), True)
        self.assertIsNone(esig.get_library_load_error())

    def test_the_version_is_a_string(self):
        self.assertIsInstance(esig.get_version(), str)
        self.assertEqual(esig.get_version(), esig.__version__)

    def test_a_python_without_gil_stays_without(self):
        is_free = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
        if os.environ.get("PYTHON_GIL") != "1":
            has_gil = getattr(sys, "_is_gil_enabled", lambda: True)()
            self.assertEqual(has_gil, not is_free)

    @unittest.skipIf(sys.platform == "emscripten", "no thread can be started there")
    def test_many_threads_compute_at_once(self):
        expected = esig.stream2logsig(PATH, 5).tolist()
        results = []

        def compute():
            for _ in range(20):
                results.append(esig.stream2logsig(PATH, 5).tolist())

        threads = [threading.Thread(target=compute) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(results, [expected] * 80)

    def test_every_public_name_is_there(self):
        namespace = {}
        exec("from esig import *", namespace)
        self.assertEqual(esig.__all__, sorted(esig.__all__))
        for name in esig.__all__:
            self.assertIs(namespace[name], getattr(esig, name))

    def test_the_folder_of_the_package_is_named(self):
        file_name = os.path.join(esig.ESIG_PACKAGE_ROOT, "tests", "sample.json")
        self.assertTrue(os.path.exists(file_name))

    def test_every_public_function_is_documented(self):
        for name in esig.__all__:
            if callable(getattr(esig, name)):
                self.assertTrue(getattr(esig, name).__doc__)


class MemoryLimitTest(unittest.TestCase):
    """get_memory_limit and set_memory_limit."""

    def setUp(self):
        self.addCleanup(esig.set_memory_limit, esig.get_memory_limit())

    def test_results_beyond_the_limit_are_refused(self):
        self.assertEqual(esig.stream2sig(PATH, 12).shape, (8191,))
        esig.set_memory_limit(8191 * 8 - 1)
        self.assertIs(error_of(esig.stream2sig, PATH, 12)[0], RuntimeError)
        self.assertIs(error_of(esig.sigdim, 2, 12)[0], RuntimeError)
        self.assertEqual(esig.stream2sig(PATH, 2).shape, (7,))

    def test_the_limit_is_a_positive_machine_integer(self):
        before = esig.get_memory_limit()
        for limit, kind in (
            (0, ValueError),
            (-1, ValueError),
            (1.5, TypeError),
            ("1", TypeError),
            (None, TypeError),
            (2**70, OverflowError),
        ):
            self.assertIs(error_of(esig.set_memory_limit, limit)[0], kind)
        self.assertEqual(esig.get_memory_limit(), before)

    def test_nothing_fits_in_one_byte(self):
        esig.set_memory_limit(1)
        words = "Legitimate depth of 2<->0 for records with width 2 exceeds limit"
        self.assertEqual(error_of(esig.stream2sig, PATH, 1), (RuntimeError, words))
