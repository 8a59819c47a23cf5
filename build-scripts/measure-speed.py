"""Measures signatures beside every other library for them, as Markdown and SVG.

Each library has an environment of its own, made by pip with the versions below where it is missing,
and a process of its own, which all take turns. A figure is processor time of one call, with one
thread: the median over the rounds of the median of some calls.

    python build-scripts/measure-speed.py --wheel WHEEL --environments DIR --output DIR
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import platform
import statistics
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple


class Case(NamedTuple):
    """A computation: `batch` paths of one shape, or one path where that is 0."""

    kind: str
    batch: int
    length: int
    width: int
    depth: int

    def title(self) -> str:
        """`1000x5, depth 5`."""
        paths = f"{self.batch} paths of " if self.batch else ""
        return f"{paths}{self.length}x{self.width}, depth {self.depth}"

    def multiply_adds(self) -> float:
        """Fused multiply-adds of Horner's rule, (depth - i + 1) width^i for each step and level."""
        step = sum((self.depth - i + 1) * self.width**i for i in range(1, self.depth + 1))
        return float(max(self.batch, 1) * (self.length - 1) * step)


SIGNATURES = [
    Case("signature", 0, 1000, 5, 5),
    Case("signature", 0, 1000, 10, 4),
    Case("signature", 0, 10000, 2, 10),
    Case("signature", 0, 50, 4, 8),
    Case("signature", 0, 100, 3, 6),
    Case("signature", 0, 4, 2, 2),
    Case("signature", 128, 200, 5, 5),
    Case("signature", 100000, 20, 3, 3),
]
OTHERS = [Case(k, *case[1:]) for k in ("log signature", "gradient") for case in SIGNATURES[:4]]
CASES = [*SIGNATURES, *OTHERS, Case("gradient", 128, 200, 5, 5)]
# What of it two processors do side by side is seen on a machine that does nothing else.
THREADS = Case("threads", 1000, 200, 5, 5)

Function = Callable[[Any, int], Any]


class Peer(NamedTuple):
    """A library: what pip installs, and what else its process finds in its environment."""

    name: str
    requirements: list[str]
    simd: str = ""


PEERS = [
    Peer("pysiglib", ["pysiglib==4.0.0"]),
    Peer("iisignature", ["iisignature==0.24"]),
    Peer("signax", ["signax==0.2.1"]),
    Peer("esig 1.0.0", ["esig==1.0.0"]),
    Peer("esig 0.9.8.3", ["esig==0.9.8.3"]),
]


def of_esig() -> dict[str, Function]:
    """Ours, and older ones by the names that they have in common."""
    import esig

    functions = {"signature": esig.stream2sig, "log signature": esig.stream2logsig}
    if not hasattr(esig, "stream2sig_vjp"):
        return functions

    def gradient(path: Any, depth: int) -> Any:
        shape = (*path.shape[:-2], esig.sigdim(path.shape[-1], depth))
        return esig.stream2sig_vjp(path, depth, cotangent_of(shape), n_jobs=1)

    return {
        "signature": lambda path, depth: esig.stream2sig(path, depth, n_jobs=1),
        "log signature": lambda path, depth: esig.stream2logsig(path, depth, n_jobs=1),
        "gradient": gradient,
    }


def of_pysiglib() -> dict[str, Function]:
    """Its second method of log signatures is its fastest for these sizes."""
    import pysiglib

    def log_signature(path: Any, depth: int) -> Any:
        pysiglib.prepare_log_sig(path.shape[-1], depth, method=2)
        return pysiglib.log_sig(path, depth, method=2)

    def gradient(path: Any, depth: int) -> Any:
        signature = pysiglib.sig(path, depth)
        return pysiglib.sig_backprop(path, signature, cotangent_of(signature.shape), depth)

    return {"signature": pysiglib.sig, "log signature": log_signature, "gradient": gradient}


def of_iisignature() -> dict[str, Function]:
    """What it prepares for a width and a depth is prepared once."""
    import iisignature

    prepared: dict[tuple[int, int], Any] = {}

    def log_signature(path: Any, depth: int) -> Any:
        size = (path.shape[-1], depth)
        if size not in prepared:
            prepared[size] = iisignature.prepare(*size)
        return iisignature.logsig(path, prepared[size])

    def gradient(path: Any, depth: int) -> Any:
        shape = (*path.shape[:-2], iisignature.siglength(path.shape[-1], depth))
        return iisignature.sigbackprop(cotangent_of(shape), path, depth)

    return {"signature": iisignature.sig, "log signature": log_signature, "gradient": gradient}


def of_signax() -> dict[str, Function]:
    """Compiled for each shape at the first call, which does not count."""
    import jax
    import signax

    jax.config.update("jax_enable_x64", True)
    signature = jax.jit(signax.signature, static_argnums=1)
    log_signature = jax.jit(signax.logsignature, static_argnums=1)
    return {
        "signature": lambda path, depth: signature(path, depth).block_until_ready(),
        "log signature": lambda path, depth: log_signature(path, depth).block_until_ready(),
    }


