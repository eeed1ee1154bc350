"""No array is changed in place under another name: ``x = given; x += 1`` changes what was given
where that is a NumPy array, and only a copy of it where JAX traces.

The rule: a name may be added to, multiplied, ... in place where all that it was bound to before in
its function is the result of an operation or a call, a literal or a comprehension: something new.
Where it is a parameter, or bound to a bare name, an attribute or an item, it must be bound anew,
``x = x + 1``. Whole numbers that count are let through by a call: ``n = int(n)``.
"""

import ast
from pathlib import Path

import numpy as np
import pytest

from jt3r.flavour import joint, measurements, predict, table

ROOT = Path(__file__).parents[1]
FILES = [file for room in ("kernels", "jt3r") for file in sorted((ROOT / room).rglob("*.py"))]
NEW = (ast.BinOp, ast.UnaryOp, ast.Call, ast.Constant, ast.Compare, ast.BoolOp, ast.JoinedStr)
NEW += (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp, ast.Tuple)
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def is_new(value: ast.expr) -> bool:
    if isinstance(value, ast.IfExp):
        return is_new(value.body) and is_new(value.orelse)
    return isinstance(value, NEW)


def own_nodes(function):
    """Nodes of a function without those of the functions in it."""
    for child in ast.iter_child_nodes(function):
        if not isinstance(child, FUNCTION):
            yield child
            yield from own_nodes(child)


def bindings(target, value):
    """Name and value of an assignment; a value of None where it is unpacked from something."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, (ast.Tuple, ast.List)):
        parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts) else None
        for k, part in enumerate(target.elts):
            yield from bindings(part, parts[k] if parts else value if isinstance(value, ast.Call) else None)


def changed_under_another_name(source: str) -> list[str]:
    found = []
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        arguments = function.args
        shared = {a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
        for node in own_nodes(function):
            if isinstance(node, ast.Assign):
                pairs = [pair for target in node.targets for pair in bindings(target, node.value)]
            elif isinstance(node, ast.For):
                pairs = list(bindings(node.target, None))
            else:
                continue
            shared |= {name for name, value in pairs if value is None or not is_new(value)}
        for node in own_nodes(function):
            if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and node.target.id in shared:
                found.append(f"line {node.lineno}: {ast.unparse(node)}")
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_nothing_is_changed_under_another_name(file):
    assert changed_under_another_name(file.read_text()) == []


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ("mean = self.value; mean += 1", True),
        ("mean, variance = self.value, 0.0; mean += 1", True),
        ("self += 1", True),
        ("x = given[0]; x *= 2", True),
        ("for x in given: x += 1", True),
        ("mean = self.value + 1; mean += 1", False),
        ("n = 0; n += 1", False),
    ],
)
def test_the_rule_itself(body, wrong):
    assert bool(changed_under_another_name(f"def f(self, given):\n    {body}")) == wrong


def test_arrays_that_calls_share_cannot_be_written():
    names = ("R_K", "R_Kst")
    polynomials = joint.polynomials(names)
    shared = [
        measurements.correlations("current", names),
        table.load_table(predict.DEFAULT_TABLE).factor,
        joint._sm_covariance(names, predict.DEFAULT_TABLE),
        polynomials.place,
        *polynomials.numbers.values(),
    ]
    for array in shared:
        assert isinstance(array, np.ndarray)
        assert not array.flags.writeable
