"""Checks that the interpreter that runs it is the one that was to be installed, with its headers.

usage: check-interpreter.py cp35m 3.5.10; every Python from 2.7 on runs it.
"""

import json
import os
import subprocess
import sys

FACTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../xtask/src/facts/host/facts.py")


def problem(facts, interpreter, release):
    """What is wrong with an interpreter that says this of itself, or None."""
    found = "cp{0[0]}{0[1]}{1}".format(facts["version"], facts["abi_suffix"])
    if (found, facts["release"]) != (interpreter, release):
        names = facts["release"], found, release, interpreter
        return "it is CPython {} ({}), not {} ({})".format(*names)
    return None if facts["include"] else "it has no headers"


def main():
    """Asks the interpreter as the build will."""
    interpreter, release = sys.argv[1:]
    answer = subprocess.check_output([sys.executable, "-S", "-E", FACTS])
    what = problem(json.loads(answer.decode()), interpreter, release)
    if what:
        sys.exit(sys.executable + ": " + what)
    print("CPython " + release + " works and has its headers")


if __name__ == "__main__":
    main()