MAKERS = {"pysiglib": of_pysiglib, "iisignature": of_iisignature, "signax": of_signax}


@functools.cache
def cotangent_of(shape: tuple[int, ...]) -> Any:
    """The same for everybody, made once: that is no part of a gradient."""
    import numpy

    return numpy.random.default_rng(2).normal(size=shape)


def multiply_matrices(path: Any, _depth: int) -> Any:
    """A thousand million multiply-adds, as fast as NumPy can."""
    import numpy

    matrix = numpy.full((1000, 1000), path[-1, -1])
    return matrix @ matrix


def path_of(case: Case) -> Any:
    """A random walk, or a batch of them."""
    import numpy

    shape = (case.batch,) * bool(case.batch) + (case.length, case.width)
    steps = numpy.random.default_rng(1).normal(size=shape) / case.length**0.5
    return numpy.cumsum(steps, axis=-2)


def seconds_of(function: Function, case: Case) -> float:
    """Processor time of a call, the median of several of a few hundredths of a second each."""
    path = path_of(case)
    function(path, case.depth)

    def some(count: int) -> float:
        begin = time.process_time()
        for _ in range(count):
            function(path, case.depth)
        return (time.process_time() - begin) / count

    count = 1
    while some(count) * count < 0.02:
        count *= 2
    return statistics.median(some(count) for _ in range(5))


def speedup(case: Case) -> float:
    """How many times as fast a batch is with a thread for each processor, by the clock."""
    import esig

    paths = path_of(case)

    def seconds(jobs: int) -> float:
        begin = time.perf_counter()
        esig.stream2sig(paths, case.depth, n_jobs=jobs)
        return time.perf_counter() - begin

    return min(seconds(1) for _ in range(20)) / min(seconds(-1) for _ in range(20))


def serve(name: str) -> None:
    """Measures the cases that come in, a line each; says null of those that are not to be had."""
    functions = {**MAKERS.get(name, of_esig)(), "matrix product": multiply_matrices}
    for line in sys.stdin:
        case = Case(*json.loads(line))
        answer: float | None
        try:
            is_threads = case == THREADS
            answer = speedup(case) if is_threads else seconds_of(functions[case.kind], case)
        except (KeyError, TypeError, ValueError, RuntimeError):
            answer = None
        print(json.dumps(answer), flush=True)


