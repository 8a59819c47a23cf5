"""Odd environments, small limits, many runs at once, outputs that fail and terminals that go."""

from __future__ import annotations

import contextlib
import os
import pty
import random
import resource
import signal
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from world import STATE, WHEELS, Copy, Fault, FaultError, Run, World, expect

ENVIRONMENTS = {
    "PYTHONPATH": "/nonexistent",
    "PYTHONHOME": "/nonexistent",
    "PYTHONSTARTUP": "/etc/passwd",
    "PYTHONWARNINGS": "error",
    "PYTHONIOENCODING": "utf-16",
    "PYTHONVERBOSE": "1",
    "PYTHONPROFILEIMPORTTIME": "1",
    "PYTHONDEVMODE": "1",
    "PYTHONOPTIMIZE": "2",
    "PYTHONMALLOC": "debug",
    "PYTHONUTF8": "0",
    "PYTHONPLATLIBDIR": "lib64",
    "PIP_TARGET": "/nonexistent",
    "PIP_REQUIRE_VIRTUALENV": "1",
    "PIP_NO_INDEX": "1",
    "PIP_ONLY_BINARY": ":none:",
    "CC": "/bin/false",
    "CFLAGS": "-Werror",
    "LDFLAGS": "-lnothing",
    "CPATH": "/nonexistent",
    "SOURCE_DATE_EPOCH": "0",
    "ZIG_LIB_DIR": "/nonexistent",
    "VIRTUAL_ENV": "/nonexistent",
    "GIT_DIR": "/nonexistent",
    "GIT_INDEX_FILE": "/nonexistent",
    "GIT_WORK_TREE": "/",
    "LC_ALL": "xx_YY",
    "LANG": "C",
    "TERM": "nonsense",
    "COLUMNS": "0",
    "NO_COLOR": "1",
    "CLICOLOR_FORCE": "1",
    "RUST_BACKTRACE": "full",
    "RUST_LOG": "trace",
    "TZ": "Nowhere/Else",
    "HOME": "/nonexistent",
    "TMPDIR": "/nonexistent",
    "XTASK_RUN": "another",
    "GITHUB_ACTIONS": "true",
    "SHELL": "/bin/false",
    "BASH_ENV": "/nonexistent",
    "ENV": "/nonexistent",
    "IFS": "/",
    "POSIXLY_CORRECT": "1",
}


def builds(copy: Copy, **options: object) -> None:
    copy.forget()
    expect(copy.run(**options), 0)
    if copy.wheelhouse() != copy.world.reference:
        raise FaultError("it gives other bytes")


def variable(name: str, value: str, copy: Copy) -> None:
    copy.variables[name] = value
    builds(copy)


def masked(mask: int, copy: Copy) -> None:
    builds(copy, umask=mask)


def shadowed(copy: Copy) -> None:
    """Somebody's scratch files have the names of Python's own modules."""
    for name in ("json", "platform", "pip", "struct", "tarfile", "venv", "zipfile"):
        (copy.root / f"{name}.py").write_text("raise SystemExit('not this one')\n")
    builds(copy)


def deaf(copy: Copy) -> None:
    """Whoever starts the helper does not want to know how its own programs end."""
    builds(copy, preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))


def moved(name: str, copy: Copy) -> None:
    there = copy.folder / name
    copy.root.rename(there)
    copy.forget = lambda *_stages: None  # type: ignore[method-assign]
    run = copy.run(cwd=there)
    there.rename(copy.root)
    expect(run, 0)


def path(text: str, copy: Copy) -> None:
    variable("PATH", text.format(bin=copy.world.folder / "bin", extra=copy.folder / "tmp"), copy)


def environments(world: World, _chance: random.Random) -> Iterator[Fault]:
    """Variables and places that would bend a build."""
    for name, value in ENVIRONMENTS.items():
        yield f"variable: {name}={value}", partial(variable, name, value)
    yield "modules of somebody in the checkout", shadowed
    yield "SIGCHLD is ignored", deaf
    for mask in (0o000, 0o022, 0o027, 0o077):
        yield f"umask {mask:03o}", partial(masked, mask)
    for name in ("a b", "it's", "ä漢", "$HOME", 'a"b', "a;b", "-n", "a" * 120, "#", "%s", "a:b"):
        yield f"a checkout called {name}", partial(moved, name)
    for text in ("{bin}:", ":{bin}", "{bin}:.", "{bin}:nowhere", "{extra}:{bin}",
                 "{bin}:" + "/x" * 2000, "{bin}::{bin}:{bin}"):  # fmt: skip
        yield f"PATH {text[:20]}", partial(path, text)


def limited(what: int, value: int, codes: tuple[int, ...], copy: Copy) -> None:
    copy.forget()

    def lower() -> None:
        resource.setrlimit(what, (value, value))

    run = copy.run(preexec_fn=lower)
    expect(run, codes)
    if run.code == 0 and copy.wheelhouse() != copy.world.reference:
        raise FaultError("it ends well, and not all is there")


def limits(world: World, _chance: random.Random) -> Iterator[Fault]:
    """The system gives little."""
    for files in (256, 64, 48, 32, 24):
        yield f"{files} files", partial(limited, resource.RLIMIT_NOFILE, files, (0,))
    for files in (20, 16, 12, 10, 8, 6):
        yield f"{files} files", partial(limited, resource.RLIMIT_NOFILE, files, (0, 1))
    for size in (1 << 10, 1 << 12, 1 << 14):
        # The system ends whoever writes more, us too.
        codes = (0, 1, -signal.SIGXFSZ)
        yield f"files of {size} bytes", partial(limited, resource.RLIMIT_FSIZE, size, codes)
    yield "no core files", partial(limited, resource.RLIMIT_CORE, 0, (0,))
    yield "a stack of 512 KiB", partial(limited, resource.RLIMIT_STACK, 512 << 10, (0,))


