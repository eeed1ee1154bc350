"""What a run in float32 is told: each observable that loses digits, by whichever door it comes."""

from fnmatch import filter as matching

import jax
import pytest

from jt3r import observables
from jt3r.inference.terms import TERMS
from jt3r.scans.cards.load import load_card
from jt3r.scans.engine import float32
from jt3r.scans.engine.float32 import FLOAT32, SMALL, told_float32
from jt3r.scans.kinds.registry import kinds
from tests.scans.processes import jt3r, without_waiting

AXES = {"m_aprime": {"values": [0.05]}, "m_phi": {"values": [0.08]}}
FREE = {"m_aprime": {"min": 0.03, "max": 0.2}, "m_phi": {"min": 0.06, "max": 0.12}}
PULL = "pull_gm2: good to 7e-04 in float32, relative"
CARDS = {
    "quick and slow ones": (
        {"kind": "grid", "observables": ["c_phi", "pull_gm2", "events_ship", "excluded_babar"], "axes": AXES},
        [PULL, "events_ship: good to 4e-05 in float32, relative"],
    ),
    "what is smaller than float32 has": (
        {"kind": "grid", "observables": ["sigma_si_phi"], "axes": {**AXES, "m_eta": {"values": [0.03]}}},
        ["sigma_si_phi: 0 in float32 below 1.2e-38"],
    ),
    "by a term": (
        {"kind": "fit", "terms": ["gm2"], "free": FREE},
        ["few descents of a fit converge in float32", PULL],
    ),
    "by a term and by name": (
        {"kind": "sample", "terms": ["gm2"], "observables": ["pull_gm2", "R_K"], "free": FREE},
        [PULL],
    ),
    "a band": ("gm2_band", ["slopes of edges with m_aprime and v: good to 5e-04 in float32, relative"]),
}


@pytest.mark.parametrize("name", CARDS)
def test_each_thing_that_loses_digits_is_told(name):
    table, expected = CARDS[name]
    card = load_card(table)
    assert list(told_float32(card)) == []
    with jax.enable_x64(False):
        assert list(told_float32(card)) == expected


def test_what_is_listed_is_there():
    assert {name for name in FLOAT32 if not matching(observables, name)} == set()
    assert set(SMALL) <= set(observables)
    assert set(float32.TERMS) <= set(TERMS)
    assert set(float32.TERMS.values()) <= set(FLOAT32)
    assert set(float32.KINDS) <= set(kinds())


def test_a_run_in_float32_says_so_in_a_line(tmp_path):
    card = tmp_path / "card.toml"
    axes = "m_aprime = { values = [0.05] }\nm_phi = { values = [0.08] }\n"
    card.write_text(f'kind = "grid"\nobservables = ["pull_gm2"]\n[axes]\n{axes}')
    done = jt3r("run", card, "-o", tmp_path / "out.h5", "--dtype", "float32")
    assert (done.returncode, without_waiting(done.stderr)) == (0, f"jt3r: {PULL}\n")
