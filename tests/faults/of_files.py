"""Kills, signals and errors at any change of a file; corrupt, replaced and missing files."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from world import STATE, Copy, Fault, FaultError, Run, World, expect


def with_shim(copy: Copy, at: int, **variables: int) -> Run:
    """A whole build in which something happens at a change of a file."""
    changes = copy.folder / "changes"
    changes.write_text("")
    copy.forget()
    copy.variables |= {
        "LD_PRELOAD": str(copy.world.shim),
        "CHANGES_FILE": str(changes),
        "CHANGES_MAX": str(at),
    } | {f"CHANGES_{name}": str(value) for name, value in variables.items()}
    return copy.run()


def killed(at: int, copy: Copy) -> None:
    expect(with_shim(copy, at), -signal.SIGKILL)


def signalled(number: int, at: int, copy: Copy) -> None:
    run = with_shim(copy, at, SIGNAL=number)
    # A signal may come before it is heeded, or after all was done.
    expect(run, (0, 128 + number, -number))
    told = "interrupted" in run.out or "the run ended before" in run.out
    is_whole = copy.wheelhouse() == copy.world.reference
    if run.code == 128 + number and not told and not is_whole:
        raise FaultError("it does not say that it was interrupted")


def failing(error: int, at: int, copy: Copy) -> None:
    run = with_shim(copy, at, ERROR=error)
    expect(run, (0, 1), *([os.strerror(abs(error))] if copy.wheelhouse() == {} else []))
    if run.code == 0 and copy.wheelhouse() != copy.world.reference:
        raise FaultError("it ends well, and not all is there")


def at_changes(world: World, chance: random.Random) -> Iterator[Fault]:
    """Kills, signals and errors, each at points of their own."""
    counted = world.copy("count")
    expect(with_shim(counted, 0), 0)
    whole = (counted.folder / "changes").stat().st_size
    # At the end there is little left to break.
    points = partial(chance.sample, range(1, whole - 20))
    for at in points(k=50):
        yield f"killed at change {at} of {whole}", partial(killed, at)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        for at in points(k=12):
            yield f"{number.name} at change {at}", partial(signalled, number, at)
    for at in points(k=40):
        yield f"no space from change {at} on", partial(failing, errno.ENOSPC, at)
    for error in (errno.EIO, errno.EROFS, errno.EDQUOT):
        for at in points(k=6):
            yield f"{errno.errorcode[error]} from change {at} on", partial(failing, -error, at)


def keep_time(path: Path, change: Callable[[], None]) -> None:
    """A change that size and time do not show."""
    before = path.stat()
    change()
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def flip(path: str, at: float, again: bool, copy: Copy) -> None:
    file = copy.root / path
    content = bytearray(file.read_bytes())
    content[int(at * len(content))] ^= 4
    keep_time(file, lambda: drop(file.write_bytes(content)))
    if again:
        copy.forget("core", "binding", "assemble", "audit", "test", "promote", "sdist", "unp")
    expect(copy.run(), 0)
    if copy.wheelhouse() != copy.world.reference:
        raise FaultError("it gives other bytes")


def flips(world: World, chance: random.Random) -> Iterator[Fault]:
    """A bit of each file flips; then all that is made of it is made again, or nothing is."""
    seed = world.seed.root
    for file in sorted((seed / "target").rglob("*")):
        path = str(file.relative_to(seed))
        is_log = "/logs/" in path or file.name.startswith(("lock", "durations"))
        if file.is_file() and not file.is_symlink() and file.stat().st_size > 0 and not is_log:
            where = chance.random()
            yield f"bit: {path}", partial(flip, path, where, True)
    for file in sorted((seed / "wheelhouse").iterdir()):
        path = str(file.relative_to(seed))
        yield f"bit: {path}", partial(flip, path, chance.random(), False)


def drop(_value: object) -> None:
    """For what gives something that nobody needs."""


def replaced(path: str, change: Callable[[Path], None], copy: Copy) -> None:
    change(next(iter(copy.root.glob(path))))
    copy.forget()
    expect(copy.run(), 0)
    if copy.wheelhouse() != copy.world.reference:
        raise FaultError("it gives other bytes")


def remove(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def script(path: Path) -> None:
    path.unlink()
    path.write_text("#!/bin/sh\nexit 0\n")
    path.chmod(0o755)


def link(path: Path) -> None:
    remove(path)
    path.symlink_to("/bin/true")


def folder(path: Path) -> None:
    remove(path)
    path.mkdir()
    (path / "a").write_text("b")


def file(path: Path) -> None:
    remove(path)
    path.write_text("no folder")


def pipe(path: Path) -> None:
    if path.exists():
        remove(path)
    os.mkfifo(path)


def poison(path: Path) -> None:
    """Compiled code that agrees with everything."""
    code = "import py_compile, sys; py_compile.compile(sys.argv[1], cfile=sys.argv[2])"
    source, cache = path.parent / "poison.py", path / "__pycache__"
    source.write_text("raise SystemExit(0)\n")
    cache.mkdir(exist_ok=True)
    about = (path / "__main__.py").stat()
    os.utime(source, ns=(about.st_atime_ns, about.st_mtime_ns))
    tag = f"cpython-3{sys.version_info.minor}"
    target = cache / f"__main__.{tag}.pyc"
    subprocess.run([sys.executable, "-c", code, source, target], check=True)
    source.unlink()


def garbage(path: Path) -> None:
    path.write_bytes(b"\0" * 64)


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


def unnoted(change: Callable[[Path], None], copy: Copy) -> None:
    """What came of the tests cannot be noted; what was made is told all the same."""
    change(copy.root / STATE / "tested.intoto.jsonl")
    copy.forget()
    expect(copy.run(), 1, "✓ 1 tested", "tested.intoto.jsonl`: ", "hint: remove it, and have")
    remove(copy.root / STATE / "tested.intoto.jsonl")


def replacements(world: World, _chance: random.Random) -> Iterator[Fault]:
    """Something under target/ is gone, or something else."""
    tools = f"{STATE}/tools"

    changes = {
        "gone": remove,
        "a script": script,
        "a link": link,
        "a folder": folder,
        "a pipe": pipe,
    }
    python = f"{tools}/lib/python3*/site-packages"
    for path in (
        f"{tools}/bin/python", f"{tools}/bin/python3", f"{tools}/pyvenv.cfg",
        f"{python}/ziglang/zig", f"{python}/pip/__main__.py", f"{python}/abi3audit/__main__.py",
        f"{STATE}/fetched/*/*.whl", f"{STATE}/journal/tools.json", f"{STATE}/core/*/libalgebra.a",
        f"{STATE}/sdist/*.gz", f"{STATE}/wheels/*.whl",
    ):  # fmt: skip
        for way, change in changes.items():
            yield f"{path}: {way}", partial(replaced, path, change)
    for path in (tools, f"{STATE}/journal", f"{STATE}/source", f"{STATE}/stage", f"{STATE}/test",
                 f"{STATE}/logs", f"{STATE}/core", f"{STATE}/binding", f"{python}/ziglang",
                 f"{STATE}/fetched", f"{STATE}/wheels", f"{STATE}/sdist"):  # fmt: skip
        yield f"{path}: gone", partial(replaced, path, remove)
    for name in ("abi3audit", "pip", "build"):
        yield f"{name}: poisoned", partial(replaced, f"{python}/{name}", poison)
    for path in (f"{STATE}/journal/core*.json", f"{STATE}/lock", f"{STATE}/lock-holder",
                 f"{STATE}/logs/core*.log", "wheelhouse/*.whl", f"{STATE}/durations.json",
                 f"{STATE}/tested.intoto.lock"):  # fmt: skip
        yield f"{path}: garbage", partial(replaced, path, garbage)
        yield f"{path}: a pipe", partial(replaced, path, pipe)
    for path in (f"{STATE}/test", f"{STATE}/core", f"{STATE}/binding", f"{STATE}/stage"):
        yield f"{path}: a file", partial(replaced, path, file)


def oddities(_world: World, _chance: random.Random) -> Iterator[Fault]:
    """Pipes, and files without end, where no run puts any."""
    for name in ("test", "core", "binding", "stage"):
        yield f"{name}: a pipe instead", partial(replaced, f"{STATE}/{name}", pipe)
    for name in ("durations.json", "lock-holder"):
        yield f"{name}: huge", partial(replaced, f"{STATE}/{name}", huge)
    for change in (folder, pipe, huge):
        yield f"records: {change.__name__}", partial(unnoted, change)
