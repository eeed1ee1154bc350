"""What a scan would take, as it is estimated from measured times."""

import pytest

from jt3r import observables
from jt3r.experiments import load as searches
from jt3r.experiments.tables import OnDisk
from jt3r.inference.terms import TERMS
from jt3r.scans.cards.load import load_card, shipped_cards
from jt3r.scans.cost import estimate
from jt3r.scans.cost.estimate import FREE, Program, compiling, program_of, seconds, tables, term_name, term_of, times
from jt3r.scans.engine.prepare import check
from tests.scans.conftest import MAP

PLANE = {"m_eta": {"min": 0.03, "max": 0.0345, "n": 1000}, "v": {"min": 5.0, "max": 20.0, "n": 1000}}
FIT = {
    "kind": "fit",
    "terms": ["gm2"],
    "starts": 256,
    "free": {"m_phi": {"min": 0.07, "max": 0.09}, "v": {"min": 5.0, "max": 20.0}},
    "fixed": {"m_aprime": 0.1, "m_eta": 0.0333},
}


def grid(name, axes=PLANE):
    return check(load_card({"kind": "grid", "observables": [name], "axes": axes, "fixed": {"m_phi": 0.075, "m_aprime": 0.1}}))


@pytest.mark.parametrize("name", shipped_cards())
def test_every_shipped_card_has_an_estimate(name):
    cost = check(load_card(name))
    assert cost["seconds"] > 0
    assert cost["compile_seconds_cold"] >= cost["compile_seconds_warm"] > 0


def test_more_points_take_longer_and_compile_as_before():
    small, large = (
        check(load_card({**MAP, "axes": {**MAP["axes"], "m_phi": {"min": 0.06, "max": 0.11, "n": n}}})) for n in (1000, 9000)
    )
    assert large["seconds"] == pytest.approx(9 * small["seconds"])
    assert large["compile_seconds_cold"] == small["compile_seconds_cold"]


def test_a_slow_observable_is_told():
    quick, slow = grid("sigma_si_phi"), grid("omega_h2")
    assert quick["seconds"] < 2
    assert slow["seconds"] == pytest.approx(1e6 * program_of("omega_h2").point, rel=0.01)
    assert slow["seconds"] > 60


def test_an_observable_costs_nothing_along_an_axis_that_it_does_not_read():
    plane = {"v": {"min": 5.0, "max": 20.0, "n": 100}, "m_phi": {"min": 0.07, "max": 0.11, "n": 100}}
    card = {"kind": "grid", "observables": ["log_events_nucal"], "axes": plane, "fixed": {"m_aprime": 0.1}}
    value = program_of("log_events_nucal").point
    assert value > FREE
    assert check(load_card(card))["seconds"] == pytest.approx(100 * value + seconds("grid", 8 * 100**2))


def test_observables_of_a_search_are_integrals_and_its_term_is_their_fit():
    assert program_of("excluded_nucal") == program_of("log_events_nucal") == Program(**times()["integrals"]["nucal"])
    assert program_of("nucal").point < program_of("log_events_nucal").point / 5
    assert program_of("log_events_na48_2") == program_of("na48_2")


def test_a_term_that_is_a_search_is_told_in_a_fit():
    quick, slow = (check(load_card({**FIT, "terms": terms})) for terms in (["gm2"], ["gm2", "nucal"]))
    assert slow["seconds"] - quick["seconds"] == pytest.approx(seconds("fit", FIT["starts"], ["nucal"]))
    assert slow["seconds"] > 2 * quick["seconds"]
    made = times()["tables"]["beam_dump"]
    assert slow["compile_seconds_cold"] > quick["compile_seconds_cold"] + made["program"] + made["table"]
    assert slow["compile_seconds_warm"] < slow["compile_seconds_cold"] - made["program"] - made["table"]


@pytest.mark.parametrize("sampler", ["nuts", "chees"])
def test_samplers_have_estimates_of_their_own(sampler):
    card = {"kind": "sample", "terms": ["gm2"], "free": FIT["free"], "fixed": {"m_aprime": 0.1}}
    few, many = (
        check(load_card({**card, "sampler": sampler, "chains": 64, "draws": draws, "warmup": draws})) for draws in (100, 1000)
    )
    assert many["seconds"] == pytest.approx(10 * few["seconds"])


def test_tables_that_come_with_jt3r_take_no_time():
    assert tables(["nucal", "na62_dump", "faser2", "na64"]) == 0


def test_tables_of_one_beam_and_target_are_made_once(monkeypatch):
    monkeypatch.setattr(OnDisk, "ships", lambda *_: False)
    assert tables(["seaquest", "seaquest_ii", "log_events_seaquest"]) == tables(["seaquest"]) > 0
    assert tables(["ship", "seaquest"]) < tables(["ship"]) + tables(["seaquest"]) < 2 * tables(["ship", "seaquest"])
    assert tables(["na48_2", "gm2"]) == 0


def test_the_file_of_times_names_what_there_is_and_all_that_is_slow():
    names = {term_name(name) for name in searches.load()}
    assert set(times()["programs"]) <= {*TERMS, *observables}
    assert {name for name, term in TERMS.items() if term.slow} <= set(times()["programs"])
    assert {term_of(name) for name, entry in observables.items() if entry.slow} <= {*times()["programs"]}
    assert all(term_of(name) in names for name in observables if name.startswith(estimate.OF_A_SEARCH))
    kinds = {search.kind for search in searches.load().values() if isinstance(search, searches.DisplacedSearch)}
    assert kinds <= set(times()["tables"])
    spectral = {name for name, search in searches.load().items() if isinstance(search, searches.DisplacedSearch)}
    assert set(times()["integrals"]) == {term_name(name) for name in spectral} <= set(times()["programs"])
    for row in (*times()["programs"].values(), *times()["integrals"].values()):
        assert row["point"] > 0
        assert row["compile"] > 0
    for row in times()["kinds"].values():
        assert set(row) <= {"each", "values", "cold", "programs", "warm", "again"}
        assert all(value >= 0 for value in row.values())
    assert set(estimate.DIFFERENTIATE) <= set(times()["kinds"])
    assert min(times()["derivatives"].values()) >= 1


def test_what_was_never_measured_counts_by_whether_it_says_that_it_is_slow(monkeypatch):
    few = {name: row for name, row in times()["programs"].items() if name not in ("tuning_gm2", "pull_gm2")}
    monkeypatch.setattr(estimate, "times", lambda: {**times(), "programs": few})
    assert program_of("pull_gm2") == Program()
    assert program_of("tuning_gm2").compile > Program().compile
    assert program_of("tuning_gm2").point > FREE


def test_kept_programs_never_cost_more_than_new_ones():
    for kind in times()["kinds"]:
        found = compiling(kind, TERMS)
        assert 0 < found.warm <= found.cold
