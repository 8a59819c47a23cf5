"""How each auditor is asked, what it says of wheels, and what our audit says to the same question.

A verdict is a set of words; an empty one is praise. Two auditors agree on a wheel when their
verdicts are equal. What the words of each auditor are is said in README.md.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

Verdict = set[str]
# The findings of `cargo xtask audit --json` for a wheel.
Findings = list[dict[str, Any]]
# Those for the wheel under its own name and under each other that it was given.
Audits = Callable[[str], Findings]

BIN = Path(sys.executable).parent
# The programs that pydistcheck has search for debugging symbols; which are there changes what it
# says, so it is given these and no others.
SYMBOL_READERS = ["dsymutil", "nm", "readelf"]
# Those of manylinux, by the version of glibc.
POLICIES = ["2_5", "2_12", "2_17", "2_24", "2_26", "2_27", "2_28", "2_31", "2_34", "2_35"]


@dataclass(frozen=True)
class Auditor:
    """Another auditor."""

    name: str
    # Whether it has something to say of a wheel of this name.
    asks: Callable[[str], bool]
    # What it says of wheels, by their names.
    verdicts: Callable[[list[Path]], dict[str, Verdict]]
    # Our audit's words for the same, of one wheel and what the other said of it.
    ours: Callable[[str, Verdict, Audits], Verdict]
    # Names under which our audit is asked of the wheel too.
    aliases: Callable[[str, Verdict], list[str]] = lambda _name, _said: []
    # Programs that it needs besides.
    needs: tuple[str, ...] = ()


def is_for(*families: str) -> Callable[[str], bool]:
    """Tell whether the platform of a wheel begins so."""
    return lambda name: name.rsplit("-", 1)[1].startswith(families)


def is_any(_name: str) -> bool:
    """Tell that there is something to say of every wheel."""
    return True


def run(program: str, *arguments: object, path: str | None = None) -> str:
    """Return all that an auditor prints; that it finds something is no failure."""
    environment = dict(os.environ, NO_COLOR="1", COLUMNS="1000", PYTHONWARNINGS="ignore")
    if path is not None:
        environment["PATH"] = path
    words = [str(BIN / program), *map(str, arguments)]
    ran = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    # Not all of them honour NO_COLOR.
    return re.sub(r"\x1b\[[0-9;]*m", "", ran.stdout + ran.stderr)


def with_platform(name: str, platform: str) -> str:
    """Return the name of a wheel with another platform tag."""
    return f"{name.rsplit('-', 1)[0]}-{platform}.whl"


def of_check(findings: Findings, check: str, level: str = "") -> list[str]:
    """Return what a check of our audit says, of that level or any."""
    return [f["what"] for f in findings if f["check"] == check and level in ("", f["level"])]


def keeps_promise(audits: Audits, name: str) -> bool:
    """Tell whether a wheel is all that the platform of the name says, to our audit."""
    return not of_check(audits(name), "platform", "error")


# --- twine: is the description one that an index renders?


def twine(wheels: list[Path]) -> dict[str, Verdict]:
    said = run("twine", "check", "--strict", *wheels)
    found = re.findall(r"^Checking (.+\.whl): ?(PASSED|FAILED)", said, re.MULTILINE)
    return {Path(path).name: {"description"} if word == "FAILED" else set() for path, word in found}


def our_description(name: str, _said: Verdict, audits: Audits) -> Verdict:
    told = any("description" in what for what in of_check(audits(name), "metadata"))
    return {"description"} if told else set()


# --- check-wheel-contents: what lands where?


def check_wheel_contents(wheels: list[Path]) -> dict[str, Verdict]:
    verdicts: dict[str, Verdict] = {}
    for line in run("check-wheel-contents", *wheels).splitlines():
        if said := re.match(r"(\S+\.whl): (OK|W\d+)", line):
            words = verdicts.setdefault(Path(said[1]).name, set())
            words.update(set() if said[2] == "OK" else {said[2]})
    return verdicts


# Its numbers for what our audit has sentences for.
CONTENTS = {
    "W005": "beside every other package",
    "W006": "makes a package of the folder of all packages",
    "W007": "nothing but metadata",
}


def our_contents(name: str, _said: Verdict, audits: Audits) -> Verdict:
    findings = audits(name)
    said = of_check(findings, "names")
    words = {number for number, part in CONTENTS.items() if any(part in what for what in said)}
    files = [str(f["file"]) for f in findings if "left behind" in f["what"]]
    return words | {"W001" for file in files if file.endswith((".pyc", ".pyo"))}


# --- pydistcheck: what is in which file that nobody needs?


def pydistcheck(wheels: list[Path]) -> dict[str, Verdict]:
    with tempfile.TemporaryDirectory() as folder:
        for program in SYMBOL_READERS:
            Path(folder, program).symlink_to(shutil.which(program) or program)
        # Sizes are a matter of taste.
        limits = ["--max-allowed-size-compressed", "1G", "--max-allowed-size-uncompressed", "4G"]
        said = run("pydistcheck", *limits, "--max-allowed-files", "100000", *wheels, path=folder)
    verdicts: dict[str, Verdict] = {}
    words: Verdict = set()
    for line in said.splitlines():
        if begun := re.match(r"checking '(.+)'", line):
            words = verdicts.setdefault(Path(begun[1]).name, set())
        elif found := re.match(r"\d+\. \[([\w-]+)\]", line):
            file = re.search(r'run \'[^"]*"([^"]+)"', line)
            words.add(f"debug:{file[1]}" if file else found[1])
    return verdicts


def our_distcheck(name: str, _said: Verdict, audits: Audits) -> Verdict:
    return {f"debug:{f['file']}" for f in audits(name) if "debug" in f["what"]}


# --- auditwheel: what is the strictest policy that a wheel is true to?


def auditwheel(wheels: list[Path]) -> dict[str, Verdict]:
    verdicts: dict[str, Verdict] = {}
    with tempfile.TemporaryDirectory() as empty:
        for wheel in wheels:
            # It looks for no library on this machine.
            said = run("auditwheel", "show", "--json", "--ldpaths", empty, wheel)
            if tag := re.search(r'"overall_tag": "([^"]+)"', said):
                verdicts[wheel.name] = {tag[1]}
    return verdicts


def policy_aliases(name: str, said: Verdict) -> list[str]:
    (tag,) = said
    family, _, rest = tag.partition("_")
    aliases = [with_platform(name, tag)]
    for stricter, policy in pairwise(POLICIES):
        if family == "manylinux" and rest.startswith(f"{policy}_"):
            aliases.append(with_platform(name, tag.replace(policy, stricter, 1)))
    return aliases


# --- delocate: what is outside, and which macOS is the oldest?


def delocate(wheels: list[Path]) -> dict[str, Verdict]:
    from delocate.delocating import _calculate_minimum_wheel_name, filter_system_libs
    from delocate.libsana import tree_libs_from_directory
    from macho import teach_delocate

    teach_delocate()
    verdicts: dict[str, Verdict] = {}
    for wheel in wheels:
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)
            here = os.path.realpath(folder)
            needed = tree_libs_from_directory(here, ignore_missing=True)
            outside = [path for path in needed if filter_system_libs(path)]
            least, _ = _calculate_minimum_wheel_name(wheel.name, Path(here), None)
            words = {f"needs {path}" for path in outside if not path.startswith(here)}
            verdicts[wheel.name] = words | {least.removesuffix(".whl").rsplit("-", 1)[1]}
    return verdicts


def macos_aliases(name: str, said: Verdict) -> list[str]:
    aliases = []
    for tag in (word for word in said if word.startswith("macosx_")):
        aliases.append(with_platform(name, tag))
        _, first, second, architecture = tag.split("_", 3)
        release = (int(first), int(second))
        # There is no macOS for arm64 before 11, and 11 came after 10.15.
        if (first, architecture) != ("11", "arm64"):
            major, minor = {10: (10, release[1] - 1), 11: (10, 15)}.get(
                release[0], (release[0] - 1, 0)
            )
            aliases.append(with_platform(name, f"macosx_{major}_{minor}_{architecture}"))
    return aliases


def our_tag(aliases: Callable[[str, Verdict], list[str]]) -> Callable[..., Verdict]:
    """Make a judge of whether the tag that was said is the strictest for our audit too."""

    def judge(name: str, said: Verdict, audits: Audits) -> Verdict:
        tags = {word for word in said if not word.startswith("needs ")}
        needs = {
            f"needs {what.split('`')[1]}"
            for what in of_check(audits(name), "platform", "error")
            if "machine alone" in what or "not in the wheel" in what
        }
        if any(tag.startswith("linux_") for tag in tags):
            return needs | ({"a policy"} if keeps_promise(audits, name) else tags)
        names = aliases(name, tags)
        if not keeps_promise(audits, names[0]):
            return needs | {"something newer"}
        if any(keeps_promise(audits, stricter) for stricter in names[1:]):
            return needs | {"something older"}
        return needs | tags

    return judge


# --- delvewheel: which libraries must be copied into a wheel?


def delvewheel(wheels: list[Path]) -> dict[str, Verdict]:
    verdicts: dict[str, Verdict] = {}
    words: Verdict = set()
    is_outside = False
    for line in run("delvewheel", "show", "--ignore-existing", *wheels).splitlines():
        if begun := re.match(r"Analyzing (\S+\.whl)", line):
            words = verdicts.setdefault(Path(begun[1]).name, set())
        elif line and not line.startswith(" "):
            is_outside = "will be copied into" in line
        elif is_outside and (library := re.match(r" +(\S+\.dll)", line, re.IGNORECASE)):
            words.add(f"needs {library[1].lower()}")
    return verdicts


def our_libraries(name: str, _said: Verdict, audits: Audits) -> Verdict:
    said = of_check(audits(name), "platform", "error")
    needed = [re.match("needs `(.+\\.dll)`, which not every Windows", what, re.I) for what in said]
    return {f"needs {library[1].lower()}" for library in needed if library}


# --- abi3audit: which symbols does the stable ABI not have?


def abi3audit(wheels: list[Path]) -> dict[str, Verdict]:
    with tempfile.TemporaryDirectory() as folder:
        # Each also as if it were for the first stable ABI: then there is much to say.
        links = [Path(folder, for_oldest(wheel.name)) for wheel in wheels]
        for link, wheel in zip(links, wheels, strict=True):
            link.symlink_to(wheel.resolve())
        said = run("abi3audit", "--report", *wheels, *links)
        report = json.loads(said[said.index('{"specs"') : said.rindex("}") + 1])["specs"]
        return {
            wheel.name: {f"lacks {symbol}" for symbol in symbols_in(report[str(wheel)])}
            | {f"3.2 lacks {symbol}" for symbol in symbols_in(report[str(link)])}
            for wheel, link in zip(wheels, links, strict=True)
        }


def symbols_in(spec: Any) -> set[str]:
    results = [library["result"] for library in spec["wheel"]]
    return {
        symbol
        for result in results
        for symbol in (*result["non_abi3_symbols"], *result["future_abi3_objects"])
    }


def for_oldest(name: str) -> str:
    """Return the name of a wheel that says to be for every CPython 3 with a stable ABI."""
    return re.sub("-cp3[0-9]+-abi3-", "-cp32-abi3-", name)


def our_symbols(name: str, _said: Verdict, audits: Audits) -> Verdict:
    own, oldest = (
        {what.split("`")[1] for what in of_check(audits(each), "stable-abi")}
        for each in (name, for_oldest(name))
    )
    return {f"lacks {symbol}" for symbol in own} | {f"3.2 lacks {symbol}" for symbol in oldest}


AUDITORS = [
    Auditor(
        "auditwheel",
        is_for("manylinux", "musllinux"),
        auditwheel,
        our_tag(policy_aliases),
        policy_aliases,
    ),
    Auditor("delocate", is_for("macosx"), delocate, our_tag(macos_aliases), macos_aliases),
    Auditor("delvewheel", is_for("win"), delvewheel, our_libraries),
    Auditor(
        "abi3audit",
        lambda name: "-abi3-" in name,
        abi3audit,
        our_symbols,
        lambda name, _said: [for_oldest(name)],
    ),
    Auditor("check-wheel-contents", is_any, check_wheel_contents, our_contents),
    Auditor("pydistcheck", is_any, pydistcheck, our_distcheck, needs=tuple(SYMBOL_READERS)),
    Auditor("twine", is_any, twine, our_description),
]
