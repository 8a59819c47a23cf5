"""Compilers, tests, interpreters and networks that do not end, or end badly."""

from __future__ import annotations

import os
import platform
import random
import resource
import shutil
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import index
from world import STATE, WHEELS, Copy, Fault, FaultError, World, expect

ENDED = "did not end within 1.5 s and was ended"

#: What a stand-in does, and what is said of it.
COMPILER_FAULTS = {
    "hang": ENDED,
    "hang deaf": ENDED,
    "hang in a session": ENDED,
    "close and stay": ENDED,
    "half and hang": ENDED,
    "flood for ever": ENDED,
    "half and crash": "signal: 11",
    "crash": "signal: 11",
    "abort": "signal: 6",
    "fail": "error: no",
    "fail silently": "exit status: 77",
    "make nothing": "cannot read|No such file",
    "make nothing of it": "ended with|audit",
    "garbage": "ended with|audit",
    "half": "ended with|audit",
    "make a folder": "ended with",
    "make a link": "ended with",
    # On a busy machine the time may be over first.
    "flood": f"ended with|{ENDED}",
    "one endless line": f"ended with|{ENDED}",
    "escapes": "error: no",
    "fill the disk": f"ended with|large|{ENDED}",
}

STAGES = ["core", "archive", "stub", "bind", "link"]

INTERRUPTIONS = {
    "interrupt the helper": 130,
    "terminate the helper": 143,
    "hang up the helper": 129,
    "interrupt twice": 130,
    "interrupt, deaf": 130,
    "kill the helper": -9,
}


def failing(stage: str, way: str, said: str, copy: Copy) -> None:
    copy.fault(f"{stage} {way}")
    copy.forget()
    copy.limit(compile=1.5)
    run = copy.run()
    expect(run, 1, said)
    # A wheel of an earlier build looks like the result of this one.
    if any(name.endswith(".whl") for name in copy.wheelhouse()):
        raise FaultError("the wheel is still there")


def leaving(stage: str, way: str, copy: Copy) -> None:
    copy.fault(f"{stage} {way}")
    copy.forget()
    expect(copy.run(), 0)


def interrupting(stage: str, way: str, code: int, copy: Copy) -> None:
    copy.fault(f"{stage} {way}")
    copy.forget()
    run = copy.run()
    expect(run, code)
    if code > 0 and way != "interrupt twice":
        expect(run, code, "… 1 not reached", "the run was interrupted")
        if "✗" in run.said:
            raise FaultError(f"it says that something failed: {run.said}")


def compilers(_world: World, _chance: random.Random) -> Iterator[Fault]:
    """Each way to fail, at each stage."""
    for stage in STAGES:
        for way, said in COMPILER_FAULTS.items():
            # An archive of nothing is linked as well as any other.
            if way == "make nothing of it" and stage != "link":
                said = "ended with"
            yield f"compiler: {stage}: {way}", partial(failing, stage, way, said)
        for way in ("leave a daemon", "leave a quiet daemon"):
            yield f"compiler: {stage}: {way}", partial(leaving, stage, way)
        for way, code in INTERRUPTIONS.items():
            yield f"compiler: {stage}: {way}", partial(interrupting, stage, way, code)


def failing_test(way: str, said: str, copy: Copy) -> None:
    copy.fault(f"test {way}")
    copy.forget()
    copy.limit(test=1.5)
    expect(copy.run(), 1, said)
    if any(name.endswith(".whl") for name in copy.wheelhouse()):
        raise FaultError("a wheel that was not tested is in the wheelhouse")


def flooding(copy: Copy) -> None:
    copy.fault("test flood")
    copy.forget()
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    expect(copy.run(), 0)
    after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    if after > max(before, 100 << 10):
        raise FaultError(f"it takes {after >> 10} MiB")
    log = next((copy.root / STATE / "logs").glob("test-*.log")).read_bytes()
    if len(log) > 40 << 20 or b"bytes are left out" not in log:
        raise FaultError(f"the log has {len(log)} bytes")


def tests(_world: World, _chance: random.Random) -> Iterator[Fault]:
    """The self-test of a wheel does not end, or ends badly."""
    for way, said in {
        "hang": ENDED,
        "crash": "signal: 6",
        "silent": "no test ran",
        "fail": "1 failed",
    }.items():
        yield f"self-test: {way}", partial(failing_test, way, said)
    yield "self-test: flood", flooding


