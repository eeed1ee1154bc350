import json

import numpy as np
import pytest

from jt3r.scans import BadInput
from jt3r.scans.cards.load import load_card, shipped_cards
from jt3r.scans.kinds.band.card import BandCard
from jt3r.scans.kinds.grid.card import GridCard
from jt3r.scans.kinds.registry import kind_of, kinds
from tests.scans.conftest import BAND, MAP, SUMMARY


def test_shipped_cards_are_valid():
    assert set(shipped_cards()) >= {"gm2_map", "gm2_band"}
    assert isinstance(load_card("gm2_map"), GridCard)
    assert isinstance(load_card("gm2_band"), BandCard)


def test_the_band_card_of_the_documentation():
    card = load_card("gm2_band")
    assert (card.solve_for, card.pulls, card.dataset, card.fixed) == ("m_phi", [-2, -1, 0, 1, 2], "paper2021", {"v": 10.0})
    assert card.axes["m_aprime"].n == 4096


def test_defaults_are_written_out():
    card = load_card({"kind": "grid", "observables": ["c_phi"], "axes": {"m_phi": {"min": 0.1, "max": 0.2, "n": 3}}})
    assert card.model_dump() == {
        "kind": "grid",
        "observables": ["c_phi"],
        "output": "full",
        "dataset": "paper2021",
        "fixed": {},
        "axes": {"m_phi": {"min": 0.1, "max": 0.2, "n": 3, "spacing": "linear"}},
        "summary": {"levels": [1.0, 2.0, 3.0], "best": True, "bins": 20, "range": (-5.0, 5.0)},
        "refine": None,
        "model": "t3r",
        "own_experiments": {},
        "measurements": {},
        "include": [],
        "plugins": [],
        "code": {},
    }
    band = load_card({"kind": "band", "axes": {"m_aprime": {"values": [0.1]}}})
    assert band.model_dump() == {
        "kind": "band",
        "solve_for": "m_phi",
        "pulls": [-2.0, -1.0, 0.0, 1.0, 2.0],
        "between": (1e-6, 1e3),
        "max_roots": 1,
        "contributions": "one_loop",
        "two_loop_error": False,
        "dataset": "paper2021",
        "fixed": {},
        "axes": {"m_aprime": {"values": [0.1]}},
        "model": "t3r",
        "own_experiments": {},
        "measurements": {},
        "include": [],
        "plugins": [],
        "code": {},
    }


@pytest.mark.parametrize("card", [BAND, MAP, SUMMARY])
def test_a_card_survives_json(card):
    checked = load_card(card)
    assert load_card(json.loads(checked.model_dump_json())) == checked


@pytest.mark.parametrize(
    ("axis", "expected"),
    [
        ({"min": 0.1, "max": 0.3, "n": 3}, [0.1, 0.2, 0.3]),
        ({"min": 0.01, "max": 1, "n": 3, "spacing": "log"}, [0.01, 0.1, 1.0]),
        ({"values": [0.0127, 0.0571]}, [0.0127, 0.0571]),
        ({"min": 0.1, "max": 0.3, "n": 1}, [0.1]),
    ],
)
def test_forms_of_an_axis(axis, expected):
    points = load_card({**BAND, "axes": {"m_aprime": axis}}).axes["m_aprime"].points()
    assert points.dtype == np.float64
    np.testing.assert_allclose(points, expected, rtol=1e-15)
    assert points[[0, -1]].tolist() == [expected[0], expected[-1]]


def test_names_of_the_version_before_are_read(tmp_path):
    """Kind ``search`` is ``fit``, in a dict, a file and a shipped card's name; files of that version find their kind too."""
    old = load_card(_search())
    assert _search()["kind"] == "search"
    assert old.kind == "fit"
    assert old == load_card({**_search(), "kind": "fit"})
    assert load_card("gm2_search") == load_card("gm2_fit")
    assert kind_of({"kind": "search"}) is kind_of(old)
    assert "search" not in kinds()


def test_a_card_from_a_file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(shipped_cards()["gm2_band"])
    assert load_card(path) == load_card(str(path)) == load_card("gm2_band")


def test_set_changes_a_card():
    card = load_card(
        "gm2_map", ["axes.m_phi.n=100", "fixed.v=20", "output=summary", 'observables=["c_phi"]', "dataset = current"]
    )
    assert (card.axes["m_phi"].n, card.fixed["v"], card.output) == (100, 20.0, "summary")
    assert (card.observables, card.dataset) == (["c_phi"], "current")
    assert load_card("gm2_map").axes["m_phi"].n == 2048


