"""The documentation as it was built: its examples hold, its links lead somewhere, offline too."""

from __future__ import annotations

import doctest
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "target" / "xtask" / "html"
SOURCES = sorted((ROOT / "docs").rglob("*.md"))
# Those of migration.md need a compiler; test_readme.py runs them.
WITH_EXAMPLES = [
    page
    for page in SOURCES
    if ">>> " in page.read_text(encoding="utf-8") and page.name != "migration.md"
]
# Sphinx's own pages have no text to look at.
PAGES = sorted(page for page in SITE.rglob("*.html") if "_static" not in page.parts)

# Elements that a browser fetches to show the page, and where they say from where.
FETCHED = {"img": "src", "link": "href", "script": "src", "source": "src", "iframe": "src"}


class Page(HTMLParser):
    """What a page links to, what it is shown with, and what in it can be linked to."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.fetched: set[str] = set()
        self.names: set[str] = set()
        self.without_words: list[str] = []
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.names.add(values.get("id", ""))
        if tag == "a" and "href" in values:
            self.links.add(values["href"])
        if tag == "img" and not values.get("alt"):
            self.without_words.append(values.get("src", ""))
        address = values.get(FETCHED.get(tag, ""))
        if address and values.get("rel") not in ("canonical", "author", "search", "next", "prev"):
            self.fetched.add(address)


def is_elsewhere(address: str) -> bool:
    return address.startswith(("http:", "https:", "//", "mailto:"))


def broken(page: Path, addresses: set[str]) -> list[str]:
    """Those of the addresses that lead to no file of the site, or to no place in it."""
    found = []
    for address in sorted(addresses):
        path, anchor = urldefrag(address)
        target = page.parent / unquote(path.partition("?")[0]) if path else page
        if is_elsewhere(address) or address.startswith("data:"):
            continue
        if not target.is_file() or (anchor and anchor not in Page(target).names):
            found.append(address)
    return found


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_the_examples_print_what_the_page_says(page: Path) -> None:
    result = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert result.attempted > 0
    assert result.failed == 0


def test_every_page_was_built() -> None:
    built = {page.relative_to(SITE).with_suffix("").as_posix() for page in PAGES}
    assert {page.relative_to(ROOT / "docs").with_suffix("").as_posix() for page in SOURCES} <= built


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(SITE).as_posix())
def test_links_lead_somewhere_and_nothing_is_fetched_from_elsewhere(page: Path) -> None:
    content = Page(page)
    assert broken(page, content.links | content.fetched) == []
    assert [address for address in content.fetched if is_elsewhere(address)] == []
    assert content.without_words == []


def test_broken_links_of_each_kind_are_found(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text('<p id="here"><a href="#here">a</a><img src="https://x.org/a.png">')
    content = Page(page)
    assert broken(page, content.links) == []
    assert broken(page, {"#there", "gone.html", "page.html#here"}) == ["#there", "gone.html"]
    assert [address for address in content.fetched if is_elsewhere(address)] == [
        "https://x.org/a.png"
    ]
    assert content.without_words == ["https://x.org/a.png"]
