"""Settings of all tests."""

import gc
import os
import sys
from importlib import import_module
from pathlib import Path

import psutil
import pytest
from hypothesis import settings

# A first call compiles, which takes longer than Hypothesis allows an example by default.
settings.register_profile("jt3r", deadline=None)
settings.load_profile("jt3r")


LONG = (
    "jt3r/dark/test_abundance.py",
    "jt3r/dark/test_relic.py",
    "jt3r/experiments/test_limits.py",
    "jt3r/experiments/test_recast.py",
    "jt3r/inference/",
    "jt3r/test_catalogue.py",
    "kernels/darkmatter/test_coupled_freezeout.py",
    "kernels/test_contract.py",
    "scans/cards/test_additions_own.py",
    "scans/executors/",
    "scans/engine/test_run.py",
    "scans/kinds/evidence/",
    "scans/kinds/fit/",
    "scans/kinds/grid/test_refined.py",
    "scans/kinds/left/",
    "scans/kinds/limits/",
    "scans/kinds/profile/",
    "scans/kinds/sample/",
    "scans/kinds/table/",
    "scans/reproduce/",
    "scans/test_faults.py",
    "scans/test_fuzz.py",
    "test_docs.py",
    "test_notebooks.py",
)
"""Files and folders of tests that take minutes. ``make test`` runs the first test of each file, ``make test-rest`` the others,
``make test-all`` every one."""


def pytest_addoption(parser):
    parser.addoption("--short", action="store_true", help="of files whose tests take minutes, run the first test alone")
    parser.addoption("--rest", action="store_true", help="run what --short leaves out")


def pytest_collection_modifyitems(config, items):
    short, rest = config.getoption("--short"), config.getoption("--rest")
    if short == rest:
        return
    here, seen = Path(__file__).parent, set()
    chosen, left_out = [], []
    for item in items:
        place = item.path.relative_to(here).as_posix()
        again = place in seen and place.startswith(LONG)
        (chosen if again == rest else left_out).append(item)
        seen.add(place)
    config.hook.pytest_deselected(items=left_out)
    items[:] = chosen


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory):
    """Programs are kept for the session, by all its processes in one place, and the user's cache is left alone."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "cache"
    os.environ["XDG_CACHE_HOME"] = str(folder)


HELD = 1500e6
"""Bytes of memory of a process of tests above which the compiled programs of a finished file are let go."""


@pytest.fixture(scope="module", autouse=True)
def _programs_end_with_their_file():
    """A program that a later file asks for again is read back from the session's cache."""
    yield
    if "jax" in sys.modules and psutil.Process().memory_info().rss > HELD:
        sys.modules["jax"].clear_caches()
        gc.collect()


REGISTRIES = (
    ("jt3r.additions", "_ADDED"),
    ("jt3r.experiments.load", "load"),
    ("jt3r.inference.terms", "_TERMS"),
    ("jt3r.measurements", "BASES"),
    ("jt3r.measurements", "DATASETS"),
    ("jt3r.registry", "_OBSERVABLES"),
    ("jt3r.u1.registry", "_MODELS"),
)


@pytest.fixture(autouse=True)
def _environment_ends_with_its_test():
    """The command line sets variables of JAX for its process, which here is that of other tests too."""
    before = dict(os.environ)
    yield
    for name in os.environ.keys() - before:
        del os.environ[name]
    os.environ.update(before)


@pytest.fixture(autouse=True)
def _additions_end_with_their_test():
    """What a test adds to jt3r is gone after it: programs with an own observable are not kept between processes."""
    found = [getattr(import_module(module), name) for module, name in REGISTRIES]
    registries = [registry() if callable(registry) else registry for registry in found]
    before = [dict(registry) for registry in registries]
    yield
    for registry, entries in zip(registries, before, strict=True):
        if registry != entries:
            registry.clear()
            registry.update(entries)