#: What stands on PATH as `python3.12`.
INTERPRETERS = {
    "hang": "exec sleep 1000",
    "hang deaf": "trap '' TERM INT HUP; while :; do sleep 1; done",
    "hang in a session": "setsid sleep 1000; exec sleep 1000",
    "close and stay": "exec >&- 2>&-; sleep 1000",
    "leave a daemon": "setsid sleep 1000 & exit 0",
    "leave a quiet daemon": "setsid sleep 1000 > /dev/null 2>&1 & exit 0",
    "leave a daemon without a mark": "setsid env -i sleep 1000 > /dev/null 2>&1 & exit 0",
    "crash": "kill -SEGV $$",
    "say nothing": "exit 0",
    "fail": "exit 3",
    "garbage": "head -c 100000 /dev/urandom",
    "flood": "exec yes",
    "flood of errors": "yes >&2",
    "escapes": r"printf '\033[2J\033]0;x\007\033[31m' >&2; exit 1",
    "not JSON": "echo '{\"executable\": 3'",
    "no executable": None,
}  # fmt: skip


def lying(script: str | None, words: list[str], copy: Copy) -> None:
    """What did not answer is named; if it is of a wheel that is named, that is a failure."""
    folder = copy.folder / "extra"
    folder.mkdir()
    is_named = any(word.startswith("cp39-") for word in words)
    program = folder / ("python3.9" if is_named else "python3.12")
    program.write_text(f"#!/bin/sh\n{script}\n" if script else "\x7fELF")
    program.chmod(0o755)
    copy.variables["PATH"] = f"{folder}:{copy.world.folder / 'bin'}"
    begun = time.monotonic()
    run = copy.run(*words)
    expect(run, 1 if is_named else 0)
    if "wheels" in words and str(program) not in run.said:
        raise FaultError(f"it does not say who did not answer: {run.said}")
    if time.monotonic() - begun > 60:
        raise FaultError("it waits for ever")


def killing(copy: Copy) -> None:
    """Whoever is killed leaves nothing either."""
    program = copy.folder / "extra/python3.12"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nkill -KILL $PPID\nexec setsid sleep 1000\n")
    program.chmod(0o755)
    copy.variables["PATH"] = f"{program.parent}:{copy.world.folder / 'bin'}"
    expect(copy.run("list"), -9)


def odd(make: Callable[[Path], None], copy: Copy) -> None:
    folder = copy.folder / "extra"
    folder.mkdir()
    make(folder / "python3.12")
    copy.variables["PATH"] = f"{folder}:{copy.world.folder / 'bin'}"
    expect(copy.run(), 0)


def interpreters(_world: World, _chance: random.Random) -> Iterator[Fault]:
    """An interpreter on PATH does not answer, or answers nonsense."""
    for way, script in INTERPRETERS.items():
        wheels = [f"{name}-manylinux_{platform.machine()}" for name in ("cp39", "cp311_abi3")]
        every = {"wheels": WHEELS, "list": ["list"], "named": [*WHEELS, *wheels]}
        for name, words in every.items():
            yield f"interpreter: {name}: {way}", partial(lying, script, words)
    yield "interpreter: kills the helper", killing
    for way, make in {
        "a folder": lambda path: path.mkdir(),
        "a dangling link": lambda path: path.symlink_to("nowhere"),
        "a link to itself": lambda path: path.symlink_to(path.name),
        "a pipe": lambda path: os.mkfifo(path),
        "not executable": lambda path: path.write_text("x"),
        "empty": lambda path: path.touch(0o755),
    }.items():
        yield f"interpreter: {way}", partial(odd, make)


def fetching(what: str, way: str, copy: Copy) -> None:
    copy.way = way
    copy.limit(fetch=6)
    copy.forget(what)
    shutil.rmtree(copy.root / STATE / ("fetched" if what == "fetch" else what))
    if way == "closed":
        copy.variables["PIP_INDEX_URL"] = "http://127.0.0.1:9/well/simple"
    expect(copy.run(), 1, "hint: |ended with|did not end within")


def networks(_world: World, _chance: random.Random) -> Iterator[Fault]:
    """The index lies while requirements, or tools, are fetched."""
    for what in ("fetch", "tools"):
        for way in [*index.WAYS, "closed"]:
            yield f"index: {what}: {way}", partial(fetching, what, way)
