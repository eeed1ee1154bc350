"""Every observable may be the first thing that a process compiles: no table is cached from the values of a trace."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from jt3r import observables
from jt3r.inference.terms import TERMS

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


VALUES = """
import io, json, re, sys
from pathlib import Path

file = sys.argv[1]
read_text, open_ = Path.read_text, Path.open


def moved(path, text):
    if str(path).endswith(".csv"):
        return re.sub(r"(?m)^([-+.\\deE]+),([-+.\\deE]+)", lambda m: f"{m[1]},{1.01 * float(m[2])}", text)
    if str(path).endswith(".json"):
        record = json.loads(text)
        for rate in record["rates"].values():
            rate["numbers"] = [1.01 * n * (1 + 1e-3 * k) for k, n in enumerate(rate["numbers"])]
        return json.dumps(record)
    return re.sub(r"(value *= *)([-+.\\deE]+)", lambda m: f"{m[1]}{1.01 * float(m[2])}", text)


def text_of(path, *a, **k):
    text = read_text(path, *a, **k)
    return moved(path, text) if file and str(path).endswith(f"jt3r/data/{file}") else text


def opened(path, *a, **k):
    if file and str(path).endswith(f"jt3r/data/{file}"):
        written = open_(path, *a, **k).read()
        if isinstance(written, bytes):
            return io.BytesIO(moved(path, written.decode()).encode())
        return io.StringIO(moved(path, written))
    return open_(path, *a, **k)


Path.read_text, Path.open = text_of, opened
from jt3r import Point, observables

masses = dict(m_phi=0.075, m_aprime=0.002, m_eta=0.034, delta=1e-3)
point = Point(**masses, v=10.0, lambda_l=1.0, lambda_r=1.0, lambda_portal=1e-4, C9_bsmumu=-0.5, C10_bsee=0.3)
# of those that take seconds, branching ratios and one search speak for all that read the same numbers
chosen = {n: e for n, e in observables.items() if not e.slow or n.startswith("br_") or n == "log_events_nucal"}
asked = [n for n, e in chosen.items() if all(getattr(point, p) is not None for p in e.reads)]
print(json.dumps({name: float(observables[name](point)) for name in asked}))
"""


def _values(file: str) -> dict[str, float]:
    """By programs of its own: kept ones go by the files as they are on disk."""
    own = {**os.environ, "JAX_ENABLE_COMPILATION_CACHE": "false"}
    run = subprocess.run([sys.executable, "-c", VALUES, file], env=own, capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def as_shipped():
    return _values("")


@pytest.mark.parametrize(
    "file", ["dark.toml", "displaced_inputs.toml", "plasma_laine_meyer_2015.csv", "flavour/flavio-2.7.json"]
)
def test_numbers_that_move_an_observable_are_in_its_data(file, as_shipped):
    """Every number of the file is moved by a per cent or more; what does not read it stays, but for the roundings of tables
    that are made again because a file has changed.
    """
    found = _values(file)
    same = {name: np.isclose(value, as_shipped[name], rtol=1e-12, atol=0, equal_nan=True) for name, value in found.items()}
    moved = {name for name, holds in same.items() if not holds}
    declared = {name for name in as_shipped if file in observables[name].data}
    assert moved <= declared
    still = {name for name in declared - moved if as_shipped[name] not in (0.0, 1.0)}  # verdicts do not move by a per cent
    assert not still
    assert moved


def test_terms_rest_on_what_their_observables_do():
    assert TERMS["gm2"].data == ()
    assert TERMS["gm2_phi_barr_zee"].data == observables["pull_gm2_phi_barr_zee"].data == ("dark.toml",)
    assert TERMS["relic"].data == observables["omega_h2"].data
    assert TERMS["nucal"].data == observables["loglike_nucal"].data == ("experiments.toml:NuCal", "displaced_inputs.toml")
    assert "direct_detection.csv" in TERMS["direct_detection"].data
    assert set(observables["R_K"].data) < set(TERMS["R_K"].data)  # theory errors have a file of their own