def at_once(count: int, kills: list[int], copy: Copy) -> None:
    copy.forget()
    runs = [copy.start() for _ in range(count)]
    for number in kills:
        time.sleep(0.1)
        runs[number].send_signal(signal.SIGKILL)
    ended = [run.communicate() for run in runs]
    for number, run in enumerate(runs):
        out, err = (text.decode() for text in ended[number])
        if number in kills and run.returncode == -signal.SIGKILL:
            continue
        expect(Run(run.returncode, out, err), 0)
    if copy.wheelhouse() != copy.world.reference:
        raise FaultError("they give other bytes")


def hasty(copy: Copy) -> None:
    copy.fault("core hang")
    copy.forget()
    copy.limit(compile=30)
    first = copy.start()
    log = copy.root / STATE / "logs/core-manylinux_x86_64.log"
    log.unlink(missing_ok=True)
    while not log.exists() and first.poll() is None:
        time.sleep(0.05)
    run = copy.run(*WHEELS, "--no-wait")
    first.send_signal(signal.SIGINT)
    first.communicate()
    expect(run, 1, f"process {first.pid}, `cargo xtask wheels --builder zig", "--no-wait")


def together(world: World, chance: random.Random) -> Iterator[Fault]:
    """Several runs at once; some are killed."""
    for count in (2, 2, 3, 5, 5):
        for kind in ("all live", "one is killed", "all but one are killed"):
            number = chance.randrange(count)
            kills = {"all live": [], "one is killed": [number]}.get(
                kind, [other for other in range(count) if other != number]
            )
            name = f"{count} runs: {kind} ({number}, {chance.randrange(10**6)})"
            yield name, partial(at_once, count, kills)
    yield "a hasty second run", hasty


def whole(copy: Copy) -> None:
    if copy.wheelhouse() != copy.world.reference:
        raise FaultError("not all is there")


def full(streams: list[str], words: list[str], copy: Copy) -> None:
    copy.forget()
    with Path("/dev/full").open("wb") as device:
        run = copy.run(*WHEELS, *words, **dict.fromkeys(streams, device))
    expect(run, 0)
    whole(copy)


def close(numbers: list[int]) -> None:
    """Has the helper begin without these."""
    for number in numbers:
        os.close(number)


def closed(numbers: list[int], words: list[str], copy: Copy) -> None:
    copy.forget()
    run = copy.run(*WHEELS, *words, preexec_fn=partial(close, numbers))
    expect(run, 0)
    whole(copy)


def unread(words: list[str], copy: Copy) -> None:
    copy.forget()
    process = copy.start(*WHEELS, *words)
    for pipe in (process.stdout, process.stderr):
        assert pipe
        pipe.close()
    expect(Run(process.wait(), "", ""), 0)
    whole(copy)


def stuck(words: list[str], copy: Copy) -> None:
    """Nobody reads before the run has ended."""
    copy.fault("test flood")
    copy.forget()
    reader, writer = os.pipe()
    process = copy.start(*WHEELS, *words, stderr=writer)
    os.close(writer)
    out, _ = process.communicate(timeout=120)
    os.close(reader)
    expect(Run(process.returncode, out.decode(), ""), 0)
    whole(copy)


def outputs(world: World, _chance: random.Random) -> Iterator[Fault]:
    """Nobody reads, or nobody can write, what is told."""
    for name, words in {"": [], " -q": ["-q"], " -v": ["-v"], " --json": ["--json"]}.items():
        for streams in (["stdout"], ["stderr"], ["stdout", "stderr"]):
            yield f"full {' '.join(streams)}{name}", partial(full, streams, words)
        for numbers in ([0], [1], [2], [0, 1, 2], [1, 2]):
            yield f"closed {numbers}{name}", partial(closed, numbers, words)
        yield f"unread{name}", partial(unread, words)
        yield f"nobody reads{name}", partial(stuck, words)


def gone(ignored: bool, length: int, words: list[str], copy: Copy) -> None:
    copy.forget()
    ours, theirs = pty.openpty()

    def lead() -> None:
        os.setsid()
        if ignored:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

    process = copy.start(
        *WHEELS, *words, stdin=theirs, stdout=theirs, stderr=theirs, preexec_fn=lead
    )
    os.close(theirs)
    read = 0
    with contextlib.suppress(OSError):
        while read < length and process.poll() is None:
            read += len(os.read(ours, 64))
    os.close(ours)
    code = process.wait(timeout=120)
    expect(Run(code, "", ""), 0 if ignored else (0, 129))
    if code == 0:
        whole = copy.wheelhouse() == copy.world.reference
        if not whole:
            raise FaultError("it ends well, and not all is there")


def dumb(name: str, copy: Copy) -> None:
    copy.variables["TERM"] = name
    copy.forget()
    ours, theirs = pty.openpty()
    process = copy.start(stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    said = b""
    with contextlib.suppress(OSError):
        while piece := os.read(ours, 1 << 16):
            said += piece
    os.close(ours)
    expect(Run(process.wait(), said.decode(), ""), 0)
    whole(copy)


def terminals(world: World, chance: random.Random) -> Iterator[Fault]:
    """The terminal goes away while a build runs."""
    for name in ("dumb", ""):
        yield f"a terminal called `{name}`", partial(dumb, name)
    for ignored in (True, False):
        for name, words in {"": [], " -v": ["-v"], " -q": ["-q"]}.items():
            for _ in range(4):
                length = chance.randrange(1, 1500)
                word = "ignored" if ignored else "heeded"
                yield (
                    f"terminal gone after {length} bytes, SIGHUP {word}{name}",
                    partial(gone, ignored, length, words),
                )
