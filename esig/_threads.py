"""How many threads may compute at once, unless the caller says so."""

import multiprocessing
import os


def processors():
    """The number of processors that this process may run on."""
    try:
        return len(os.sched_getaffinity(0))
    except (AttributeError, OSError):  # macOS, Windows and 2.7 have no such function
        try:
            return multiprocessing.cpu_count()
        except NotImplementedError:
            return 1
