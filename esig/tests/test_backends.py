"""The choice of a backend, for each thread."""

import sys
import threading
import unittest

import esig
from esig import backends
from esig.tests._cases import PATH, error_of, is_close, reference_cases


class OtherBackend(backends.LibalgebraBackend):
    """A backend of the user's own."""

    def compute_signature(self, stream, depth):
        """Something that can be told from a signature."""
        return [stream.shape, depth]


class BackendTest(unittest.TestCase):
    """set_backend, get_backend and list_backends."""

    def setUp(self):
        self.addCleanup(esig.set_backend, esig.get_backend())
        esig.set_backend("libalgebra")

    def test_the_default_is_libalgebra(self):
        self.assertEqual(repr(esig.get_backend()), "LibalgebraBackend")
        self.assertEqual(esig.list_backends()[0], "libalgebra")
        self.assertEqual(esig.list_backends(), list(backends.BACKENDS))

    def test_a_name_a_class_and_an_instance_choose(self):
        name = "libalgebra"
        text = b"libalgebra".decode("ascii")
        for choice in (name, text, backends.LibalgebraBackend, OtherBackend()):
            esig.set_backend(choice)
            self.assertIsInstance(esig.get_backend(), backends.BackendBase)
        self.assertEqual(esig.stream2sig(PATH, 2), [(4, 2), 2])
        self.assertEqual(esig.stream2logsig(PATH, 2).shape, (3,))

    def test_what_names_no_backend_is_refused(self):
        self.assertEqual(
            error_of(esig.set_backend, "nope"),
            (ValueError, "nope does not name a valid backend"),
        )
        for choice in (3, None, int, backends.BackendBase, object()):
            self.assertIs(error_of(esig.set_backend, choice)[0], TypeError)
        self.assertEqual(repr(esig.get_backend()), "LibalgebraBackend")

    @unittest.skipIf(sys.platform == "emscripten", "no thread can be started there")
    def test_each_thread_chooses_for_itself(self):
        seen = []
        esig.set_backend(OtherBackend)
        thread = threading.Thread(target=lambda: seen.append(repr(esig.get_backend())))
        thread.start()
        thread.join()
        self.assertEqual(seen, ["LibalgebraBackend"])
        self.assertEqual(repr(esig.get_backend()), "OtherBackend")

    def test_arguments_are_checked_for_every_backend(self):
        esig.set_backend(OtherBackend)
        self.assertIs(error_of(esig.stream2sig, [[1, 2]], 2)[0], TypeError)
        self.assertIs(error_of(esig.stream2sig, PATH, 0)[0], ValueError)
        self.assertIs(error_of(esig.stream2sig, PATH[0], 2)[0], ValueError)

    def test_iisignature_gives_the_same_values_or_is_not_offered(self):
        if "iisignature" not in backends.BACKENDS:
            self.assertEqual(esig.list_backends(), ["libalgebra"])
            self.assertIs(error_of(esig.set_backend, "iisignature")[0], ValueError)
            return
        esig.set_backend("iisignature")
        self.assertEqual(repr(esig.get_backend()), "IISignatureBackend")
        for case in reference_cases():
            path, depth = case["path"], case["depth"]
            relative = 1e-4 if case["dtype"] == "float32" else 1e-10
            self.assertTrue(is_close(esig.stream2sig(path, depth), case["sig"], relative))
            self.assertTrue(is_close(esig.stream2logsig(path, depth), case["logsig"], relative))
            self.assertEqual(esig.logsigkeys(case["width"], depth), case["logsigkeys"])

    def test_the_backend_of_esig_1_0_is_there_by_its_name(self):
        expected = esig.stream2sig(PATH, 3), esig.stream2logsig(PATH, 3)
        for choice in ("roughpy", backends.RoughPyBackend, backends.RoughPyBackend()):
            esig.set_backend(choice)
            self.assertEqual(repr(esig.get_backend()), "RoughPyBackend")
            self.assertEqual(esig.stream2sig(PATH, 3).tolist(), expected[0].tolist())
            self.assertEqual(esig.stream2logsig(PATH, 3).tolist(), expected[1].tolist())
        self.assertNotIn("roughpy", esig.list_backends())
        backend = esig.get_backend()
        self.assertEqual(backend.empty_signature(2, 2).tolist(), [1.0] + [0.0] * 6)
        self.assertEqual(backend.empty_log_signature(2, 2).tolist(), [0.0] * 3)
