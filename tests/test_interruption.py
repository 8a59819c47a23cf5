"""A signal ends any call, however long it would take: these would take hours or days."""

from __future__ import annotations

import pytest
from conftest import Run

# The thread that interrupts waits for the interpreter lock, and nothing gives that away but the
# call: so it has begun. It cannot end by itself, so it was interrupted if it ends at all.
INTERRUPT = """
import _thread, signal, sys, threading, numpy, esig
# Whoever runs the tests in the background has us ignore it.
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.setswitchinterval(3600)
path = numpy.random.default_rng(0).normal(size=(1, 3))
endless = numpy.broadcast_to(path, (10**12, 3))
many = numpy.broadcast_to(path, (64, 10**11, 3))
signature = esig.stream2sig(numpy.ones((2, 3)), 4)
go = threading.Event()

def interrupt():
    go.wait()
    _thread.interrupt_main()

thread = threading.Thread(target=interrupt)
thread.start()
try:
    go.set()
    {call}
except KeyboardInterrupt:
    print("interrupted")
thread.join()
assert esig.stream2sig([[0.0], [1.0]], 2).tolist() == [1.0, 1.0, 0.5]
"""

CALLS = [
    "esig.stream2sig(endless, 4)",
    "esig.stream2sig(endless, 1)",
    "esig.stream2sig(endless[:, :1], 4)",
    "esig.stream2sig(endless, 4, dtype='f4')",
    "esig.stream2logsig(endless, 4)",
    "esig.stream2sig(many, 4, n_jobs=1)",
    "esig.stream2sig(many, 4, n_jobs=3)",
    "esig.stream2logsig(many, 4, n_jobs=3)",
    "esig.stream2sig([endless] * 5, 4, n_jobs=2)",
    "esig.sliding2sig(endless, 4, 10**11, 10**11)",
    "esig.sliding2logsig(endless, 4, 10**11, 10**11, n_jobs=2)",
    "esig.expanding2sig(endless, 4, 10**11, 10**11)",
    "esig.extend(signature, endless, 4)",
]


@pytest.mark.parametrize("call", CALLS)
def test_a_signal_ends_a_call(run_python: Run, call: str) -> None:
    finished = run_python("-c", INTERRUPT.format(call=call))
    assert finished.stdout == "interrupted\n", finished.stderr
    assert finished.returncode == 0, finished.stderr


def test_what_a_signal_handler_raises_comes_through(run_python: Run) -> None:
    code = INTERRUPT.replace(
        "go = threading",
        "def handle(*_):\n    raise OSError('mine')\n\n"
        "signal.signal(signal.SIGINT, handle)\ngo = threading",
        1,
    ).replace("except KeyboardInterrupt", "except OSError")
    finished = run_python("-c", code.format(call="esig.stream2sig(many, 4, n_jobs=2)"))
    assert finished.stdout == "interrupted\n", finished.stderr


def test_a_signal_whose_handler_returns_ends_nothing(run_python: Run) -> None:
    code = """
import _thread, signal, sys, threading, numpy, esig
sys.setswitchinterval(3600)
paths = numpy.random.default_rng(0).normal(size=(200, 500, 4))
expected = esig.stream2sig(paths, 5).tobytes()
seen = []
signal.signal(signal.SIGINT, lambda *_: seen.append(True))
for calls in range(1, 6):
    go = threading.Event()
    thread = threading.Thread(target=lambda: (go.wait(), _thread.interrupt_main()))
    thread.start()
    go.set()
    assert esig.stream2sig(paths, 5, n_jobs=2).tobytes() == expected
    thread.join()
    assert len(seen) == calls

# This call ends at the second signal if the first one did not end it.
handled = threading.Event()

def handle(*_):
    if handled.is_set():
        raise OSError("mine")
    handled.set()

def interrupt_twice():
    go.wait()
    _thread.interrupt_main()
    handled.wait()
    _thread.interrupt_main()

signal.signal(signal.SIGINT, handle)
go = threading.Event()
thread = threading.Thread(target=interrupt_twice)
thread.start()
try:
    go.set()
    esig.stream2sig(numpy.broadcast_to(paths[0, :1], (64, 10**11, 4)), 5, n_jobs=2)
except OSError:
    print("interrupted")
thread.join()
"""
    finished = run_python("-c", code)
    assert finished.stdout == "interrupted\n", finished.stderr
    assert finished.returncode == 0, finished.stderr
