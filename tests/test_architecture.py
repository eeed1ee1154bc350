"""The rules of the house, each fed what breaks it: which room and which folder may import which, what an import may load,
how long a module and how full a folder may be, where its test is found, what the front door shows."""

import ast
import json
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from importlib.util import resolve_name
from pathlib import Path

import pytest

from jt3r.kernels.numerics.jax_internals import QUICK_TO_COMPILE
from tests.conftest import STAGES, long_tests, quick_flags, stages_of, unmatched

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


@cache
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
    """Also what is imported on first use of a name, as ``jt3r.Point`` is."""
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


JAX_INTERNALS = "kernels/numerics/jax_internals.py"
"""The one file that may use interfaces of JAX that are private or may move."""


def unstable(path: Path, source: str | None = None) -> list[str]:
    """Private and experimental modules of JAX that a file imports, if it is not the one that may."""
    if path == ROOT / JAX_INTERNALS:
        return []
    moving = ("jax._src", "jax.experimental", "jax.extend", "jax.interpreters", "jaxlib")
    return sorted(name for name in imports(path, source) if name.startswith(moving))


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_interfaces_of_jax_that_may_move_are_used_in_one_file(path):
    assert unstable(path) == []


def test_the_rule_of_interfaces_finds_what_breaks_it():
    source = "def f():\n    from jax._src.core import jaxpr\nimport jax.extend.core\nimport jax.numpy\nfrom jax import lax"
    assert unstable(ROOT / "kernels/new.py", source) == ["jax._src.core", "jax._src.core.jaxpr", "jax.extend.core"]
    assert unstable(ROOT / JAX_INTERNALS, source) == []


LARGEST_FOLDER = 15
"""Modules of one folder, beside its ``__init__``: what one takes in at a glance."""

CROSS_CUTTING = {
    "tests/kernels/test_contract.py": "what every kernel promises: dtype, gradient, CUDA",
    "tests/kernels/production/test_contract.py": "the same of production",
    "tests/scans/test_fuzz.py": "hostile input at every door",
    "tests/scans/test_faults.py": "faults of real processes",
}
"""Tests of no single module, and what of. The four beside this file are of the whole tree."""

HUBS = {"jt3r", "jt3r.catalogue", "jt3r.scans", "jt3r.scans.kinds.registry"}
"""Lists of what there is, which import the listed on use: the front doors, the observables, the kinds."""


