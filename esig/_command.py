"""`python -m esig signature`: from a file of points to a file of signatures."""

from __future__ import print_function

import csv
import io
import os
import sys
import uuid

import numpy
from numpy.lib.format import dtype_to_descr, write_array_header_1_0

import esig
from esig._arguments import as_depth
from esig._progress import Progress


class _MistakeError(Exception):
    """What the user can mend: it is told in a line."""


def add_arguments(parser):
    """What `signature` understands."""
    parser.description = (
        "Each row of the file is a point, each column a channel. A first line that has no numbers "
        "is taken for the names of the columns. A file .npy may hold an array of shape "
        "(paths, length, width) too. The result has a row for each path or window."
    )
    parser.add_argument("file", metavar="FILE", help="a .csv, or a .npy of float32 or float64")
    parser.add_argument("--depth", type=int, required=True, help="the length of the longest words")
    parser.add_argument("--log", action="store_true", help="log signatures in the Hall basis")
    parser.add_argument("--window", type=int, metavar="N", help="of every N points that follow")
    parser.add_argument(
        "--step", type=int, default=1, metavar="N", help="from a window to the next"
    )
    parser.add_argument("--delimiter", default=",", help="what is between the columns of a .csv")
    parser.add_argument(
        "--output", metavar="FILE", help="a .csv or a .npy; by default .csv is printed"
    )


def run(arguments):
    """Computes and writes; the result is the status of the process."""
    try:
        _check(arguments)
        paths = _read(arguments.file, arguments.delimiter)
        _write(arguments, paths)
    except KeyboardInterrupt:
        return 130
    except (_MistakeError, EnvironmentError, ValueError, RuntimeError, OverflowError) as error:
        print("error: {0}".format(error), file=sys.stderr)
        return 1
    except MemoryError:
        print("error: there is not enough memory", file=sys.stderr)
        return 1
    return 0


def _check(arguments):
    as_depth(arguments.depth)
    if arguments.step < 1 or (arguments.window is not None and arguments.window < 1):
        raise _MistakeError("--window and --step must be at least 1")
    if len(arguments.delimiter) != 1:
        raise _MistakeError(
            "--delimiter must be one character, not {0!r}".format(arguments.delimiter)
        )
    for name in (arguments.file, arguments.output):
        if name is not None and _kind(name) not in (".csv", ".npy"):
            raise _MistakeError("{0}: its name must end in .csv or .npy".format(name))


def _kind(name):
    return os.path.splitext(name)[1].lower()


def _read(name, delimiter):
    """The paths of a file, an array of shape (paths, length, width)."""
    if _kind(name) == ".csv":
        return _read_csv(name, delimiter)[None]
    paths = numpy.load(name, mmap_mode="r", allow_pickle=False)
    if paths.ndim not in (2, 3) or paths.dtype.char not in "fd":
        raise _MistakeError(
            "{0}: it has {1} of shape {2}, not float32 or float64 of shape (length, width) or "
            "(paths, length, width)".format(name, paths.dtype, paths.shape)
        )
    if paths.size == 0:
        raise _MistakeError("{0}: it has no numbers".format(name))
    return paths if paths.ndim == 3 else paths[None]


def _read_csv(name, delimiter):
    """The numbers of a .csv, an array of shape (rows, columns)."""
    rows = []
    with _open(name) as file, Progress("reading", os.path.getsize(name)) as progress:
        lines = csv.reader(_counted(file, progress), delimiter=delimiter)
        for cells in lines:
            if not cells:
                continue
            numbers = _numbers(cells)
            if not rows and lines.line_num == 1 and all(value is None for value in numbers):
                continue
            where = "{0}, line {1}".format(name, lines.line_num)
            if None in numbers:
                cell = cells[numbers.index(None)]
                raise _MistakeError("{0}: {1!r} is not a number".format(where, cell))
            if rows and len(numbers) != len(rows[0]):
                raise _MistakeError(
                    "{0}: it has {1} columns, but those before have {2}".format(
                        where, len(numbers), len(rows[0])
                    )
                )
            rows.append(numpy.array(numbers))
    if not rows:
        raise _MistakeError("{0}: it has no numbers".format(name))
    return numpy.array(rows)


def _open(name):
    """A file for the reader of 2.7, which wants bytes, or that of 3, which wants text."""
    if sys.version_info[0] == 2:
        return open(name, "rb")
    return io.open(name, newline="", encoding="utf-8-sig")


def _counted(file, progress):
    for line in file:
        progress.advance(len(line))
        yield line


def _numbers(cells):
    """The cells as numbers, None where one is not."""
    numbers = []
    for cell in cells:
        try:
            numbers.append(float(cell))
        except ValueError:
            numbers.append(None)
    return numbers


def _write(arguments, paths):
    """Computes, and writes a file that is there when it is whole; or prints."""
    width = paths.shape[2]
    count, length = len(paths), paths.shape[1]
    window = length if arguments.window is None else arguments.window
    windows = 1 if arguments.window is None else max(0, (length - window) // arguments.step + 1)
    if windows == 0:
        raise _MistakeError("no window of {0} points is in a path of {1}".format(window, length))
    if arguments.log:
        size, keys = esig.logsigdim(width, arguments.depth), esig.logsigkeys
    else:
        size, keys = esig.sigdim(width, arguments.depth), esig.sigkeys
    blocks = _blocks(arguments, paths, windows)
    with Progress("computing", count * windows) as progress:
        if arguments.output is None:
            _print_csv(sys.stdout, keys(width, arguments.depth), blocks, progress)
            return
        with _Whole(arguments.output) as name:
            if _kind(arguments.output) == ".npy":
                shape = (count,) * (count > 1) + (windows,) * (arguments.window is not None)
                _write_npy(name, shape + (size,), blocks, progress)
            else:
                with open(name, "w") as file:
                    _print_csv(file, keys(width, arguments.depth), blocks, progress)


def _blocks(arguments, paths, windows):
    """The rows of the result, many at a time."""
    if arguments.window is None:
        function = esig.stream2logsig if arguments.log else esig.stream2sig
        for begin in range(0, len(paths), 64):
            yield function(numpy.array(paths[begin : begin + 64]), arguments.depth)
        return
    function = esig.sliding2logsig if arguments.log else esig.sliding2sig
    many = max(256, -(-windows // 64))
    for path in paths:
        for begin in range(0, windows, many):
            last = min(begin + many, windows) - 1
            part = path[begin * arguments.step : last * arguments.step + arguments.window]
            yield function(
                numpy.array(part), arguments.depth, arguments.window, step=arguments.step
            )


def _print_csv(file, keys, blocks, progress):
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(keys.split())
    for block in blocks:
        rows.writerows([repr(value) for value in row] for row in block.tolist())
        progress.advance(len(block))


def _write_npy(name, shape, blocks, progress):
    number = dtype_to_descr(numpy.dtype(numpy.float64))
    with open(name, "wb") as file:
        header = {"descr": number, "fortran_order": False, "shape": shape}
        write_array_header_1_0(file, header)
        for block in blocks:
            file.write(block.tobytes())
            progress.advance(len(block))


class _Whole(object):
    """A file beside the one wanted, which takes its name if all went well, else is removed."""

    def __init__(self, name):
        self._name = name

    def __enter__(self):
        self._part = "{0}.{1}.part".format(self._name, uuid.uuid4().hex)
        # It is nobody else's, and has the rights of any new file.
        os.close(os.open(self._part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        return self._part

    def __exit__(self, kind, error, trace):
        if kind is None:
            getattr(os, "replace", os.rename)(self._part, self._name)
        else:
            os.remove(self._part)
