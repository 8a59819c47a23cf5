"""Does to builds what machines, networks and people do to them, and looks what comes of it.

Four measures: the wheelhouse has nothing partial or untested, the exit code and the words are
right, nothing is left behind, and the next run gives the same bytes.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import faults
from world import ROOT, Action, Copy, Fault, FaultError, World


def main() -> int:
    """Tries all faults, or those whose name has a text in it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--xtask", type=Path, default=ROOT / "target/debug/xtask")
    parser.add_argument("--seed", default="esig")
    parser.add_argument("--only", default="", help="a text that the names of faults begin with")
    parser.add_argument("--folder", type=Path, default=ROOT / "target/faults")
    parser.add_argument("--verbose", action="store_true", help="name each fault, and its time")
    arguments = parser.parse_args()
    # What is started here must not inherit that they are ignored, as they are below `nohup` and
    # in a shell's background.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    tools = ROOT / "target/xtask/tools/lib"
    zig = next(tools.glob("python3*/site-packages/ziglang/zig"))
    world = World(arguments.xtask.resolve(), zig, arguments.folder)
    every = faults.all_of(world, arguments.seed)
    chosen = [fault for fault in enumerate(every) if fault[1][0].startswith(arguments.only)]
    print(f"seed {arguments.seed}: {len(chosen)} of {len(every)} faults", flush=True)

    def attempt(numbered: tuple[int, Fault]) -> bool:
        number, (name, action) = numbered
        begun = time.monotonic()
        fell = outcome(world.copy(f"{number:03}"), action)
        took = f" ({time.monotonic() - begun:.1f} s)" if arguments.verbose else ""
        if fell or arguments.verbose:
            print(f"{'fell' if fell else 'survived'}: {name}{took}{fell}", flush=True)
        return not fell

    # Most of them wait for something.
    with ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as pool:
        survived = sum(pool.map(attempt, chosen))
    shutil.rmtree(world.folder, ignore_errors=True)
    print(f"survived {survived} of {len(chosen)}")
    print(f"{survived} passed, {len(chosen) - survived} failed, 0 skipped")
    return 0 if survived == len(chosen) > 0 else 1


def outcome(copy: Copy, action: Action) -> str:
    """What a fault did that it should not have; nothing if all four measures hold."""
    try:
        action(copy)
        copy.check_nothing_partial()
        copy.check_nothing_left()
        copy.check_next_run()
        copy.check_nothing_left()
    except FaultError as fell:
        return f": {fell}"
    except Exception as error:
        return f": {type(error).__name__}: {error}"
    finally:
        shutil.rmtree(copy.folder, ignore_errors=True)
    return ""


if __name__ == "__main__":
    sys.exit(main())
