"""What a docstring must say: a kernel where its formula is from, and any public function what it raises."""

import ast
import re
from pathlib import Path

import pytest

from tests.test_architecture import MODULES, ROOT

SOURCE = re.compile(r"arXiv:|hep-ph/\d{7}|\b\d{4}\.\d{4,5}\b|PDG\s\d{4}|(Phys|Softw|Meth|Math)\.\s|NIST|Source:\s+none")
TOOLS = {"batching", "devices", "jax_internals", "production", "programs", "promotion", "pytree", "slopes"}
"""Modules of kernels without a formula: two handle arrays, two traced programs, one chooses sizes, one gathers names."""


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


def documentation(source: str) -> list[ast.Constant]:
    """Docstrings of modules, classes and functions, and the texts below names."""
    return [
        node.value
        for parent in ast.walk(ast.parse(source))
        for node in ast.iter_child_nodes(parent)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    ]


def single_backticks(source: str) -> list[str]:
    """Pieces of documentation that mark code with one backtick: two are the mark, which Sphinx shows as code."""
    texts = [node.value for node in documentation(source)]
    return [piece for text in texts for piece in re.findall(r"(?<!`)(?<!:math:)`[^`\n]+`(?!`)", text)]


def long_lines(source: str) -> list[int]:
    """Lines of documentation with more than 100 columns."""
    spans = [(node.lineno, node.end_lineno or node.lineno) for node in documentation(source)]
    lines = source.split("\n")
    return [number for first, last in spans for number in range(first, last + 1) if len(lines[number - 1]) > COLUMNS]


COLUMNS = 100


def test_code_has_one_markup():
    """All rooms but the command line, whose docstrings are help on a terminal."""
    texts = {path.relative_to(ROOT).as_posix(): path.read_text() for path in MODULES if "cli" not in path.parts}
    assert {name: marked for name, text in texts.items() if (marked := single_backticks(text))} == {}


def test_documentation_has_at_most_100_columns():
    texts = {path.relative_to(ROOT).as_posix(): path.read_text() for path in MODULES}
    assert {name: found for name, text in texts.items() if (found := long_lines(text))} == {}


def test_the_rules_of_form_find_what_breaks_them():
    assert single_backticks('"""Of `x` and ``y``, :math:`z`."""\nz = 1\n"""`z`."""') == ["`x`", "`z`"]
    assert single_backticks('def f():\n    """``x``."""\n    return "`x`"') == []
    assert long_lines(f'def f():\n    """Short.\n\n    {"x" * 97}\n    """\n') == [4]
    assert long_lines(f'x = "{"x" * 100}"\n"""{"x" * 94}"""') == []
