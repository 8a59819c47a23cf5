"""Examples that need NumPy and iisignature at most; test_site.py runs those of other pages."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("document", ["README.md", "docs/migration.md", "docs/windows.md"])
def test_the_examples_print_what_the_document_says(document: str) -> None:
    if "import iisignature" in (ROOT / document).read_text(encoding="utf-8"):
        pytest.importorskip("iisignature", reason="`pip install iisignature` needs a compiler")
    result = doctest.testfile(str(ROOT / document), module_relative=False)
    assert result.attempted >= 5
    assert result.failed == 0