def test_set_does_not_change_the_dict_it_was_given():
    card = {**BAND, "fixed": {"v": 10.0}}
    assert load_card(card, ["fixed.v=5"]).fixed == {"v": 5.0}
    assert card["fixed"] == {"v": 10.0}


def _grid(**changes):
    return {**MAP, **changes}


def _axis(**axis):
    return {**MAP, "axes": {**MAP["axes"], "m_phi": axis}}


def _search(**changes):
    free = {"m_phi": {"min": 0.06, "max": 0.12}, "m_aprime": {"min": 0.01, "max": 0.3}}
    return {"kind": "search", "terms": ["gm2"], "free": free, **changes}


BAD = {
    "unknown key": (_grid(outptu="full"), ["outptu", "did you mean 'output'?"]),
    "misspelt required key": ({k: v for k, v in _grid(observable=["c_phi"]).items() if k != "observables"},
                              ["observable", "did you mean 'observables'?"]),
    "unknown key of an axis": (_axis(min=0.1, max=0.2, n=3, spacin="log"), ["axes.m_phi.spacin", "did you mean 'spacing'?"]),
    "list for an axis": (_grid(axes={"m_phi": [0.1, 0.2]}), ["axes.m_phi", "a table of min, max, spacing, n or values"]),
    "number for a table": (_grid(refine=3), ["refine = 3", "a table of levels, where, contours, band"]),
    "parameter on its own": (_grid(v=10.0), ["v: a parameter stands in a table: fixed.v or axes.v"]),
    "misspelt n": (_axis(min=0.1, max=0.2, nn=3), ["axes.m_phi.nn", "did you mean 'n'?"]),
    "unknown axis": (_grid(axes={"m_phii": {"min": 0.1, "max": 0.2, "n": 3}}), ["m_phii", "did you mean 'm_phi'?"]),
    "unknown fixed": (_grid(fixed={"vv": 3.0}), ["fixed", "'vv'", "did you mean 'v'?"]),
    "unknown observable": (_grid(observables=["delta_amu"]), ["delta_amu", "did you mean 'delta_a_mu'?"]),
    "unknown data set": (_grid(dataset="paper2012"), ["paper2012", "did you mean 'paper2021'?"]),
    "unknown kind": (_grid(kind="gird"), ["kind", "gird", "must be 'band'", "'grid'"]),
    "no kind": ({k: v for k, v in MAP.items() if k != "kind"}, ["kind", "must be 'band'", "'grid'"]),
    "min above max": (_axis(min=0.2, max=0.1, n=3), ["axes.m_phi", "min = 0.2", "max = 0.1"]),
    "min is max": (_axis(min=0.2, max=0.2, n=3), ["axes.m_phi", "min = 0.2"]),
    "zero points": (_axis(min=0.1, max=0.2, n=0), ["axes.m_phi.n = 0"]),
    "no values": (_axis(values=[]), ["axes.m_phi.values"]),
    "values that fall": (_axis(values=[0.2, 0.1]), ["axes.m_phi.values", "rise"]),
    "log through zero": (_axis(min=0.0, max=0.2, n=3, spacing="log"), ["axes.m_phi", "must be above zero with spacing log"]),
    "negative mass on an axis": (_axis(min=-0.1, max=0.2, n=3), ["m_phi = -0.1", "above zero"]),
    "negative mass fixed": (_grid(fixed={"m_mu": -0.1}), ["m_mu = -0.1", "above zero"]),
    "NaN mass": (_grid(fixed={"m_mu": float("nan")}), ["fixed.m_mu = nan", "finite"]),
    "NaN end": (_axis(min=float("nan"), max=0.2, n=3), ["axes.m_phi.min = nan", "finite"]),
    "infinite end": (_axis(min=0.1, max=float("inf"), n=3), ["axes.m_phi.max = inf", "finite"]),
    "not a number": (_axis(min="low", max=0.2, n=3), ["axes.m_phi.min = 'low'", "number"]),
    "half a point": (_axis(min=0.1, max=0.2, n=2.5), ["axes.m_phi.n = 2.5"]),
    "axis that is a number": (_grid(axes={"m_phi": 3}), ["axes.m_phi"]),
    "no axes": (_grid(axes={}), ["axes"]),
    "both axis and fixed": (_grid(fixed={"m_phi": 0.1}), ["m_phi", "both an axis and fixed"]),
    "missing parameter": (_grid(axes={"m_phi": {"min": 0.1, "max": 0.2, "n": 3}}), ["delta_a_mu", "'m_aprime'"]),
    "summary of two": (_grid(output="summary"), ["observables", "exactly one"]),
    "twice": (_grid(observables=["c_phi", "c_phi"]), ["observables", "twice"]),
    "a term twice": (_search(terms=["gm2", "gm2"]), ["terms: term 'gm2' is listed twice"]),
    "observable of a search twice": (_search(observables=["c_phi"] * 2), ["observables: observable 'c_phi' is listed twice"]),
    "unknown for a search": (_search(observables=["c_ph"]), ["observables: observable 'c_ph'", "did you mean 'c_phi'"]),
    "observable out of reach": (_search(observables=["m_eta_2"]), ["'m_eta_2' needs 'm_eta': give it under free or fixed"]),
    "unknown coordinate": (_search(fixed={"m_et": 0.1}), ["fixed: coordinate 'm_et'", "did you mean 'm_eta'?"]),
    "solved and scanned": ({**BAND, "solve_for": "m_aprime"}, ["solve_for", "m_aprime"]),
    "solved unknown": ({**BAND, "solve_for": "m_ph"}, ["solve_for", "did you mean 'm_phi'?"]),
    "pulls that fall": ({**BAND, "pulls": [1, 0]}, ["pulls", "rise"]),
    "bad search interval": ({**BAND, "between": [0.0, 1.0]}, ["between"]),
    "bad histogram": ({**SUMMARY, "summary": {"range": [1, 1]}}, ["summary.range"]),
    "unknown key of summary": ({**SUMMARY, "summary": {"bin": 3}}, ["summary.bin", "did you mean 'bins'?"]),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_card_is_refused_in_one_line_that_names_the_key(name):
    card, words = BAD[name]
    with pytest.raises(BadInput) as refused:
        load_card(card)
    message = str(refused.value)
    assert "\n" not in message
    assert not [word for word in words if word not in message], message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"kind = grid\n", ["not TOML", "line 1"]),
        (b"\x89HDF\r\n", ["not TOML"]),
        (b"", ["kind"]),
    ],
)
def test_a_file_that_is_no_card(content, words, tmp_path):
    path = tmp_path / "card.toml"
    path.write_bytes(content)
    with pytest.raises(BadInput) as refused:
        load_card(path)
    assert not [word for word in [*words, str(path)] if word not in str(refused.value)], str(refused.value)
    assert "\n" not in str(refused.value)


