"""`python -m esig.tests` runs the self-test and exits with its status."""

from esig.tests import run_tests

if __name__ == "__main__":
    run_tests(terminate=True)
