"""Runs pip as a virtual environment will have it: the interpreter's own, or the one it brings."""

import glob
import os
import runpy
import sys

try:
    import pip  # noqa: F401
except ImportError:
    import ensurepip

    beside = os.path.join(os.path.dirname(ensurepip.__file__), "_bundled")
    # Debian's own has it elsewhere; that one is too old for the CPythons of others.
    found = glob.glob(os.path.join(beside, "pip-*.whl"))
    sys.path[:0] = found or glob.glob("/usr/share/python-wheels/pip-*.whl")

sys.argv[0] = "pip"
runpy.run_module("pip", run_name="__main__", alter_sys=True)
