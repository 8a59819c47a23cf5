"""Every fault that is tried: its name, and what happens."""

from __future__ import annotations

import contextlib
import errno
import os
import pty
import random
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import index
from world import STATE, WHEELS, Action, Copy, Fell, Run, World, expect

Fault = tuple[str, Action]

#: How a program ends whose user wanted that.
INTERRUPTED = (130, 143, 129)


def all_of(world: World, seed: str) -> list[Fault]:
    """All faults, in an order that is always the same."""
    kinds: list[Callable[[World, random.Random], Iterator[Fault]]] = [
        at_changes, compilers, tests, interpreters, networks, flips, replacements, environments,
        limits, together, outputs, terminals,
    ]  # fmt: skip
    faults = [
        fault for kind in kinds for fault in kind(world, random.Random(f"{seed} {kind.__name__}"))
    ]
    assert len({name for name, _ in faults}) == len(faults), "names tell faults apart"
    return faults


# --- Killed, interrupted, or without space, at any change of a file ---------------------------


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


def at_changes(world: World, chance: random.Random) -> Iterator[Fault]:
    """Kills, signals and errors, each at points of their own."""
    counted = world.copy("count")
    expect(with_shim(counted, 0), 0)
    whole = (counted.folder / "changes").stat().st_size

    def points(count: int) -> list[int]:
        return sorted(chance.sample(range(1, whole - 20), count))

    def killed(at: int, copy: Copy) -> None:
        expect(with_shim(copy, at), -signal.SIGKILL)

    def signalled(number: int, at: int, copy: Copy) -> None:
        run = with_shim(copy, at, SIGNAL=number)
        # A signal may come before it is heeded, or after all was done.
        expect(run, (0, 128 + number, -number))
        if run.code == 128 + number and "interrupted" not in run.said + "the run ended before":
            raise Fell("it does not say that it was interrupted")

    def failing(error: int, at: int, copy: Copy) -> None:
        run = with_shim(copy, at, ERROR=error)
        expect(run, (0, 1), *([os.strerror(abs(error))] if copy.wheelhouse() == {} else []))
        if run.code == 0 and copy.wheelhouse() != world.reference:
            raise Fell("it ends well, and not all is there")

    for at in points(50):
        yield f"killed at change {at} of {whole}", partial(killed, at)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        for at in points(12):
            yield f"{number.name} at change {at}", partial(signalled, number, at)
    for at in points(40):
        yield f"no space from change {at} on", partial(failing, errno.ENOSPC, at)
    for error in (errno.EIO, errno.EROFS, errno.EDQUOT):
        for at in points(6):
            yield f"{errno.errorcode[error]} from change {at} on", partial(failing, -error, at)


# --- Compilers --------------------------------------------------------------------------------

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
    "flood": "ended with",
    "one endless line": "ended with",
    "escapes": "error: no",
    "fill the disk": "ended with|large",
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


def compilers(_world: World, _chance: random.Random) -> Iterator[Fault]:
    """Each way to fail, at each stage."""

    def failing(stage: str, way: str, said: str, copy: Copy) -> None:
        copy.fault(f"{stage} {way}")
        copy.forget()
        copy.limit(compile=1.5)
        run = copy.run()
        expect(run, 1, said)
        # A wheel of an earlier build looks like the result of this one.
        if any(name.endswith(".whl") for name in copy.wheelhouse()):
            raise Fell("the wheel is still there")

    def leaving(stage: str, way: str, copy: Copy) -> None:
        copy.fault(f"{stage} {way}")
        copy.forget()
        expect(copy.run(), 0)

    def interrupting(stage: str, way: str, code: int, copy: Copy) -> None:
        copy.fault(f"{stage} {way}")
        copy.forget()
        run = copy.run()
        expect(run, code)
        if code > 0 and way != "interrupt twice" and "interrupted" not in run.out:
            raise Fell(f"no table says that it was interrupted: {run.said}")

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