def test_missing_cards(tmp_path):
    with pytest.raises(BadInput, match="no such file, and shipped card 'gm2_mpa' is unknown; did you mean 'gm2_map'"):
        load_card("gm2_mpa")
    with pytest.raises(BadInput, match="no such file"):
        load_card(tmp_path / "none.toml")
    with pytest.raises(BadInput, match="is a folder"):
        load_card(tmp_path)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("axes.m_phi.n", ["--set axes.m_phi.n", "KEY=VALUE"]),
        ("axes.m_phi.n=0", ["axes.m_phi.n = 0"]),
        ("output.format=1", ["--set output.format=1", "not a table"]),
        ("nx=3", ["nx"]),
    ],
)
def test_bad_settings(setting, words):
    with pytest.raises(BadInput) as refused:
        load_card("gm2_map", [setting])
    assert not [word for word in words if word not in str(refused.value)], str(refused.value)


def test_an_unknown_key_is_met_with_those_of_its_kind():
    with pytest.raises(BadInput, match=r"key 'xyzzy' is unknown; known: kind,.* dataset,.* terms.*max_tree_depth"):
        load_card("posterior", ["xyzzy=[1]"])


@pytest.mark.parametrize(("table", "key"), [("fixed", "dataset"), ("axes", "observables"), ("fixed", "output")])
def test_a_key_of_the_card_below_a_table_is_told_its_place(table, key):
    told = rf"^card: {table}.{key}: '{key}' is a key of the card: put it above the first \[table\]$"
    with pytest.raises(BadInput, match=told):
        load_card({**MAP, table: {**MAP[table], key: "current"}})
