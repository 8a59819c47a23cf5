"""How Sphinx builds the documentation: `cargo xtask docs`. The pages are Markdown, for GitHub too.

Everything that a page needs is in the site: it is read without a network.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

import esig

if TYPE_CHECKING:
    from sphinx.application import Sphinx

REPOSITORY = "https://github.com/datasig-ac-uk/esig/blob/main/"

# The pages in the order of the navigation. They stand here, not in the pages, because GitHub would
# show a table of contents as code.
SECTIONS = {
    "Learn": ["signature", "quickstart", "tutorial", "choosing", "hall-basis"],
    "Use": ["windows", "recombine", "scaling", "command-line", "performance", "performance/speed"],
    "Refer": ["api", "migration", "glossary", "changes"],
    "Build": ["building", "releasing", "evidence", "decisions/index"],
}

project = "esig"
author = "The esig developers"
copyright = "The esig developers. MIT OR Apache-2.0"
version = release = esig.__version__

extensions = [
    "matplotlib.sphinxext.plot_directive",
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.mathjax",
    "sphinx.ext.napoleon",
    "sphinx-mathjax-offline",
    "sphinx_copybutton",
]
exclude_patterns = ["pictures"]

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4

default_role = "py:obj"
autodoc_member_order = "bysource"
# What they are for is not installed with what builds the pages.
autodoc_mock_imports = ["jax", "torch"]

plot_formats = ["svg"]
plot_html_show_formats = False
plot_html_show_source_link = False
plot_include_source = False
plot_rcparams = {"font.size": 11, "savefig.bbox": "tight", "savefig.transparent": True}

copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

html_theme = "furo"
html_title = f"esig {version}"
html_show_sourcelink = False
html_static_path = ["static"]
html_css_files = ["esig.css"]
html_theme_options = {
    "source_repository": "https://github.com/datasig-ac-uk/esig/",
    "source_branch": "main",
    "source_directory": "docs/",
    "top_of_page_buttons": ["view"],
}


def with_navigation(app: Sphinx, page: str, source: list[str]) -> None:
    """Adds the table of contents, which is seen beside the pages, to the first of them."""
    if page == "index":
        for caption, pages in SECTIONS.items():
            listed = "\n".join(pages)
            source[0] += f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{listed}\n```\n"
    elif page == "decisions/index":
        source[0] += "\n```{toctree}\n:hidden:\n:glob:\n\n0*\n```\n"


def with_links_to_the_repository(app: Sphinx, page: str, source: list[str]) -> None:
    """Has links to files that are not of the documentation lead to the repository."""

    def absolute(match: re.Match[str]) -> str:
        here = posixpath.dirname(f"docs/{page}")
        path = posixpath.normpath(posixpath.join(here, match[1]))
        return match[0] if path.startswith("docs/") else f"]({REPOSITORY}{path}{match[2]})"

    source[0] = re.sub(r"\]\((\.\.?/[^)#\s]+)(#[^)\s]*)?\)", absolute, source[0])


def without_last_blank_lines(app: Sphinx, page: str, source: list[str]) -> None:
    """Removes the line behind examples that doctest needs, and readers do not."""
    source[0] = source[0].replace("\n\n```\n", "\n```\n")


def setup(app: Sphinx) -> None:
    """Has the pages changed as they are read."""
    app.connect("source-read", with_navigation)
    app.connect("source-read", with_links_to_the_repository)
    app.connect("source-read", without_last_blank_lines)
