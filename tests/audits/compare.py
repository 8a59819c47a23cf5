"""Compares `cargo xtask audit` with other auditors: python compare.py WHEELS SCRATCH.

It fails where they differ and explained.txt does not say why, and where it explains nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from auditors import AUDITORS, Auditor, Findings, Verdict

EXPLAINED = Path(__file__).parent / "explained.txt"
AUDIT = ["cargo", "run", "--quiet", "--locked", "--package", "xtask", "--", "audit", "--json"]
HOW = "`apt-get install binutils llvm`"
# So many wheels at a time: fewer would have the auditors start more often.
PART = 12

Said = dict[str, dict[str, Verdict]]


def main() -> None:
    """Ask all, compare, and end as a test runner does."""
    wheels = sorted(Path(sys.argv[1]).glob("*.whl"))
    asked = [auditor for auditor in AUDITORS if not missing(auditor)]
    said = ask_others(asked, wheels)
    audits = audit(wheels, asked, said, Path(sys.argv[2]))
    explanations = read_explanations()
    counts: Counter[str] = Counter()
    for auditor in AUDITORS:
        here = [wheel.name for wheel in wheels if auditor.asks(wheel.name)]
        if auditor not in asked:
            counts["skipped"] += len(here)
            print(f"{auditor.name:<21} not asked: no {missing(auditor)} on PATH; {HOW}")
            continue
        counts += compare(auditor, here, said[auditor.name], audits, explanations)
    for explanation in explanations:
        if explanation.auditor in said:
            # What nothing needs any more would hide what comes next.
            counts["failed"] += not explanation.wheels
            print(explanation)
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    sys.exit(bool(counts["failed"]))


def missing(auditor: Auditor) -> str:
    """Return what an auditor needs and this machine lacks."""
    return " and ".join(program for program in auditor.needs if not shutil.which(program))


def ask_others(asked: list[Auditor], wheels: list[Path]) -> Said:
    """Ask each auditor of its wheels, as many at a time as there are processors."""
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        answers = {}
        for auditor in asked:
            own = [wheel for wheel in wheels if auditor.asks(wheel.name)]
            parts = [own[start : start + PART] for start in range(0, len(own), PART)]
            answers[auditor.name] = [pool.submit(auditor.verdicts, part) for part in parts]
        return {
            name: {wheel: words for part in parts for wheel, words in part.result().items()}
            for name, parts in answers.items()
        }


def audit(
    wheels: list[Path], asked: list[Auditor], said: Said, scratch: Path
) -> dict[str, Findings]:
    """Have our audit look at all wheels, and at those that shall be looked at by other names."""
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    paths = {wheel.name: wheel.absolute() for wheel in wheels}
    for wheel in wheels:
        for auditor in asked:
            if (words := said[auditor.name].get(wheel.name)) is not None:
                for name in auditor.aliases(wheel.name, words):
                    if name not in paths:
                        paths[name] = scratch.absolute() / name
                        paths[name].symlink_to(wheel.absolute())
    workers = os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        parts = pool.map(run_audit, ([*paths.values()][start::workers] for start in range(workers)))
        return {name: findings for part in parts for name, findings in part.items()}


def run_audit(wheels: list[Path]) -> dict[str, Findings]:
    """Have our audit look at wheels."""
    # That something is wrong with them is an error besides.
    ran = subprocess.run([*AUDIT, *wheels], check=False, capture_output=True, text=True)
    if not ran.stdout:
        sys.exit(ran.stderr)
    audited = json.loads(ran.stdout)["wheels"]
    return {Path(each["wheel"]).name: each["findings"] for each in audited}


@dataclass
class Explanation:
    """A line of explained.txt, and the wheels that it was needed for."""

    auditor: str
    word: str
    pattern: str
    reason: str
    wheels: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        """Print it with what it came to."""
        stale = "" if self.wheels else "FAILED: nothing is explained by "
        number = f"{len(self.wheels)} wheels, " if self.wheels else ""
        return f"  {stale}{self.auditor} {self.word}: {number}{self.reason}"


def read_explanations() -> list[Explanation]:
    """Return what is known."""
    known = []
    for line in EXPLAINED.read_text().splitlines():
        if not line.startswith("#"):
            where, reason = line.split(": ", 1)
            auditor, word, pattern = where.split()
            known.append(Explanation(auditor, word, pattern, reason))
    return known


def compare(
    auditor: Auditor,
    names: list[str],
    said: dict[str, Verdict],
    audits: dict[str, Findings],
    explanations: list[Explanation],
) -> Counter[str]:
    """Compare the verdicts of an auditor with ours; print its line of the table."""
    agreed = explained = 0
    problems = []
    for name in names:
        if name not in said:
            problems.append(f"{name}: no answer")
            continue
        ours = auditor.ours(name, said[name], audits.__getitem__)
        different = said[name] ^ ours
        unexplained = {word for word in different if not explain(auditor, word, name, explanations)}
        agreed += not different
        explained += bool(different) and not unexplained
        for word in sorted(unexplained):
            who = auditor.name if word in said[name] else "our audit"
            problems.append(f"{name}: only {who} says `{word}`")
    failed = len(names) - agreed - explained
    print(f"{auditor.name:<21}{agreed:>4} agree, {explained:>3} explained, {failed:>3} failed")
    for problem in problems:
        print(f"  FAILED: {problem}")
    return Counter(passed=agreed + explained, failed=failed)


def explain(auditor: Auditor, word: str, name: str, explanations: list[Explanation]) -> bool:
    """Note which line explains a word that only one of both says of a wheel, if one does."""
    for known in explanations:
        is_meant = known.auditor == auditor.name and fnmatchcase(word, known.word)
        if is_meant and fnmatchcase(name, known.pattern):
            known.wheels.add(name)
            return True
    return False


if __name__ == "__main__":
    main()