def tests(_world: World, _chance: random.Random) -> Iterator[Fault]:
    """The self-test of a wheel does not end, or ends badly."""

    def failing(way: str, said: str, copy: Copy) -> None:
        copy.fault(f"test {way}")
        copy.forget()
        copy.limit(test=1.5)
        expect(copy.run(), 1, said)
        if any(name.endswith(".whl") for name in copy.wheelhouse()):
            raise Fell("a wheel that was not tested is in the wheelhouse")

    def flooding(copy: Copy) -> None:
        copy.fault("test flood")
        copy.forget()
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        expect(copy.run(), 0)
        after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        if after > max(before, 100 << 10):
            raise Fell(f"it takes {after >> 10} MiB")
        log = next((copy.root / STATE / "logs").glob("test-*.log")).read_bytes()
        if len(log) > 40 << 20 or b"bytes are left out" not in log:
            raise Fell(f"the log has {len(log)} bytes")

    for way, said in {
        "hang": ENDED,
        "crash": "signal: 6",
        "silent": "no test ran",
        "fail": "1 failed",
    }.items():
        yield f"self-test: {way}", partial(failing, way, said)
    yield "self-test: flood", flooding


# --- Interpreters -----------------------------------------------------------------------------

#: What stands on PATH as `python3.12`.
INTERPRETERS = {
    "hang": "exec sleep 1000",
    "hang deaf": "trap '' TERM INT HUP; while :; do sleep 1; done",
    "hang in a session": "setsid sleep 1000; exec sleep 1000",
    "close and stay": "exec >&- 2>&-; sleep 1000",
    "leave a daemon": "setsid sleep 1000 & exit 0",
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


def interpreters(_world: World, _chance: random.Random) -> Iterator[Fault]:
    """An interpreter on PATH does not answer, or answers nonsense."""

    def lying(script: str | None, words: list[str], copy: Copy) -> None:
        folder = copy.folder / "extra"
        folder.mkdir()
        program = folder / "python3.12"
        program.write_text(f"#!/bin/sh\n{script}\n" if script else "\x7fELF")
        program.chmod(0o755)
        copy.variables["PATH"] = f"{folder}:{copy.world.folder / 'bin'}"
        begun = time.monotonic()
        run = copy.run(*words)
        expect(run, 0)
        if "wheels" in words and str(program) not in run.said:
            raise Fell(f"it does not say who did not answer: {run.said}")
        if time.monotonic() - begun > 60:
            raise Fell("it waits for ever")

    def odd(make: Callable[[Path], None], copy: Copy) -> None:
        folder = copy.folder / "extra"
        folder.mkdir()
        make(folder / "python3.12")
        copy.variables["PATH"] = f"{folder}:{copy.world.folder / 'bin'}"
        expect(copy.run(), 0)

    for way, script in INTERPRETERS.items():
        for name, words in {"wheels": WHEELS, "list": ["list"]}.items():
            yield f"interpreter: {name}: {way}", partial(lying, script, words)
    for way, make in {
        "a folder": lambda path: path.mkdir(),
        "a dangling link": lambda path: path.symlink_to("nowhere"),
        "a link to itself": lambda path: path.symlink_to(path.name),
        "a pipe": lambda path: os.mkfifo(path),
        "not executable": lambda path: path.write_text("x"),
        "empty": lambda path: path.touch(0o755),
    }.items():
        yield f"interpreter: {way}", partial(odd, make)


# --- Networks ---------------------------------------------------------------------------------


def networks(_world: World, _chance: random.Random) -> Iterator[Fault]:
    """The index lies while requirements, or tools, are fetched."""

    def fetching(what: str, way: str, copy: Copy) -> None:
        copy.way = way
        copy.limit(fetch=6)
        copy.forget(what)
        shutil.rmtree(copy.root / STATE / ("fetched" if what == "fetch" else what))
        if way == "closed":
            copy.variables["PIP_INDEX_URL"] = "http://127.0.0.1:9/well/simple"
        expect(copy.run(), 1, "hint: |ended with|did not end within")

    for what in ("fetch", "tools"):
        for way in [*index.WAYS, "closed"]:
            yield f"index: {what}: {way}", partial(fetching, what, way)


# --- Corrupt files under target/ --------------------------------------------------------------


def keep_time(path: Path, change: Callable[[], None]) -> None:
    """A change that size and time do not show."""
    before = path.stat()
    change()
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def flips(world: World, chance: random.Random) -> Iterator[Fault]:
    """A bit of each file flips; then all that is made of it is made again, or nothing is."""

    def flip(path: str, at: float, again: bool, copy: Copy) -> None:
        file = copy.root / path
        content = bytearray(file.read_bytes())
        content[int(at * len(content))] ^= 4
        keep_time(file, lambda: drop(file.write_bytes(content)))
        if again:
            copy.forget("core", "binding", "assemble", "audit", "test", "promote", "sdist", "unp")
        expect(copy.run(), 0)
        if copy.wheelhouse() != world.reference:
            raise Fell("it gives other bytes")

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


def replacements(world: World, _chance: random.Random) -> Iterator[Fault]:
    """Something under target/ is gone, or something else."""
    tools = f"{STATE}/tools"

    def replaced(path: str, change: Callable[[Path], None], copy: Copy) -> None:
        change(next(iter(copy.root.glob(path))))
        copy.forget()
        expect(copy.run(), 0)
        if copy.wheelhouse() != world.reference:
            raise Fell("it gives other bytes")

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

    def poison(path: Path) -> None:
        """Compiled code that agrees with everything."""
        code = "import py_compile, sys; py_compile.compile(sys.argv[1], cfile=sys.argv[2])"
        source, cache = path.parent / "poison.py", path / "__pycache__"
        source.write_text("raise SystemExit(0)\n")
        cache.mkdir(exist_ok=True)
        about = (path / "__main__.py").stat()
        os.utime(source, ns=(about.st_atime_ns, about.st_mtime_ns))
        tag = f"cpython-3{os.sys.version_info.minor}"  # type: ignore[attr-defined]
        target = cache / f"__main__.{tag}.pyc"
        subprocess.run([os.sys.executable, "-c", code, source, target], check=True)  # type: ignore[attr-defined]
        source.unlink()

    def garbage(path: Path) -> None:
        path.write_bytes(b"\0" * 64)

    changes = {"gone": remove, "a script": script, "a link": link, "a folder": folder}
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
    for path in (f"{STATE}/journal/core*.json", f"{STATE}/lock", f"{STATE}/lock-holder"):
        yield f"{path}: garbage", partial(replaced, path, garbage)
    for path in (f"{STATE}/test", f"{STATE}/core", f"{STATE}/binding", f"{STATE}/stage"):
        yield f"{path}: a file", partial(replaced, path, file)


# --- Environments, limits, many at once -------------------------------------------------------

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


def environments(world: World, _chance: random.Random) -> Iterator[Fault]:
    """Variables and places that would bend a build."""

    def builds(copy: Copy, **options: object) -> None:
        copy.forget()
        expect(copy.run(**options), 0)  # type: ignore[arg-type]
        if copy.wheelhouse() != world.reference:
            raise Fell("it gives other bytes")

    def variable(name: str, value: str, copy: Copy) -> None:
        copy.variables[name] = value
        builds(copy)

    def masked(mask: int, copy: Copy) -> None:
        builds(copy, umask=mask)

    def moved(name: str, copy: Copy) -> None:
        there = copy.folder / name
        copy.root.rename(there)
        copy.forget = lambda *_stages: None  # type: ignore[method-assign]
        run = copy.run(cwd=there)
        there.rename(copy.root)
        expect(run, 0)

    def path(text: str, copy: Copy) -> None:
        variable("PATH", text.format(bin=world.folder / "bin", extra=copy.folder / "tmp"), copy)

    for name, value in ENVIRONMENTS.items():
        yield f"variable: {name}={value}", partial(variable, name, value)
    for mask in (0o000, 0o022, 0o027, 0o077):
        yield f"umask {mask:03o}", partial(masked, mask)
    for name in ("a b", "it's", "ä漢", "$HOME", 'a"b', "a;b", "-n", "a" * 120, "#", "%s", "a:b"):
        yield f"a checkout called {name}", partial(moved, name)
    for text in ("{bin}:", ":{bin}", "{bin}:.", "{bin}:nowhere", "{extra}:{bin}",
                 "{bin}:" + "/x" * 2000, "{bin}::{bin}:{bin}"):  # fmt: skip
        yield f"PATH {text[:20]}", partial(path, text)


def limits(world: World, _chance: random.Random) -> Iterator[Fault]:
    """The system gives little."""

    def limited(what: int, value: int, codes: tuple[int, ...], copy: Copy) -> None:
        copy.forget()

        def lower() -> None:
            resource.setrlimit(what, (value, value))

        run = copy.run(preexec_fn=lower)
        expect(run, codes)
        if run.code == 0 and copy.wheelhouse() != world.reference:
            raise Fell("it ends well, and not all is there")

    for files in (256, 64, 48, 32, 24):
        yield f"{files} files", partial(limited, resource.RLIMIT_NOFILE, files, (0,))
    for files in (20, 16, 12, 10, 8, 6):
        yield f"{files} files", partial(limited, resource.RLIMIT_NOFILE, files, (0, 1))
    for size in (1 << 10, 1 << 12, 1 << 14):
        # The system ends whoever writes more, us too.
        codes = (0, 1, -signal.SIGXFSZ)
        yield f"files of {size} bytes", partial(limited, resource.RLIMIT_FSIZE, size, codes)
    yield "no core files", partial(limited, resource.RLIMIT_CORE, 0, (0,))
    yield "a stack of 256 KiB", partial(limited, resource.RLIMIT_STACK, 256 << 10, (0,))


def together(world: World, chance: random.Random) -> Iterator[Fault]:
    """Several runs at once; some are killed."""

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
        if copy.wheelhouse() != world.reference:
            raise Fell("they give other bytes")

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

    for count in (2, 2, 3, 5, 5):
        for kind in ("all live", "one is killed", "all but one are killed"):
            number = chance.randrange(count)
            kills = {"all live": [], "one is killed": [number]}.get(
                kind, [other for other in range(count) if other != number]
            )
            name = f"{count} runs: {kind} ({number}, {chance.randrange(10**6)})"
            yield name, partial(at_once, count, kills)
    yield "a hasty second run", hasty


# --- Outputs ----------------------------------------------------------------------------------


def outputs(world: World, _chance: random.Random) -> Iterator[Fault]:
    """Nobody reads, or nobody can write, what is told."""

    def whole(copy: Copy) -> None:
        if copy.wheelhouse() != world.reference:
            raise Fell("not all is there")

    def full(streams: list[str], words: list[str], copy: Copy) -> None:
        copy.forget()
        with Path("/dev/full").open("wb") as device:
            run = copy.run(*WHEELS, *words, **dict.fromkeys(streams, device))
        expect(run, 0)
        whole(copy)

    def closed(numbers: list[int], words: list[str], copy: Copy) -> None:
        copy.forget()
        run = copy.run(*WHEELS, *words, preexec_fn=lambda: [os.close(n) for n in numbers])
        expect(run, 0)
        whole(copy)

    def unread(words: list[str], copy: Copy) -> None:
        copy.forget()
        process = copy.start(*WHEELS, *words)
        assert process.stdout and process.stderr
        process.stdout.close()
        process.stderr.close()
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

    for name, words in {"": [], " -q": ["-q"], " -v": ["-v"], " --json": ["--json"]}.items():
        for streams in (["stdout"], ["stderr"], ["stdout", "stderr"]):
            yield f"full {' '.join(streams)}{name}", partial(full, streams, words)
        for numbers in ([0], [1], [2], [0, 1, 2], [1, 2]):
            yield f"closed {numbers}{name}", partial(closed, numbers, words)
        yield f"unread{name}", partial(unread, words)
        yield f"nobody reads{name}", partial(stuck, words)


def terminals(world: World, chance: random.Random) -> Iterator[Fault]:
    """The terminal goes away while a build runs."""

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
            whole = copy.wheelhouse() == world.reference
            if not whole:
                raise Fell("it ends well, and not all is there")

    for ignored in (True, False):
        for name, words in {"": [], " -v": ["-v"], " -q": ["-q"]}.items():
            for _ in range(4):
                length = chance.randrange(1, 1500)
                word = "ignored" if ignored else "heeded"
                yield (
                    f"terminal gone after {length} bytes, SIGHUP {word}{name}",
                    partial(gone, ignored, length, words),
                )
