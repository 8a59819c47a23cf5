"""Checks that an index lists every file of a release, with the hash that passed the checks."""

from __future__ import annotations

import json
import sys
import time
from html.parser import HTMLParser
from pathlib import Path
from urllib.error import URLError
from urllib.parse import unquote, urlsplit
from urllib.request import urlopen

# What was uploaded may take a moment to be listed.
ATTEMPTS = 25
PAUSE = 5.0


class Links(HTMLParser):
    """Collects the hashes of the files that a page of a simple index (PEP 503) links to."""

    def __init__(self) -> None:
        super().__init__()
        self.hashes: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take `…/name#sha256=…` apart."""
        url = urlsplit(dict(attrs).get("href") or "")
        if tag == "a":
            name = unquote(url.path.rsplit("/", 1)[-1])
            self.hashes[name] = url.fragment.rsplit("=", 1)[-1]


def problems(page: str, expected: dict[str, str]) -> list[str]:
    """Return which files (names with their SHA-256) the page lacks, or lists with other hashes."""
    links = Links()
    links.feed(page)
    missing = [f"`{name}` is missing" for name in expected if name not in links.hashes]
    other = [n for n in expected if n in links.hashes and links.hashes[n] != expected[n]]
    return missing + [f"`{name}` is another" for name in other]


def main(page: str, note: Path) -> int:
    """Return 0 when the page is as it should be; look again for a while if something is missing."""
    expected = json.loads(note.read_text())["files"]
    for attempt in range(ATTEMPTS):
        time.sleep(PAUSE if attempt else 0)
        try:
            with urlopen(page) as answer:
                found = problems(answer.read().decode(), expected)
        except URLError as error:
            found = [str(error)]
        if not found:
            print(f"{page} lists all {len(expected)} files")
            return 0
        if any(problem.endswith("another") for problem in found):
            break
    print(f"{page} is not as it was published:", *found, sep="\n", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
