"""What a docstring must say: a kernel where its formula is from, and any public function what it raises."""

import ast
import re
from pathlib import Path

import pytest

from tests.test_architecture import MODULES, ROOT

SOURCE = re.compile(r"arXiv:|hep-ph/\d{7}|\b\d{4}\.\d{4,5}\b|PDG \d{4}|(Phys|Softw|Meth)\. |NIST|Source: none")
TOOLS = {"batching", "production", "promotion"}
"""Modules of kernels without a formula: two handle arrays, one gathers names."""


def public(source: str) -> list[ast.FunctionDef | ast.ClassDef]:
    nodes = ast.parse(source).body
    return [node for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")]


def without_source(source: str) -> list[str]:
    """Public functions and classes with no docstring, or with no source in it or in their module's."""
    module = ast.get_docstring(ast.parse(source)) or ""
    docs = {node.name: ast.get_docstring(node) for node in public(source)}
    return [name for name, doc in docs.items() if not doc or not SOURCE.search(doc + module)]


def with_secret_errors(source: str) -> list[str]:
    """Public functions and classes that raise, and whose docstring says nothing of it."""
    docs = {node.name: ast.get_docstring(node) or "" for node in public(source)}
    raising = {node.name for node in public(source) if any(isinstance(inner, ast.Raise) for inner in ast.walk(node))}
    return sorted(name for name in raising if not re.search(r"[Rr]aises|Error", docs[name]))


def _of(*rooms: str) -> list[Path]:
    return [path for path in MODULES if path.relative_to(ROOT).parts[0] in rooms and path.name != "make_flavour.py"]


@pytest.mark.parametrize("path", [path for path in _of("kernels") if path.stem not in TOOLS], ids=lambda path: path.stem)
def test_a_kernel_names_its_source(path):
    assert without_source(path.read_text()) == []


@pytest.mark.parametrize("path", _of("kernels", "jt3r"), ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_what_raises_says_so(path):
    assert with_secret_errors(path.read_text()) == []


def test_the_rules_find_what_breaks_them():
    assert without_source('def f(x):\n    """x squared."""') == ["f"]
    assert without_source("def f(x):\n    return x") == ["f"]
    assert without_source('"""Source: arXiv:2105.07655."""\n\n\ndef f(x):\n    """x squared."""') == []
    assert with_secret_errors('def f(x):\n    """x squared."""\n    raise ValueError') == ["f"]
    assert with_secret_errors('def f(x):\n    """x squared. Raises ValueError."""\n    raise ValueError') == []
