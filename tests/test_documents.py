"""The links of all documents lead somewhere; which commands they name, the helper's tests check."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PLACES = ("*.md", "docs/**/*.md", "libalgebra/*.md", "tests/*/*.md", "xtask/*.md", "xtask/*/*.md")
DOCUMENTS = sorted(document for place in PLACES for document in ROOT.glob(place))

# README is shown by PyPI too, which knows nothing of the files beside it.
REPOSITORY = "https://github.com/datasig-ac-uk/esig/blob/main/"

INLINE = re.compile(r"\]\(([^)\s]+)\)")
DEFINED = re.compile(r"^\[([^]]+)\]: (\S+)$", re.MULTILINE)
USED = re.compile(r"\]\[([^]]+)\]")


def prose(text: str) -> str:
    """The text without its code."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`]*`", "code", text)


def anchors(text: str) -> set[str]:
    """The names that GitHub gives to headings."""
    headings = re.findall(r"^#+ (.*)$", re.sub("`", "", text), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(document: Path, text: str, root: Path = ROOT) -> list[str]:
    """The links to files and headings that are not there, as they are written."""
    text = prose(text)
    defined = dict(DEFINED.findall(text))
    found = [name for name in USED.findall(text) if name not in defined]
    for link in (*INLINE.findall(text), *defined.values()):
        path, _, anchor = link.removeprefix(REPOSITORY).partition("#")
        if re.match(r"\w+:", path):
            continue
        target = (root if link.startswith(REPOSITORY) else document.parent) / path
        target = target if path else document
        is_there = target.exists() and target.resolve().is_relative_to(root)
        if not is_there or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
            found.append(link)
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file_and_a_heading_that_are_there(document: Path) -> None:
    assert broken(document, document.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.relative_to(ROOT).as_posix())
def test_a_reader_can_come_to_every_document(document: Path) -> None:
    links = set()
    for other in DOCUMENTS:
        text = prose(other.read_text(encoding="utf-8"))
        for link in (*INLINE.findall(text), *dict(DEFINED.findall(text)).values()):
            path = link.removeprefix(REPOSITORY).partition("#")[0]
            links.add(((ROOT if link.startswith(REPOSITORY) else other.parent) / path).resolve())
    assert document in links or document == ROOT / "README.md"


def test_links_of_each_kind_are_found_broken_and_whole(tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("# A `good` heading, really\n", encoding="utf-8")
    document = tmp_path / "this.md"
    whole = (
        *("[a](there.md)", "[a](there.md#a-good-heading-really)", "[a](https://example.org/x)"),
        *(f"[a]({REPOSITORY}there.md)", "[a][b]\n\n[b]: there.md\n", "`[a](code.md)`"),
        *("# Here\n\n[a](#here)", "```\n[a](code.md)\n```\n"),
    )
    for text in whole:
        document.write_text(text, encoding="utf-8")
        assert broken(document, text, tmp_path) == []
    for link in ("gone.md", "there.md#gone", f"{REPOSITORY}gone.md", "../this.md", "#gone"):
        document.write_text(f"[a]({link})", encoding="utf-8")
        assert broken(document, f"[a]({link})", tmp_path) == [link]
    assert broken(document, "[a][gone]", tmp_path) == ["gone"]
