"""The rules of the house: which room may import which, what an import may load, and how long a module may be."""

import ast
import subprocess
import sys
from importlib.util import resolve_name
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted(path for room in ("kernels", "jt3r", "scans") for path in (ROOT / room).rglob("*.py"))
ROOMS = {"kernels": "jt3r.kernels", "jt3r": "jt3r", "scans": "jt3r.scans"}
ORDER = list(ROOMS)
"""Each may import itself and what stands before it."""

FRONT_DOOR = ROOT / "jt3r" / "__init__.py"
"""Has the names that are meant for use, of all rooms; it imports nothing until one of them is asked for."""


def _name(path: Path) -> str:
    room, *inside = path.relative_to(ROOT).with_suffix("").parts
    return ".".join([ROOMS[room], *(part for part in inside if part != "__init__")])


def imports(path: Path, source: str | None = None) -> set[str]:
    """Absolute names of all modules that a file imports, wherever in it: inside functions and by import_module("name") too."""
    package = _name(path).split(".")[: None if path.name == "__init__.py" else -1]
    found = set()
    for node in ast.walk(ast.parse(path.read_text() if source is None else source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            found |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            names = [name.value for name in node.args[:1] if isinstance(name, ast.Constant)]
            found |= {resolve_name(name, ".".join(package)) for name in names}
    return found


def wrong_way(path: Path, source: str | None = None) -> list[str]:
    """What a file imports against the direction kernels -> jt3r -> scans, or by the name of a folder that is not installed."""
    room = path.relative_to(ROOT).parts[0]
    if path == FRONT_DOOR:
        return []

    def is_wrong(module: str) -> bool:
        first, _, rest = module.partition(".")
        there = rest.split(".")[0] if rest.split(".")[0] in ROOMS else "jt3r"
        return first in ("kernels", "scans") or (first == "jt3r" and ORDER.index(there) > ORDER.index(room))

    return sorted(filter(is_wrong, imports(path, source)))


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_imports_go_one_way(path):
    assert wrong_way(path) == []


@pytest.mark.parametrize(
    ("file", "source", "found"),
    [
        ("kernels/new.py", "from jt3r.point import Point", ["jt3r.point", "jt3r.point.Point"]),
        ("kernels/new.py", "from ..constants import M_MU", ["jt3r.constants", "jt3r.constants.M_MU"]),
        ("kernels/new.py", "from .. import dark", ["jt3r", "jt3r.dark"]),
        ("kernels/__init__.py", "from ..point import Point", ["jt3r.point", "jt3r.point.Point"]),
        ("kernels/new.py", "def f():\n    import jt3r.scans", ["jt3r.scans"]),
        ("kernels/new.py", "def f():\n    return import_module('..dark', __package__)", ["jt3r.dark"]),
        ("kernels/new.py", "import importlib\nimportlib.import_module('jt3r.dark')", ["jt3r.dark"]),
        ("jt3r/new.py", "from . import scans", ["jt3r.scans"]),
        (
            "jt3r/point.py",
            "def f():\n    from .scans.cards.load import load_card",
            ["jt3r.scans.cards.load", "jt3r.scans.cards.load.load_card"],
        ),
        ("scans/new.py", "from kernels.loops import c_phi", ["kernels.loops", "kernels.loops.c_phi"]),
        ("kernels/new.py", "import jax\nfrom .promotion import floats\nfrom jt3r.kernels import loops", []),
        ("jt3r/new.py", "from .kernels import loops\nfrom .point import Point", []),
        ("scans/new.py", "from jt3r import Point\nfrom jt3r.kernels import loops\nfrom .card import load_card", []),
    ],
)
def test_the_rule_of_imports_finds_what_breaks_it(file, source, found):
    assert wrong_way(ROOT / file, source) == found


@pytest.mark.parametrize("room", ["kernels", "jt3r"])
def test_all_that_a_room_offers_loads_nothing_of_the_next(room):
    """Also what is imported on first use of a name, as `jt3r.Point` is."""
    names = [_name(path) for path in MODULES if path.relative_to(ROOT).parts[0] == room and path.name != "make_flavour.py"]
    script = (
        f"import sys\nfrom importlib import import_module\nfor name in {names}:\n    module = import_module(name)\n"
        "    for entry in dir(module) if name != 'jt3r' else ():\n        getattr(module, entry)\nprint(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = {name for name in run.stdout.split() if name.startswith("jt3r.")}
    assert loaded >= {name for name in names if name != "jt3r"}
    assert not [name for name in loaded if name.startswith("jt3r.scans") or not name.startswith(ROOMS[room])]


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_holds_one_idea(path):
    assert len(path.read_text().splitlines()) < 400


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("jt3r", "jax matplotlib h5py"),
        ("jt3r.scans", "jax matplotlib h5py"),
        ("jt3r.scans.cli.main", "jax matplotlib h5py"),
        ("jt3r.catalogue", "matplotlib h5py"),
        ("jt3r.scans.engine.run", "matplotlib"),
    ],
)
def test_an_import_stays_light(module, unwanted):
    script = f"import sys, {module}; print(*[m for m in {unwanted.split()} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


@pytest.mark.parametrize(("environment", "dtype"), [({}, "float64"), ({"JAX_ENABLE_X64": "0"}, "float32")])
def test_precision_is_chosen_at_import(environment, dtype, monkeypatch):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    script = "import jax, jt3r; print(jt3r.observables['c_phi'](jt3r.Point(m_phi=0.08)).dtype)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == dtype
