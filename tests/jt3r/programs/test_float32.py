"""What whoever computes in float32 is told: each thing that loses digits, by whichever door it comes."""

import re
from fnmatch import filter as matching

import jax
import numpy as np
import pytest

import jt3r
from jt3r import observables
from jt3r.inference.terms import TERMS
from jt3r.programs import float32
from jt3r.programs.float32 import FLOAT32, SMALL, told_float32, warn_of_float32
from jt3r.scans.cards.load import load_card
from jt3r.scans.cli.point import make_point, report
from jt3r.scans.kinds.registry import kinds
from jt3r.scans.kinds.reweigh import reweigh
from jt3r.scans.reproduce.run import reproduce
from tests.scans.kinds.sample.files import draws_file
from tests.scans.processes import jt3r as command
from tests.scans.processes import without_waiting

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
    "by what cells are split along": (
        {
            "kind": "grid",
            "observables": ["c_phi"],
            "axes": {
                name: {"min": low, "max": high, "n": 2} for name, low, high in [("m_aprime", 0.05, 0.1), ("m_phi", 0.07, 0.08)]
            },
            "refine": {"levels": 1, "where": "pull_gm2"},
        },
        [PULL],
    ),
    "by what a profile holds": (
        {"kind": "profile", "terms": ["R_K"], "free": FREE, "axes": {"pull_gm2": {"min": -1.0, "max": 1.0, "n": 2}}},
        ["few descents of a profile converge in float32", PULL],
    ),
    "a band": ("gm2_band", ["slopes of edges with m_aprime and v: good to 5e-04 in float32, relative"]),
}


@pytest.mark.parametrize("name", CARDS)
def test_each_thing_that_loses_digits_is_told(name):
    table, expected = CARDS[name]
    card = load_card(table)
    things = card.computed(), getattr(card, "terms", ()), card.kind
    assert list(told_float32(*things)) == []
    with jax.enable_x64(False):
        assert list(told_float32(*things)) == expected


def test_what_is_listed_is_there():
    assert {name for name in FLOAT32 if not matching(observables, name)} == set()
    assert set(SMALL) <= set(observables)
    assert set(float32.TERMS) <= set(TERMS)
    assert set(float32.TERMS.values()) <= set(FLOAT32)
    assert set(float32.KINDS) <= {*kinds(), "reproduce"}


SPACE = jt3r.Space({name: jt3r.Prior(**ends) for name, ends in FREE.items()})
DRAWS = {"sampler": "nuts", "chains": 1, "draws": 1, "warmup": 1}
DOORS = {
    "run": lambda _: jt3r.run({"kind": "grid", "observables": ["pull_gm2"], "axes": AXES}, "never.h5"),
    "fit": lambda _: jt3r.fit(jt3r.Likelihood(["gm2"]), SPACE, starts=1),
    "profile": lambda _: jt3r.profile(jt3r.Likelihood(["R_K"]), SPACE, {"pull_gm2": [-1.0, 1.0]}, starts=1),
    "sample": lambda _: jt3r.sample(jt3r.Likelihood(["gm2"]), SPACE, **DRAWS),
    "reweigh": lambda draws: reweigh(draws, draws.with_name("never.h5")),
    "point": lambda _: report(make_point({"m_aprime": 0.05, "m_phi": 0.08}, "paper2021"), ["c_phi", "pull_gm2"]),
}


OF_KINDS = {
    "band": ("band", lambda _: jt3r.band.solve(jt3r.Point(m_aprime=0.11))),
    "a slope of the band": ("band", lambda _: jax.grad(lambda m: jt3r.band.solve(jt3r.Point(m_aprime=m))[0])(0.11)),
    "edges": ("limits", lambda _: jt3r.limits.edges(["SHiP"], "v")),
    "slopes": ("limits", lambda _: jt3r.limits.slopes("SHiP", [0.08], v=10.0)),
    "reproduce": ("reproduce", lambda folder: reproduce(folder / "never")),
}


