"""The sources of the package: the manifest of the extension, and the syntax of Python 2.7."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = json.loads((ROOT / "esig" / "extension.json").read_text(encoding="utf-8"))
PYTHON = [ROOT / "setup.py", *sorted((ROOT / "esig").rglob("*.py"))]


def relative(files: list[Path]) -> list[str]:
    return sorted(file.relative_to(ROOT).as_posix() for file in files)


def test_the_manifest_has_its_keys_and_no_others() -> None:
    assert set(MANIFEST) == {
        *("about", "module", "limited_api", "core", "binding", "target_config", "compile", "link")
    }
    assert MANIFEST["module"] == "esig.tosig"
    assert (ROOT / MANIFEST["target_config"]).is_file()
    assert set(MANIFEST["core"]) == {"sources", "include"}
    assert set(MANIFEST["binding"]) == {"sources", "include", "compile"}
    for flags in (MANIFEST["compile"], MANIFEST["link"], MANIFEST["binding"]["compile"]):
        assert set(flags) == {"gnu", "msvc"}


@pytest.mark.parametrize(("part", "folder"), [("core", "libalgebra/src"), ("binding", "esig/ext")])
def test_the_manifest_lists_the_sources_that_are_there(part: str, folder: str) -> None:
    assert MANIFEST[part]["sources"] == relative(list((ROOT / folder).rglob("*.cpp")))
    for include in MANIFEST[part]["include"]:
        assert (ROOT / include).is_dir()


@pytest.mark.parametrize("file", PYTHON, ids=lambda f: f.name)
def test_what_is_shipped_is_ascii_and_begins_with_its_purpose(file: Path) -> None:
    text = file.read_text(encoding="ascii")
    assert ast.get_docstring(ast.parse(text))


NEW_SYNTAX: tuple[type[ast.AST], ...] = (
    *(ast.AnnAssign, ast.AsyncFunctionDef, ast.Await, ast.JoinedStr, ast.NamedExpr),
    *(ast.MatMult, ast.Match, ast.Nonlocal, ast.Starred, ast.YieldFrom),
)


def newer_than_2_7(node: ast.AST) -> bool:
    """True if the syntax of a node is not that of Python 2.7."""
    if isinstance(node, ast.Raise):
        return node.cause is not None
    if isinstance(node, ast.ClassDef):
        return bool(node.keywords)
    if isinstance(node, ast.arguments):
        return bool(node.kwonlyargs or node.posonlyargs)
    if isinstance(node, ast.arg):
        return node.annotation is not None
    if isinstance(node, ast.Call):
        stars = [argument for argument in node.args if isinstance(argument, ast.Starred)]
        return len(stars) > 1 or (bool(stars) and node.args[-1] is not stars[0])
    return isinstance(node, NEW_SYNTAX) and not isinstance(node, ast.Starred)


@pytest.mark.parametrize("file", PYTHON, ids=lambda f: f.name)
def test_what_is_shipped_is_in_the_syntax_of_2_7(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="ascii"))
    found = [node for node in ast.walk(tree) if newer_than_2_7(node)]
    assert [f"{file.name}:{getattr(node, 'lineno', '?')}: {node}" for node in found] == []


@pytest.mark.parametrize(
    "text",
    ["f'{x}'", "x: int = 1", "def f(*, a): pass", "(y := 1)", "raise A from b", "class A(m=B): 0"],
)
def test_newer_syntax_would_be_found(text: str) -> None:
    assert any(newer_than_2_7(node) for node in ast.walk(ast.parse(text)))