def top_level(source: str) -> str:
    """What runs when a module is imported: not the bodies of its functions and classes, not what is for the type checker."""
    tree = ast.parse(source)
    tree.body = [
        node
        for node in tree.body
        if not isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not (isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"))
    ]
    return ast.unparse(tree)


def graph_of(paths: list[Path]) -> dict[str, set[str]]:
    """Module -> modules of the program that it imports on being imported itself."""
    sources = {_name(path): (path, top_level(path.read_text())) for path in paths}
    return {name: {other for other in imports(*entry) if other in sources and other != name} for name, entry in sources.items()}


def cycle(graph: Mapping[str, set[str]]) -> list[str]:
    """A closed path in a graph, its first node again at its end; empty if there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def folders_of(graph: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """The same arrows between folders; a module on the first floor of a room is a folder of its own."""

    def folder(module: str) -> str:
        parts = module.split(".")
        room = 2 if module.startswith(("jt3r.kernels", "jt3r.scans")) else 1
        return ".".join(parts[: max(room + 1, len(parts) - 1)])

    found: dict[str, set[str]] = {}
    for module, others in graph.items():
        if module not in HUBS:
            arrows = {folder(other) for other in others if other not in HUBS} - {folder(module)}
            found.setdefault(folder(module), set()).update(arrows)
    return found


def crowded(paths: list[Path]) -> dict[str, int]:
    """Folders with more modules than one takes in at a glance, and how many."""
    counts = Counter(path.parent.relative_to(ROOT).as_posix() for path in paths if path.name != "__init__.py")
    return {folder: count for folder, count in counts.items() if count > LARGEST_FOLDER}


def without_module(tests: list[Path], modules: list[Path]) -> list[str]:
    """Tests that no module is found for by their path: ``test_x.py`` or ``test_x_aspect.py`` beside the place of ``x.py``."""

    def is_of(test: Path) -> bool:
        words = test.stem.removeprefix("test_").split("_")
        names = ["_".join(words[: n + 1]) for n in range(len(words))]
        place = ROOT / test.relative_to(ROOT / "tests").parent
        return any(place / f"{name}.py" in modules for name in names)

    named = [test for test in tests if test.parent != ROOT / "tests" and str(test.relative_to(ROOT)) not in CROSS_CUTTING]
    return [str(test.relative_to(ROOT)) for test in named if not is_of(test)]


def untested(tests: list[Path], modules: list[Path]) -> list[str]:
    """Modules without a test at their path: that of ``jt3r/gm2/band.py`` is ``tests/jt3r/gm2/test_band.py``; where the tests of
    one grow long, ``test_band_aspect.py`` stands beside it."""
    places = {module: ROOT / "tests" / module.relative_to(ROOT).with_name(f"test_{module.name}") for module in modules}
    return [
        str(module.relative_to(ROOT)) for module, place in places.items() if module.name != "__init__.py" and place not in tests
    ]


def unlisted(folders: set[str], listed: list[str]) -> list[str]:
    """Packages that the tree has and pyproject.toml does not list, or the other way round."""
    return sorted(folders ^ set(listed))


def packages() -> set[str]:
    return {_name(path) for path in MODULES if path.name == "__init__.py"}


def test_no_module_imports_itself_by_a_detour():
    assert cycle(graph_of(MODULES)) == []


def test_arrows_between_folders_go_one_way():
    assert cycle(folders_of(graph_of(MODULES))) == []


def test_no_folder_is_crowded():
    assert crowded(MODULES) == {}


def test_the_test_of_a_module_is_found_by_its_path():
    tests = sorted((ROOT / "tests").rglob("test_*.py"))
    assert without_module(tests, MODULES) == []
    assert untested(tests, MODULES) == []
    assert set(CROSS_CUTTING) <= {str(test.relative_to(ROOT)) for test in tests}


def missing(source: str) -> list[str]:
    """What a script takes from jt3r by ``from MODULE import NAME``, wherever in it, and what is not there."""
    taken = [
        (node.module, alias.name)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "jt3r"
        for alias in node.names
    ]

    def there(module: str, name: str) -> bool:
        try:
            return hasattr(import_module(module), name) or import_module(f"{module}.{name}") is not None
        except ModuleNotFoundError:
            return False

    return [f"{module}.{name}" for module, name in taken if not there(module, name)]


@pytest.mark.parametrize("path", sorted((ROOT / "benchmarks").glob("*.py")), ids=lambda path: path.name)
def test_what_benchmarks_take_from_jt3r_is_there(path):
    """Inside functions too, which no run of the tests reaches."""
    assert missing(path.read_text()) == []


def test_a_name_that_has_moved_is_found():
    late = "def late():\n    from jt3r.inference.posterior import Posterior\n"
    source = f"{late}from jt3r import fit, nowhere\nfrom jt3r.kernels import loops"
    assert missing(source) == ["jt3r.nowhere", "jt3r.inference.posterior.Posterior"]


def test_what_is_listed_as_long_exists():
    def missing(place):
        file, _, name = place.partition("::")
        path = ROOT / "tests" / file
        return not path.exists() or (name and f"def {name.partition('[')[0]}(" not in path.read_text())

    assert [place for place in long_tests() if missing(place)] == []


def test_every_test_has_one_stage():
    """In `make test` one test of a file that is listed whole, or those that are said to be short, and none of the longest;
    nothing else that is listed by its name."""
    file, quick, by_name = "jt3r/dark/test_relic.py", "jt3r/dark/test_gauge.py", "scans/test_faults.py"
    killed = f"{by_name}::test_killed_at_twelve_random_instants_no_finished_tile_is_done_twice"
    places = [f"{file}::test_a", f"{file}::test_b[1]", f"{quick}::test_a", f"{quick}::test_b", killed, f"{by_name}::test_b",
              "test_notebooks.py::test_runs[1]", "test_notebooks.py::test_runs[2]"]  # fmt: skip
    assert stages_of(places) == ["short", "rest", "short", "short", "longest", "rest", "longest", "longest"]
    dask = "scans/executors/test_dask.py"
    assert stages_of([f"{dask}::test_a", f"{dask}::test_what_is_lost_is_said_after_a_while[x]"]) == ["rest", "short"]


def test_a_listed_case_that_is_no_test_any_more_is_found():
    """Before the tests of a stage begin: the cases of a test are known when it is read."""
    file = "kernels/loops/test_one_loop.py"
    listed = [place for place in long_tests() if place.startswith(f"{file}::")]
    assert [place.partition("[")[0] for place in listed] != listed
    assert unmatched([place if "[" in place else f"{place}[a]" for place in listed]) == []
    assert unmatched(listed[1:]) == listed[:1]
    assert unmatched(["test_release.py::test_a"]) == []


def test_a_line_of_the_list_says_a_stage():
    assert set(long_tests().values()) == {"short", "rest", "longest"} == set(STAGES)


def test_tests_are_compiled_as_programs_that_are_quick_to_compile_but_optimised():
    """The flags are those of the program; who sets one keeps it, and an unknown one would end the process."""
    emitters, split = "--xla_cpu_use_fusion_emitters=false", "--xla_cpu_parallel_codegen_split_count=1"
    assert quick_flags("", "0.11.2") == f"{emitters} {split}"
    assert quick_flags("", "0.12.0") == split
    assert quick_flags(f"--a=1 {emitters}", "0.10.0") == f"--a=1 {emitters} {split}"
    named = dict(flag.removeprefix("--").split("=") for flag in quick_flags("", "0.10.0").split())
    assert {name: json.loads(value) for name, value in named.items()}.items() < QUICK_TO_COMPILE.items()


def test_every_folder_is_installed():
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    data_alone = {"jt3r.data.flavour"}
    assert unlisted(packages() | data_alone, listed) == []


def test_the_front_door_shows_its_names_and_nothing_else():
    script = (
        "import jt3r\nassert sorted(jt3r.__all__) == [n for n in dir(jt3r) if n[0] != '_'], dir(jt3r)\n"
        "for name in jt3r.__all__:\n    getattr(jt3r, name)\n"
        "assert sorted(jt3r.__all__) == [n for n in dir(jt3r) if n[0] != '_'], dir(jt3r)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_the_rules_of_the_tree_find_what_breaks_them():
    def module(name: str) -> Path:
        return ROOT / name

    assert top_level("import a\ndef f():\n    import b\nif TYPE_CHECKING:\n    import c") == "import a"
    assert cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) in (["a", "c", "b", "a"], ["b", "a", "c", "b"], ["c", "b", "a", "c"])
    assert cycle({"a": {"b"}, "b": {"c"}, "c": set()}) == []
    ring = {"jt3r.scans.store.x": {"jt3r.scans.engine.y"}, "jt3r.scans.engine.z": {"jt3r.scans.store.w"}}
    assert cycle(ring) == []
    assert cycle(folders_of(ring))
    assert folders_of({"jt3r.point": {"jt3r.data.load"}, "jt3r.gm2.band": {"jt3r.point", "jt3r.gm2.observables"}}) == {
        "jt3r.point": {"jt3r.data"},
        "jt3r.gm2": {"jt3r.point"},
    }
    heap = [module(f"scans/heap/m{n}.py") for n in range(LARGEST_FOLDER)]
    assert crowded([*heap, module("scans/heap/__init__.py")]) == {}
    assert crowded([*heap, module("scans/heap/one_more.py")]) == {"scans/heap": LARGEST_FOLDER + 1}
    there = [module("kernels/loops/heavy.py"), module("kernels/loops/one_loop.py")]
    good = [module(f"tests/kernels/loops/test_{name}.py") for name in ("heavy", "one_loop", "one_loop_ends")]
    lost = [module("tests/kernels/test_heavy.py"), module("tests/kernels/loops/test_one.py")]
    assert without_module([*good, *lost], there) == ["tests/kernels/test_heavy.py", "tests/kernels/loops/test_one.py"]
    assert untested([*good, *lost], [*there, module("kernels/loops/__init__.py")]) == []
    assert untested(lost, there) == ["kernels/loops/heavy.py", "kernels/loops/one_loop.py"]
    assert untested([module("tests/kernels/loops/test_heavy_ends.py")], there[:1]) == ["kernels/loops/heavy.py"]
    assert unlisted({"jt3r", "jt3r.gm2"}, ["jt3r", "jt3r.dark"]) == ["jt3r.dark", "jt3r.gm2"]
