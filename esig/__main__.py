"""`python -m esig`: what is installed, for reports of bugs; `python -m esig signature` computes."""

from __future__ import print_function

import argparse
import os
import platform
import sys

import numpy

import esig
from esig import _command
from esig._library import tosig
from esig._threads import processors


def main(arguments=None):
    """Does what the arguments say; the result is the status of the process."""
    parser = argparse.ArgumentParser(
        prog="python -m esig",
        description="Without a command: what is installed, to be pasted into a report of a bug.",
    )
    parser.add_argument("--version", action="version", version=esig.get_version())
    commands = parser.add_subparsers(dest="command", metavar="signature")
    compute = commands.add_parser(
        "signature", help="compute signatures of the rows of a file; see `signature --help`"
    )
    commands.required = True
    _command.add_arguments(compute)
    arguments = sys.argv[1:] if arguments is None else arguments
    if not arguments:
        print(report())
        return 0
    return _command.run(parser.parse_args(arguments))


def report():
    """What somebody has to know who is to find out why esig does not work somewhere."""
    in_use, available = tosig._simd()
    lines = [
        ("esig", "{0}, {1}".format(esig.get_version(), esig.ESIG_PACKAGE_ROOT)),
        ("extension", "{0}, {1}".format(os.path.basename(tosig.__file__), _origin())),
        ("instructions", "{0}, of {1}".format(in_use, ", ".join(available))),
        ("threads", "at most {0}".format(processors())),
        (
            "backends",
            "{0}; in use: {1!r}".format(", ".join(esig.list_backends()), esig.get_backend()),
        ),
        ("memory limit", "{0} bytes".format(esig.get_memory_limit())),
        ("NumPy", "{0}, {1}".format(numpy.__version__, os.path.dirname(numpy.__file__))),
        ("Python", "{0} {1}".format(platform.python_implementation(), sys.version.split("\n")[0])),
        ("", sys.executable),
        ("system", platform.platform()),
    ]
    return "\n".join("{0:<14}{1}".format(*line) for line in lines)


def _origin():
    """Where the extension came from: who made the wheel, and who installed it."""
    if os.path.exists(os.path.join(esig.ESIG_PACKAGE_ROOT, "extension.json")):
        return "built in the checkout"
    try:
        from importlib.metadata import distribution

        found = distribution("esig")
        fields = [line.split(": ", 1) for line in found.read_text("WHEEL").splitlines() if line]
        tags = ", ".join(value for name, value in fields if name == "Tag")
        makers = ", ".join(value for name, value in fields if name == "Generator")
        installer = (found.read_text("INSTALLER") or "somebody").strip()
    # Before 3.8, or where the package was copied to its place.
    except Exception:
        return "of unknown origin"
    return "from the wheel for {0}, made by {1}, installed by {2}".format(tags, makers, installer)


if __name__ == "__main__":
    sys.exit(main())
