"""What all Python tests share: they test an installed wheel, against recorded results."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy
import pytest

import esig

ROOT = Path(__file__).resolve().parent.parent

if Path(esig.__file__).resolve().is_relative_to(ROOT / "esig"):
    pytest.exit(
        f"error: esig was imported from the checkout, {esig.__file__}\n"
        "hint: install the wheel and run `pytest`, which unlike `python -m pytest` "
        "does not look for modules in the current folder",
        returncode=4,
    )


# What earlier releases of esig computed. It is a record, so it never changes.
RECORDED_SHA256 = "9098e34a8d22cbab70fed8644200486c0953c396edcb740c6a324ab1b5ef0fc9"


@pytest.fixture(scope="session")
def recorded_cases() -> list[dict[str, Any]]:
    """The cases of the installed `esig/tests/sample.json`, their paths as arrays."""
    record = (Path(esig.__file__).parent / "tests" / "sample.json").read_bytes()
    assert hashlib.sha256(record).hexdigest() == RECORDED_SHA256, "sample.json was changed"
    cases: list[dict[str, Any]] = json.loads(record)["cases"]
    for case in cases:
        case["path"] = numpy.array(case["path"], dtype=case["dtype"])
    return cases


@pytest.fixture(autouse=True)
def _settings() -> Iterator[None]:
    """Whatever a test sets, the next one finds as it was."""
    limit = esig.get_memory_limit()
    backend = esig.get_backend()
    yield
    esig.set_memory_limit(limit)
    esig.set_backend(backend)


Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run_python(tmp_path: Path) -> Run:
    """Runs this Python with some arguments where the checkout is out of sight."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    return run
