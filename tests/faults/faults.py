"""Every fault that is tried, in an order that is always the same."""

from __future__ import annotations

import random

import of_files
import of_programs
import of_surroundings
from world import Fault, World

KINDS = [
    of_files.at_changes,
    of_files.flips,
    of_files.replacements,
    of_files.oddities,
    of_programs.compilers,
    of_programs.tests,
    of_programs.interpreters,
    of_programs.networks,
    of_surroundings.environments,
    of_surroundings.limits,
    of_surroundings.together,
    of_surroundings.outputs,
    of_surroundings.terminals,
]


def all_of(world: World, seed: str) -> list[Fault]:
    """All faults; chance depends on nothing but the seed."""
    faults = [
        fault for kind in KINDS for fault in kind(world, random.Random(f"{seed} {kind.__name__}"))
    ]
    names = [name for name, _ in faults]
    assert len(set(names)) == len(names), "names tell faults apart"
    return faults
