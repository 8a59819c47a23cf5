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
    # Debian has it elsewhere.
    for folder in (beside, "/usr/share/python-wheels"):
        sys.path[:0] = glob.glob(os.path.join(folder, "pip-*.whl"))

sys.argv[0] = "pip"
runpy.run_module("pip", run_name="__main__", alter_sys=True)
