"""The examples of documents are run; their links are the matter of test_documents.py."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("document", ["README.md", "docs/windows.md"])
def test_the_examples_print_what_the_document_says(document: str) -> None:
    result = doctest.testfile(str(ROOT / document), module_relative=False)
    assert result.attempted >= 5
    assert result.failed == 0
