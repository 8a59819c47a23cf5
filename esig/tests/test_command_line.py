"""`python -m esig`, in this process: a report, and files that become files."""

import os
import shutil
import tempfile
import unittest

import numpy

import esig
from esig.__main__ import main, report
from esig.tests._cases import PATH


class CommandLineTest(unittest.TestCase):
    """What runs with every Python that esig is for."""

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def place(self, name):
        return os.path.join(self.folder, name)

    def compute(self, source, target, *options):
        words = ["signature", self.place(source), "--depth", "2", "--output", self.place(target)]
        return main(words + list(options))

    def test_the_report_has_the_version_and_the_extension(self):
        self.assertIn(esig.get_version(), report())
        self.assertIn(os.path.basename(esig.tosig.__file__), report())

    def test_a_table_becomes_a_table(self):
        with open(self.place("in.csv"), "w") as file:
            file.write("".join(",".join(map(repr, row)) + "\n" for row in PATH.tolist()))
        self.assertEqual(self.compute("in.csv", "out.csv"), 0)
        with open(self.place("out.csv")) as file:
            keys, values = file.read().splitlines()
        self.assertEqual(keys.replace('"', "").replace("),", ") "), esig.sigkeys(2, 2).strip())
        expected = esig.stream2sig(PATH, 2)
        numpy.testing.assert_allclose([float(v) for v in values.split(",")], expected, rtol=1e-12)

    def test_an_array_becomes_an_array(self):
        numpy.save(self.place("in.npy"), PATH)
        self.assertEqual(self.compute("in.npy", "out.npy", "--log", "--window", "2"), 0)
        result = numpy.load(self.place("out.npy"))
        numpy.testing.assert_allclose(result, esig.sliding2logsig(PATH, 2, 2), rtol=1e-12)
