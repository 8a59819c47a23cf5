"""A small checkout to break, copies of it, and what is looked at after each fault."""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import stand_ins
from index import Server

ROOT = Path(__file__).resolve().parents[2]
STATE = "target/xtask"
WHEELS = ["wheels", "--builder", "zig", "--jobs", "2"]

#: Nothing that is tried here takes longer, whatever the machine does besides.
PATIENCE_S = 240


class FaultError(Exception):
    """What a fault did and should not have."""


@dataclass
class Run:
    """How a run of the helper ended."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """All that it said."""
        return self.out + self.err


class World:
    """What all faults share: an index, the stand-ins, a checkout that was built once."""

    def __init__(self, xtask: Path, zig: Path, folder: Path) -> None:
        """Makes and builds the checkout."""
        self.folder, self.xtask = folder, xtask
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.shim = folder / "shim.so"
        compile_c: list[str | Path] = [zig, "cc", "-shared", "-fPIC", "-o", self.shim]
        subprocess.run([*compile_c, ROOT / "xtask/tests/end_to_end/kill_at_change.c"], check=True)
        self.server = Server(stand_ins.packages(self.make_programs(), self.module(zig)))
        self.seed = Copy(self, folder / "seed")
        self.make_project()
        self.fresh = self.seed.must_build()
        self.reference = self.seed.wheelhouse()

    def make_programs(self) -> str:
        """A folder of programs without interpreters or what gets them; gives the one there."""
        programs = self.folder / "bin"
        programs.mkdir()
        for place in ("/usr/bin", "/bin", "/usr/local/bin"):
            for path in Path(place).iterdir() if Path(place).is_dir() else ():
                link = programs / path.name
                if not re.match(r"(python|pypy|pyenv|apt)", path.name) and not link.is_symlink():
                    link.symlink_to(path)
        pip, python = self.folder / "pip", Path(sys.executable).resolve()
        pip.mkdir()
        (pip / "__init__.py").touch()
        (pip / "__main__.py").write_text(stand_ins.PIP)
        wrapper = programs / "python3"
        wrapper.write_text(stand_ins.PYTHON.format(python=python, pip=pip, itself=wrapper))
        wrapper.chmod(0o755)
        return str(python)

    def module(self, zig: Path) -> bytes:
        """An extension module for this machine that passes every audit."""
        source, module = self.folder / "module.c", self.folder / "module.so"
        source.write_text(stand_ins.MODULE)
        target = f"{platform.machine()}-linux-gnu.2.17"
        flags = ["-target", target, "-O2", "-g0", "-nostdlib", "-shared", "-s"]
        flags += ["-fPIC", "-fvisibility=hidden", "-Wl,-z,relro,-z,now,-z,noexecstack"]
        subprocess.run([zig, "cc", *flags, source, "-o", module], check=True)
        return module.read_bytes()

    def make_project(self) -> None:
        """Writes the project and commits it."""
        root = self.seed.root
        files = dict(stand_ins.PROJECT)
        architecture = platform.machine()
        files["xtask/xtask.toml"] = stand_ins.CONFIGURATION.format(architecture=architecture)
        pinned = {
            "build": ["abi3audit", "build", "ziglang"],
            f"test-cp3{sys.version_info.minor}": ["numpy"],
            "test-cp311": ["numpy"],
        }
        for name, packages in pinned.items():
            lines = [self.requirement(package) for package in packages]
            files[f"build-scripts/requirements/{name}.txt"] = "".join(lines)
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "all"]):
            who = ["-c", "user.name=dev", "-c", "user.email=dev@example.org"]
            subprocess.run(["git", *who, *words], cwd=root, check=True, env=self.seed.environment())

    def requirement(self, package: str) -> str:
        """A line that pins a package."""
        [file] = [name for name in self.server.files if name.startswith(f"{package}-")]
        sha256 = hashlib.sha256(self.server.files[file]).hexdigest()
        return f"{package}=={file.split('-')[1]} --hash=sha256:{sha256}\n"

    def copy(self, name: str) -> Copy:
        """A checkout as it is after a build."""
        copy = Copy(self, self.folder / name)
        shutil.rmtree(copy.root)
        shutil.copytree(self.seed.root, copy.root, symlinks=True)
        return copy


@dataclass
class Copy:
    """A checkout of its own for one fault."""

    world: World
    folder: Path
    way: str = "well"
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Makes its folders."""
        for folder in (self.root, self.folder / "home", self.folder / "tmp"):
            folder.mkdir(parents=True)

    @property
    def root(self) -> Path:
        """The root of the checkout."""
        return self.folder / "checkout"

    def environment(self) -> dict[str, str]:
        """What the helper is given, with nothing of this machine in it."""
        return {
            "PATH": str(self.world.folder / "bin"),
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"),
            "LANG": "C.UTF-8",
            "PYENV_ROOT": "/nonexistent",
            "DOCKER_HOST": "tcp://127.0.0.1:1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": self.world.server.url(self.way),
            "XTASK_TEST": "1",
        } | self.variables

    def start(self, *words: str, **options: object) -> subprocess.Popen[bytes]:
        """Starts the helper."""
        defaults: dict[str, object] = {
            "cwd": self.root,
            "env": self.environment(),
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
        }
        command = [str(self.world.xtask), *(words or WHEELS)]
        return subprocess.Popen(command, **(defaults | options))  # type: ignore[call-overload,no-any-return]

    def run(self, *words: str, **options: object) -> Run:
        """Runs the helper to its end."""
        process = self.start(*words, **options)
        try:
            out, err = process.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            raise FaultError("it hangs") from None
        said = [(text or b"").decode(errors="replace") for text in (out, err)]
        return Run(process.returncode, *said)

    def must_build(self) -> Run:
        """Builds without a fault."""
        run = self.run()
        if run.code != 0:
            raise FaultError(f"the next run ends with {run.code}: {run.said[-2000:]}")
        return run

    def forget(self, *stages: str) -> None:
        """Has the helper do again what is not a tool, or these stages alone."""
        for record in (self.root / STATE / "journal").glob("*"):
            is_tool = record.name.startswith(("tools", "fetch"))
            if any(record.name.startswith(stage) for stage in stages) or not (stages or is_tool):
                record.unlink()

    def fault(self, text: str) -> None:
        """Has a stand-in fail, in a build that starts from the tools."""
        (self.root / "target/fault").write_text(text)

    def limit(self, **seconds: float) -> None:
        """Gives programs less time."""
        lines = "".join(f"{name}_s = {value}\n" for name, value in seconds.items())
        path = self.root / "xtask/xtask.toml"
        path.write_text(path.read_text() + f"[limits]\nfile_mib = 16\n{lines}")

    def wheelhouse(self) -> dict[str, bytes]:
        """The files of the wheelhouse."""
        folder = self.root / "wheelhouse"
        return (
            {path.name: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}
        )

    def check_nothing_partial(self) -> None:
        """The wheelhouse has no file but those that were audited and tested."""
        for name, content in self.wheelhouse().items():
            # The sums are those of the files that are there.
            if name == "SHA256SUMS":
                continue
            if self.world.reference.get(name) != content:
                raise FaultError(f"`{name}` in the wheelhouse is not what was tested")

    def check_nothing_left(self) -> None:
        """No process and no temporary file of the run is left."""
        until = time.monotonic() + 20
        while left := list(self.processes()):
            if time.monotonic() > until:
                for process in left:
                    with contextlib.suppress(OSError):
                        os.kill(process, signal.SIGKILL)
                raise FaultError(f"{len(left)} processes still run")
            time.sleep(0.02)
        if list((self.folder / "tmp").iterdir()) or list((self.folder / "home").iterdir()):
            raise FaultError("temporary files are left")

    def processes(self) -> Iterator[int]:
        """Those that work in the checkout, or were told of it."""
        mark = os.fsencode(self.folder) + b"/"
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            try:
                state = (folder / "stat").read_text().rsplit(") ", 1)[1][0]
                told = (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
                here = os.fsencode(os.readlink(folder / "cwd")) + b"/"
            except OSError:
                continue
            if state not in "ZX" and (mark in told or here.startswith(mark)):
                yield int(folder.name)

    def check_next_run(self) -> None:
        """The next run gives the same bytes and leaves nothing."""
        (self.root / "target/fault").unlink(missing_ok=True)
        self.variables, self.way = {}, "well"
        subprocess.run(["git", "checkout", "-q", "."], cwd=self.root, check=True)
        self.must_build()
        if self.wheelhouse() != self.world.reference:
            raise FaultError("the next run gives other bytes")
        for name in ("partial", "temporary"):
            if any(path.is_file() for path in (self.root / STATE / name).rglob("*")):
                raise FaultError(f"`{name}` is left after the next run")


def expect(run: Run, code: int | tuple[int, ...], *words: str) -> None:
    """The exit code, and all the words, in what was said."""
    codes = code if isinstance(code, tuple) else (code,)
    if "panicked" in run.said or "RUST_BACKTRACE" in run.said:
        raise FaultError(f"it panics: {run.said[-1500:]}")
    if run.code not in codes:
        raise FaultError(f"it ends with {run.code}, not {codes}: {run.said[-1500:]}")
    if "\x1b" in run.said or "\x07" in run.said:
        raise FaultError("it controls the terminal")
    for word in words:
        if not re.search(word, run.said):
            raise FaultError(f"it does not say `{word}`: {run.said[-1500:]}")


#: What happens to a copy, and what is looked at meanwhile.
Action = Callable[[Copy], None]
#: By its name.
Fault = tuple[str, Action]
