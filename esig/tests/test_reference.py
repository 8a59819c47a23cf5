"""Signatures, log signatures, sizes and keys equal what the established esig gave."""

import unittest

import esig
from esig.tests._cases import is_close, reference_cases


class ReferenceTest(unittest.TestCase):
    """One test for each case of sample.json; they are added below."""

    def check(self, case):
        width, depth, path = case["width"], case["depth"], case["path"]
        relative = 1e-4 if case["dtype"] == "float32" else 1e-10
        self.assertEqual(path.shape, (case["length"], width))
        self.assertTrue(is_close(esig.stream2sig(path, depth), case["sig"], relative))
        self.assertTrue(is_close(esig.stream2logsig(path, depth), case["logsig"], relative))
        self.assertEqual(esig.sigdim(width, depth), case["true_sigdim"])
        self.assertEqual(esig.logsigdim(width, depth), case["true_logsigdim"])
        self.assertEqual(esig.sigkeys(width, depth), case["sigkeys"])
        self.assertEqual(esig.logsigkeys(width, depth), case["logsigkeys"])


def _add_tests():
    for number, case in enumerate(reference_cases()):
        words = "".join(c if c.isalnum() else "_" for c in case["name"])
        name = "test_{0:02d}_{1}_width_{2[width]}_depth_{2[depth]}".format(number, words, case)
        setattr(ReferenceTest, str(name), lambda self, case=case: self.check(case))


_add_tests()
