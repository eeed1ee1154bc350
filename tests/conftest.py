"""Settings of all tests."""

import ctypes
import gc
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import psutil
import pytest
from hypothesis import settings

# A first call compiles, which takes longer than Hypothesis allows an example by default.
settings.register_profile("jt3r", deadline=None)
settings.load_profile("jt3r")


def quick_flags(flags: str, jaxlib: str) -> str:
    """XLA's flags, and with them what halves the time of compiling, which is most of that of a test.

    As in jt3r's programs that are quick to compile, but with the optimiser as users have it: none changes a number by more
    than a rounding. Flags that are set already stay.
    """
    emitters = {} if tuple(map(int, jaxlib.split(".")[:2])) >= (0, 12) else {"xla_cpu_use_fusion_emitters": "false"}
    quick = {**emitters, "xla_cpu_parallel_codegen_split_count": "1"}
    return " ".join([*flags.split(), *(f"--{name}={value}" for name, value in quick.items() if f"--{name}=" not in flags)])


# XLA reads them once, when JAX first compiles.
os.environ["XLA_FLAGS"] = quick_flags(os.environ.get("XLA_FLAGS", ""), version("jaxlib"))

LIST = Path(__file__).parent / "long.txt"
STAGES = {"short": "make test", "rest": "make test-rest", "longest": "make test-longest"}


def long_tests() -> dict[str, str]:
    """Folders, files and tests that are listed as long -> their stage."""
    lines = [line.split() for line in LIST.read_text().splitlines() if line and not line.startswith("#")]
    return {words[-1]: words[0] if len(words) > 1 else "rest" for words in lines}


def stages_of(places: Sequence[str]) -> list[str]:
    """The stage of each of these tests ("folder/test_file.py::test[case]"), in their order.

    What is listed by its name has the stage that it is listed with; else the first test of a file that is listed whole, or in
    such a folder, is short, unless others of the file are listed as that or the file as one of the longest.
    """
    listed, stages = long_tests(), []
    seen = {entry.partition("::")[0] for entry, stage in listed.items() if stage == "short"}
    for place in places:
        file, _, name = place.partition("::")
        named = listed.get(f"{file}::{name.partition('[')[0]}") or listed.get(place)
        above = [entry for entry in listed if entry == file or (entry.endswith("/") and file.startswith(entry))]
        whole = listed[max(above, key=len)] if above else "short"
        stages.append(named or (whole if file in seen or whole == "longest" else "short"))
        seen.add(file)
    return stages


def pytest_configure(config):
    """A shell lets what it runs in the background ignore interrupts, and so would every process that a test starts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser):
    for stage, command in STAGES.items():
        parser.addoption(f"--{stage}", action="store_true", help=f"what {command} runs, see tests/long.txt")


def unmatched(places: Sequence[str]) -> list[str]:
    """What is listed by name of the files of these tests, and is none of them."""
    files = {place.partition("::")[0] for place in places}
    found = {*files, *places, *(place.partition("[")[0] for place in places)}
    return sorted(entry for entry in long_tests() if entry.partition("::")[0] in files and entry not in found)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Those of the stages asked for; without one all, the longest first, since nobody can help with one that begins last."""
    here = Path(__file__).parent
    places = [f"{item.path.relative_to(here).as_posix()}::{item.name}" for item in items]
    stages = stages_of(places)
    asked = {stage for stage in STAGES if config.getoption(stage)}
    if asked and (lost := unmatched(places)):
        raise pytest.UsageError(f"{LIST.name} lists what is no test: {', '.join(lost)}")
    wanted = asked or set(STAGES)
    placed = sorted(zip(items, stages, strict=True), key=lambda pair: pair[1] != "longest")
    config.hook.pytest_deselected(items=[item for item, stage in placed if stage not in wanted])
    items[:] = [item for item, stage in placed if stage in wanted]


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory):
    """Programs are kept for the session, by all its processes in one place, and the user's cache is left alone."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "cache"
    os.environ["XDG_CACHE_HOME"] = str(folder)


HELD = 1100e6
"""Bytes of memory of a process of tests above which the compiled programs of a finished file are let go.

Two such processes and what they start stay below 3 GB.
"""


@pytest.fixture(scope="module", autouse=True)
def _programs_end_with_their_file():
    """A program of ``cached`` that a later file asks for again is read back from the session's cache."""
    yield
    if "jax" in sys.modules and psutil.Process().memory_info().rss > HELD:
        sys.modules["jax"].clear_caches()
        gc.collect()
        # What is free goes back to the system: else the process is as large as ever, and every file after compiles all anew.
        with suppress(AttributeError):  # a C library other than GNU's
            ctypes.CDLL(None).malloc_trim(0)


REGISTRIES = (
    ("jt3r.additions", "_ADDED"),
    ("jt3r.additions", "_FUNCTIONS"),
    ("jt3r.experiments.load", "load"),
    ("jt3r.inference.terms", "REGISTRY"),  # not of term: what fills it is loaded late
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
