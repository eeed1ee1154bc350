"""Every observable may be the first thing that a process compiles: no table is cached from the values of a trace."""

import subprocess
import sys

import pytest

from jt3r import observables

FIRST = """
import functools, gc, sys
import jax, jt3r
{setup}

point = jt3r.Point(m_aprime=0.11, m_phi=0.0792, m_eta=0.033, delta=1e-6)

def forget():
    "As in a new process: no table, no trace."
    for entry in gc.get_objects():
        if isinstance(entry, functools._lru_cache_wrapper) and entry.__module__.startswith("jt3r."):
            entry.cache_clear()
    jax.clear_caches()

for name in {names}:
    forget()
    entry = jt3r.observables[name]
    try:
        jax.jit(lambda values: entry(point.with_values(**values))).trace({{key: getattr(point, key) for key in entry.reads}})
    except jax.errors.ConcretizationTypeError:
        print(name)
"""

TABULATED = ["log_events_nucal", "log_events_e137", "excluded_babar", "excluded_nucal", "reach_faser"]
"""One of each kind of table of the displaced searches, which takes ten seconds to fill: protons' and mesons', electrons', none;
and one of each verdict."""

PLANTED = """
@functools.cache
def table():
    return float(jax.numpy.exp(1.0))

table.__module__ = "jt3r.planted"

@jt3r.registry.observable(unit="1", latex="x", source="planted in a test", reads=("v",))
def planted(point):
    "A table cached from a trace."
    return table() * point.v
"""


def crash_when_first(names: list[str], setup: str = "") -> list[str]:
    """Those of these observables that cannot be traced before anything else."""
    script = FIRST.format(names=names, setup=setup)
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout.split()


def test_every_observable_without_such_a_table_compiles_first():
    own = {name: entry for name, entry in observables.items() if entry.origin is None}  # other tests add theirs
    names = [name for name, entry in own.items() if not any(file.startswith("experiments.toml") for file in entry.data)]
    assert len(names) > 50
    assert crash_when_first(names) == []


@pytest.mark.parametrize("name", TABULATED)
def test_every_table_of_a_search_fills_first(name):
    assert crash_when_first([name]) == []


def test_a_table_cached_from_a_trace_is_found():
    assert crash_when_first(["planted"], f"import jt3r.registry\n{PLANTED}") == ["planted"]


def test_every_observable_has_a_unit():
    """A pure number's is "1", as in the files."""
    assert not [name for name, entry in observables.items() if not entry.unit or entry.unit != entry.unit.strip()]


def test_every_label_can_be_typeset():
    """TeX alone: the site's formulas take no other letters."""
    assert not [name for name, entry in observables.items() if not entry.latex.isascii()]