@pytest.mark.parametrize("door", OF_KINDS)
def test_doors_of_one_kind_warn_of_what_it_loses(door, tmp_path):
    kind, through = OF_KINDS[door]
    with jax.enable_x64(False), pytest.raises(RuntimeWarning, match=f"^{re.escape(float32.KINDS[kind])}"):
        through(tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_loses_nothing_in_float32_warns_of_nothing():
    """Ends of intervals without slopes. Where it ends ln N is good to 2e-5 and falls by 106 for each unit of ln m: 2e-7,
    and five times as much is allowed, since ln N is not below one everywhere."""
    expected = jt3r.limits.intervals("SHiP", v=10.0)
    with jax.enable_x64(False):
        np.testing.assert_allclose(jt3r.limits.intervals("SHiP", v=10.0), expected, rtol=1e-6)


def test_roots_of_the_band_in_float32():
    """Good to 3e-6, as the docstring says: at 300 points it was 2.1e-6."""
    m_aprime, pull = np.geomspace(0.01, 0.3, 64), np.array([[-2.0], [0.0], [2.0]])
    expected, _ = jt3r.band.solve(jt3r.Point(m_aprime=m_aprime), pull)
    with jax.enable_x64(False), pytest.warns(RuntimeWarning, match="slopes of edges"):
        found, _ = jt3r.band.solve(jt3r.Point(m_aprime=m_aprime.astype("f4")), pull.astype("f4"))
    np.testing.assert_allclose(found, expected, rtol=3e-6)


def test_the_paper_in_float32_says_so_in_a_line(tmp_path, monkeypatch):
    monkeypatch.setenv("JAX_ENABLE_X64", "0")
    done = command("reproduce", "-o", tmp_path / "report", "--only", "table3")
    assert (done.returncode, without_waiting(done.stderr)) == (0, f"jt3r: {float32.KINDS['reproduce']}\n")
    assert "differs" in done.stdout


@pytest.fixture(scope="module")
def draws(tmp_path_factory):
    return draws_file(tmp_path_factory.mktemp("draws") / "draws.h5")


@pytest.mark.parametrize("door", DOORS)
def test_every_door_warns_before_it_computes(door, draws, monkeypatch):
    """Warnings are errors in tests: the first ends the call. With the table of kinds empty it is that of the pull."""
    monkeypatch.setattr(float32, "KINDS", {})
    with jax.enable_x64(False), pytest.raises(RuntimeWarning, match=f"^{re.escape(PULL)}$"):
        DOORS[door](draws)


def test_a_warning_stands_where_the_user_called():
    def door():
        warn_of_float32(["pull_gm2", "c_phi"], ["gm2"])

    with jax.enable_x64(False), pytest.warns(RuntimeWarning) as told:
        door()
    assert [(str(one.message), one.filename) for one in told] == [(PULL, __file__)]
    door()  # nothing in float64


def test_a_run_in_float32_says_so_in_a_line(tmp_path):
    card = tmp_path / "card.toml"
    axes = "m_aprime = { values = [0.05] }\nm_phi = { values = [0.08] }\n"
    card.write_text(f'kind = "grid"\nobservables = ["pull_gm2"]\n[axes]\n{axes}')
    done = command("run", card, "-o", tmp_path / "out.h5", "--dtype", "float32")
    assert (done.returncode, without_waiting(done.stderr)) == (0, f"jt3r: {PULL}\n")


def test_a_point_and_new_weights_in_float32_say_so_in_a_line(tmp_path, monkeypatch):
    draws = draws_file(tmp_path / "draws.h5")
    monkeypatch.setenv("JAX_ENABLE_X64", "0")
    at = ("--m-aprime", "0.05", "--m-phi", "0.08", "--observable", "pull_gm2", "--observable", "pull_gm2")
    for arguments in (("point", *at), ("reweigh", draws, "-o", tmp_path / "new.h5")):
        done = command(*arguments)
        assert (done.returncode, without_waiting(done.stderr)) == (0, f"jt3r: {PULL}\n")
