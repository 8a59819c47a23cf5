"""Checks that an index lists every file of a release, with the hash that passed the checks.

No other file of that version may be there. With `--before`, ours may be missing: it is checked that
nothing is in the way. A login is taken from PIP_INDEX_URL.
"""

from __future__ import annotations

import base64
import json
import os
import re
import sys
import time
from html.parser import HTMLParser
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

from packaging.version import VERSION_PATTERN, Version

# What was uploaded may take a moment to be listed.
ATTEMPTS = 25
PAUSE = 5.0

# Of an index that answers: seconds that it may be silent, and bytes of a page.
PATIENCE = 60.0
PAGE_MAX = 50_000_000

VERSION = re.compile(VERSION_PATTERN, re.VERBOSE | re.IGNORECASE)


class Links(HTMLParser):
    """Collects the hashes of the files that a page of a simple index (PEP 503) links to."""

    def __init__(self) -> None:
        super().__init__()
        self.hashes: dict[str, set[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take `…/name#sha256=…` apart."""
        url = urlsplit(dict(attrs).get("href") or "")
        if tag == "a":
            name = unquote(url.path.rsplit("/", 1)[-1])
            digest = url.fragment.removeprefix("sha256=").lower()
            self.hashes.setdefault(name, set()).add(digest)


def version_of(name: str) -> Version | None:
    """Return the version of a file by its name, whatever format it is of: `esig-1.1.0-…`."""
    parts = name.split("-")
    found = VERSION.match(parts[1]) if len(parts) > 1 else None
    return Version(found.group()) if found else None


def problems(page: str, expected: dict[str, str], before: bool = False) -> list[str]:
    """Return which files (names with their SHA-256) the page lacks, or lists with other hashes.

    Other files of the same version are problems as well. Before an upload, it lacks nothing.
    """
    links = Links()
    links.feed(page)
    missing = [f"`{name}` is missing" for name in expected if name not in links.hashes]
    other = [n for n in expected if links.hashes.get(n, {expected[n]}) != {expected[n]}]
    versions = {version_of(name) for name in expected} - {None}
    strange = [n for n in links.hashes if n not in expected and version_of(n) in versions]
    found = [] if before else missing
    found += [f"`{name}` is another" for name in other]
    return found + [f"`{name}` is none of ours" for name in strange]


def fetched(page: str) -> str:
    """Return a page of an index; of a project that it does not have yet, an empty one."""
    login = urlsplit(os.environ.get("PIP_INDEX_URL", "")).netloc.rpartition("@")[0]
    request = Request(page, headers={"Accept": "text/html"})
    if login:
        user, _, password = login.partition(":")
        pair = f"{unquote(user)}:{unquote(password)}"
        token = base64.b64encode(pair.encode()).decode()
        request.add_unredirected_header("Authorization", f"Basic {token}")
    try:
        with urlopen(request, timeout=PATIENCE) as answer:
            return str(answer.read(PAGE_MAX).decode())
    except HTTPError as error:
        if error.code == 404:
            return ""
        raise


def main(page: str, note: Path, before: bool) -> int:
    """Return 0 when the page is as it should be; look again for a while if something is missing."""
    expected = json.loads(note.read_text())["files"]
    for attempt in range(ATTEMPTS):
        time.sleep(PAUSE if attempt else 0)
        try:
            found = problems(fetched(page), expected, before)
        except URLError as error:
            found = [str(error)]
        if not found:
            done = "has nothing in the way of" if before else "lists"
            print(f"{page} {done} all {len(expected)} files")
            return 0
        if before or any(problem.endswith(("another", "ours")) for problem in found):
            break
    state = "cannot take this release" if before else "is not as it was published"
    print(f"{page} {state}:", *found, sep="\n", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), "--before" in sys.argv))