class Server:
    """The process of a library."""

    def __init__(self, peer: Peer, folder: Path) -> None:
        """Makes its environment where it is missing."""
        self.name = peer.name
        home = folder / peer.name.replace(" ", "-")
        python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
        if not (home / "made").exists():
            venv.create(home, clear=True, with_pip=True)
            install = [python, "-m", "pip", "install", "--quiet", "numpy", "setuptools"]
            subprocess.run(install, check=True)
            also = ["--no-build-isolation"] if peer.name == "iisignature" else []
            command = [python, "-m", "pip", "install", "--quiet", *also, *peer.requirements]
            subprocess.run(command, check=True)
            (home / "made").touch()
        threads = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]
        kept = {name: v for name, v in os.environ.items() if not name.startswith("OPENBLAS_")}
        self.process = subprocess.Popen(
            [python, __file__, "--serve", peer.name],
            env={**kept, **dict.fromkeys(threads, "1"), "ESIG_SIMD": peer.simd},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, case: Case) -> float | None:
        """Seconds of a call."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            print(json.dumps(case), file=self.process.stdin, flush=True)
        except BrokenPipeError:
            return None
        answer = self.process.stdout.readline()
        return json.loads(answer) if answer else None


Figures = dict[Case, dict[str, float | None]]


def measure(servers: list[Server], rounds: int) -> tuple[Figures, float]:
    """Everybody in turn, case by case; and the peak, which is the best of all rounds."""
    figures, peak = Figures(), 0.0
    for case in CASES:
        found: dict[str, list[float | None]] = {server.name: [] for server in servers}
        for _ in range(rounds):
            product = servers[0].ask(Case("matrix product", 0, 2, 1, 1))
            peak = max(peak, 1e9 / (product or 1.0))
            for server in servers:
                if None not in found[server.name]:
                    found[server.name].append(server.ask(case))
        figures[case] = {
            name: None if None in seconds else statistics.median(seconds)
            for name, seconds in found.items()
        }
        print(case.kind, case.title(), figures[case], file=sys.stderr)
    return figures, peak


def as_time(seconds: float | None) -> str:
    """In milliseconds, or in microseconds where these are few."""
    if seconds is None:
        return ""
    return f"{seconds * 1e6:.2f} µs" if seconds < 1e-5 else f"{seconds * 1e3:.3f} ms"


def as_markdown(figures: Figures, peak: float, machine: str) -> str:
    """A table for each kind: times, how many times ours they are, our share of the peak."""
    lines = [
        machine,
        "",
        "Each cell is the processor time of one call with one thread and, in parentheses, how many"
        " times ours it is. The last column is the share of our multiply-adds in those of NumPy's"
        f" matrix product here ({peak / 1e9:.1f} · 10⁹ a second, with the widest vectors).",
    ]
    for kind in ("signature", "log signature", "gradient"):
        rows = {case: row for case, row in figures.items() if case.kind == kind}
        names = next(iter(rows.values()))
        has_any = [name for name in names if any(row[name] for row in rows.values())]
        lines += ["", f"## {kind.capitalize()}", ""]
        lines += [f"| | {' | '.join(has_any)} | of the peak |", "|---" * (len(has_any) + 2) + "|"]
        for case, row in rows.items():
            ours = row["esig"]
            cells = []
            for name in has_any:
                theirs = row[name]
                is_other = ours and theirs and name != "esig"
                cells.append(as_time(theirs) + (f" ({theirs / ours:.2f})" if is_other else ""))
            has_share = ours and kind == "signature"
            share = f"{case.multiply_adds() / ours / peak:.0%}" if has_share else ""
            lines.append(f"| {case.title()} | {' | '.join(cells)} | {share} |")
    return "\n".join(lines) + "\n"


def as_svg(figures: Figures) -> str:
    """A bar for each other library and case: how many times our time it takes, by its logarithm."""
    import math

    rows = [(c, r) for c, r in figures.items() if c.kind == "signature" and r["esig"]]
    names = [name for name in rows[0][1] if not name.startswith("esig E") and name != "esig"]
    colours = ["#2b6cb0", "#c05621", "#2f855a", "#805ad5", "#b83280", "#718096"]
    parts, y = [], 20
    for case, row in rows:
        parts.append(f'<text x="4" y="{y}" font-weight="bold">{case.title()}</text>')
        for name, colour in zip(names, colours, strict=False):
            if row[name] is None:
                continue
            ratio = row[name] / row["esig"]
            width = max(2.0, 110 * math.log10(max(ratio, 1.0)))
            y += 15
            parts.append(f'<text x="100" y="{y}" text-anchor="end">{name}</text>')
            parts.append(
                f'<rect x="106" y="{y - 9}" width="{width:.0f}" height="10" fill="{colour}"/>'
            )
            parts.append(f'<text x="{110 + width:.0f}" y="{y}">{ratio:.1f} times</text>')
        y += 26
    style = "text { font: 11px sans-serif; fill: currentColor }"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 520 {y}" role="img">'
        f"<title>How many times as long as esig others take</title><style>{style}</style>"
        + "".join(parts)
        + "</svg>\n"
    )


def main() -> None:
    """Measures, or serves one library."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve")
    parser.add_argument("--wheel")
    parser.add_argument("--against", action="append", default=[], help="another wheel of ours")
    parser.add_argument("--environments", type=Path)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.serve)
    else:
        compare(arguments)


def compare(arguments: argparse.Namespace) -> None:
    """Everybody beside everybody: prints and writes the table, and a picture."""
    peers = [
        Peer("esig", [arguments.wheel]),
        Peer("esig ESIG_SIMD=avx2", [arguments.wheel], "avx2"),
        Peer("esig ESIG_SIMD=baseline", [arguments.wheel], "baseline"),
    ]
    peers += [Peer(f"esig of {Path(wheel).parent.name}", [wheel]) for wheel in arguments.against]
    servers = []
    for peer in peers + PEERS:
        try:
            servers.append(Server(peer, arguments.environments))
        except subprocess.CalledProcessError:
            print(f"{peer.name} cannot be installed here", file=sys.stderr)
    figures, peak = measure(servers, arguments.rounds)
    threads = max(servers[0].ask(THREADS) or 0.0 for _ in range(arguments.rounds))
    python = platform.python_version()
    day = time.strftime("%Y-%m-%d")
    cpu = Path("/proc/cpuinfo")
    named = cpu.read_text(encoding="utf-8").partition("model name\t: ")[2] if cpu.exists() else ""
    versions = [Path(arguments.wheel).name, *(peer.requirements[0] for peer in PEERS)]
    machine = (
        f"{named.partition(chr(10))[0] or platform.processor()}, {platform.system()}, CPython"
        f" {python}, {day}. {', '.join(versions)}. With {os.cpu_count()} threads {THREADS.title()}"
        f" are {threads:.2f} times as fast by the clock as with one."
    )
    arguments.output.mkdir(parents=True, exist_ok=True)
    text = as_markdown(figures, peak, machine)
    (arguments.output / "speed.md").write_text(
        f"# Speed\n\n{text}\n![How many times as long others take](speed.svg)\n", encoding="utf-8"
    )
    (arguments.output / "speed.svg").write_text(as_svg(figures), encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
