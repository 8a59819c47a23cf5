"""A progress bar for work that takes long."""

import sys
import time

_WIDTH = 30


class Progress(object):
    """Draws how much of some work is done, on a terminal, once it has taken a second.

    >>> import io
    >>> times = iter([0.0, 0.5, 2.0, 2.05, 4.0])
    >>> stream = type("Terminal", (io.StringIO,), {"isatty": lambda self: True})()
    >>> with Progress(u"computing", 10, stream, lambda: next(times)) as progress:
    ...     for _ in range(4):
    ...         progress.advance(2)
    >>> for line in stream.getvalue().strip().split(chr(13)):
    ...     print(line.strip())
    computing [############..................]  40 %
    computing [########################......]  80 %
    """

    def __init__(self, title, total, stream=None, clock=time.time):
        self._title = title
        self._total = max(total, 1)
        self._stream = sys.stderr if stream is None else stream
        self._clock = clock
        self._done = 0
        self._is_drawn = False
        self._next = clock() + 1.0 if self._stream.isatty() else float("inf")

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self._is_drawn:
            self._write(" " * (len(self._title) + _WIDTH + 9) + "\r")

    def advance(self, amount):
        """Counts some more of the work as done."""
        self._done += amount
        if self._next == float("inf"):
            return
        now = self._clock()
        if now < self._next:
            return
        self._next = now + 0.1
        share = min(float(self._done) / self._total, 1.0)
        filled = int(share * _WIDTH)
        bar = "#" * filled + "." * (_WIDTH - filled)
        self._write("{0} [{1}] {2:3d} %\r".format(self._title, bar, int(share * 100)))
        self._is_drawn = True

    def _write(self, text):
        self._stream.write(text)
        self._stream.flush()
