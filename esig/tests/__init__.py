"""The self-test that is shipped with esig: unittest and NumPy are all it needs.

Run it with `python -m esig.tests`, or `esig.tests.run_tests()`.
"""

import sys
import unittest

MODULES = (
    "esig.tests.test_backends",
    "esig.tests.test_batches",
    "esig.tests.test_command_line",
    "esig.tests.test_contract",
    "esig.tests.test_package",
    "esig.tests.test_recombine",
    "esig.tests.test_reference",
)


class _Result(unittest.TextTestResult):
    """Counts what passed: whether `testsRun` includes what was skipped depends on the Python."""

    passed = 0

    def addSuccess(self, test):
        unittest.TextTestResult.addSuccess(self, test)
        self.passed += 1


def run_tests(terminate=False):
    """Runs the self-test.

    Args:
        terminate (bool): end the process when done, with status 0 if nothing failed, else 1.

    Returns:
        bool: True if nothing failed.
    """
    suite = unittest.defaultTestLoader.loadTestsFromNames(MODULES)
    result = unittest.TextTestRunner(resultclass=_Result).run(suite)
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    skipped = len(result.skipped)
    # To the stream that the runner wrote to: of two, nobody could tell which came first.
    sys.stderr.write("{0} passed, {1} failed, {2} skipped\n".format(result.passed, failed, skipped))
    sys.stderr.flush()
    if terminate:
        sys.exit(1 if failed else 0)
    return not failed
