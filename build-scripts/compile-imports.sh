#!/usr/bin/env bash
# Has an interpreter compile what a self-test imports of it, and keep that beside the sources.
# usage: compile-imports.sh PYTHON
# Tests leave no byte code behind: each would compile this anew, which takes longer than the tests
# where the processor is emulated.
set -euo pipefail

PYTHONDONTWRITEBYTECODE='' "$1" -S - << 'IMPORTS'
import csv, difflib, json, multiprocessing, platform, runpy, sysconfig, tempfile, unittest

try:
    import numpy.testing
except ImportError:
    pass  # it has none, or brings none
IMPORTS
