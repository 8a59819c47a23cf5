"""The stubs say what the modules have: the same names, with the same arguments."""

from __future__ import annotations

import ast
import importlib
import inspect
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import esig
from esig import backends, tests, tosig

PACKAGE = Path(esig.__file__).parent


def stub_of(module: ModuleType) -> ast.Module:
    path = module.__name__.partition(".")[2].replace(".", "/")
    file = PACKAGE / f"{path}.pyi"
    if not file.exists():
        file = PACKAGE / path / "__init__.pyi"
    return ast.parse(file.read_text(encoding="utf-8"))


def functions(body: list[ast.stmt]) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in body if isinstance(node, ast.FunctionDef)}


def signature_of_stub(function: ast.FunctionDef) -> str:
    arguments = function.args
    for argument in (*arguments.posonlyargs, *arguments.args):
        argument.annotation = None
    return ast.unparse(arguments).replace(" ", "").replace('"', "'")


def signature_of_function(function: object) -> str:
    assert callable(function)
    return str(inspect.signature(function)).replace(" ", "")[1:-1]


@pytest.mark.parametrize("module", [esig, backends, tests, tosig], ids=lambda m: str(m.__name__))
def test_functions_have_the_arguments_that_the_stub_says(module: ModuleType) -> None:
    for name, stub in functions(stub_of(module).body).items():
        assert signature_of_stub(stub) == signature_of_function(getattr(module, name)), name


def test_methods_have_the_arguments_that_the_stub_says() -> None:
    for node in stub_of(backends).body:
        if isinstance(node, ast.ClassDef):
            for name, stub in functions(node.body).items():
                method = getattr(getattr(backends, node.name), name)
                assert signature_of_stub(stub) == signature_of_function(method), name


def test_the_extension_has_no_other_functions() -> None:
    stub = set(functions(stub_of(tosig).body))
    assert stub == {name for name in vars(tosig) if callable(getattr(tosig, name))} - {"__loader__"}


@pytest.mark.parametrize("module", [esig, backends], ids=lambda m: str(m.__name__))
def test_the_stub_exports_the_same_names(module: ModuleType) -> None:
    exported = [
        ast.literal_eval(node.value)
        for node in stub_of(module).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    assert exported == [module.__all__]
    assert module.__all__ == sorted(module.__all__)


def test_types_are_shipped() -> None:
    assert (PACKAGE / "py.typed").exists()


def test_mypy_finds_no_difference_between_stubs_and_modules(tmp_path: Path) -> None:
    try:
        importlib.import_module("mypy.stubtest")
    except ImportError:
        pytest.skip("mypy is not installed: its comparison of stubs and modules did not run")
    # Those of packages that are not installed have no module to be compared with.
    allowed = tmp_path / "allowed"
    allowed.write_text("esig\\.jax\nesig\\.sklearn\nesig\\.torch\n", encoding="utf-8")
    subprocess.run(
        [
            *(sys.executable, "-m", "mypy.stubtest", "esig", "--ignore-missing-stub"),
            *("--allowlist", str(allowed), "--ignore-unused-allowlist"),
        ],
        check=True,
        cwd=tmp_path,
    )
