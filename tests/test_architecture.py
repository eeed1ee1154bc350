"""The rules of the house: which room may import which, what an import may load, and how long a module may be."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted(path for room in ("kernels", "jt3r", "scans") for path in (ROOT / room).rglob("*.py"))
ROOMS = {"kernels": "jt3r.kernels", "jt3r": "jt3r", "scans": "jt3r.scans"}


def _name(path: Path) -> str:
    room, *inside = path.relative_to(ROOT).with_suffix("").parts
    return ".".join([ROOMS[room], *(part for part in inside if part != "__init__")])


def imports(path: Path) -> set[str]:
    """Absolute names of all modules that a file imports, wherever in it."""
    name, is_package, found = _name(path).split("."), path.name == "__init__.py", set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            up = node.level - (1 if is_package else 0)
            base = name[: len(name) - up] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            found |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return found


def _of(room: str) -> list[Path]:
    return [path for path in MODULES if path.relative_to(ROOT).parts[0] == room]


def test_relative_imports_are_resolved():
    assert "jt3r.kernels.roots" in imports(ROOT / "jt3r" / "band.py")
    assert "jt3r.kernels.promotion" in imports(ROOT / "kernels" / "loops.py")


@pytest.mark.parametrize("path", _of("kernels"), ids=_name)
def test_kernels_import_nothing_of_the_model(path):
    assert not [m for m in imports(path) if m.split(".")[0] == "jt3r" and not m.startswith("jt3r.kernels")]


@pytest.mark.parametrize("path", _of("jt3r"), ids=_name)
def test_the_model_imports_no_scans(path):
    assert not [m for m in imports(path) if m.startswith("jt3r.scans")]


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_holds_one_idea(path):
    assert len(path.read_text().splitlines()) < 400


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("jt3r", "jax matplotlib h5py"),
        ("jt3r.scans", "jax matplotlib h5py"),
        ("jt3r.scans.cli", "jax matplotlib h5py"),
        ("jt3r.catalogue", "matplotlib h5py"),
        ("jt3r.scans.engine", "matplotlib"),
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
