import re

import pytest

from jt3r.errors import BadInput
from jt3r.scans.cards.load import load_card
from jt3r.units import convert, quantity


@pytest.mark.parametrize(
    ("text", "value"),
    [("110 MeV", 0.11), ("79.2MeV", 0.0792), ("0.11", 0.11), (" 1.5e-3 GeV ", 0.0015), ("2 TeV", 2000.0), ("511 keV", 5.11e-4)],
)
def test_a_quantity_is_the_nearest_double_to_what_was_typed(text, value):
    assert quantity(text, "GeV") == value


def test_inverse_units_and_units_of_an_axis():
    assert quantity("2 TeV^-1", "GeV^-1") == 0.002
    assert quantity("110", "GeV", "MeV") == 0.11
    assert convert(79.2, "MeV", "GeV") == 0.0792


@pytest.mark.parametrize(
    ("text", "unit", "message"),
    [
        ("110 MV", "GeV", "unit 'MV' is unknown; did you mean 'MeV'?"),
        ("heavy", "GeV", "'heavy' is not a number, alone or with a unit such as GeV"),
        ("1 MeV", "1", "unit 'MeV': this is a pure number"),
        ("1 GeV", "GeV^-1", "unit 'GeV': must be GeV^-1"),
    ],
)
def test_what_is_no_quantity(text, unit, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        quantity(text, unit)


GRID = {"kind": "grid", "observables": ["pull_gm2"], "fixed": {"v": "10000 MeV"}}
FIT = {"kind": "search", "terms": ["gm2"], "starts": 4}


def test_cards_take_units():
    axes = {"m_aprime": {"min": 10, "max": "0.2 GeV", "n": 4, "unit": "MeV"}, "m_phi": {"values": ["79.2 MeV", 0.11]}}
    card = load_card({**GRID, "axes": axes})
    assert card.model_dump()["axes"] == {
        "m_aprime": {"min": 0.01, "max": 0.2, "n": 4, "spacing": "linear"},
        "m_phi": {"values": [0.0792, 0.11]},
    }
    assert card.fixed == {"v": 10.0}
    free = {"m_aprime": {"min": 30, "max": 200, "unit": "MeV"}, "m_phi": {"min": "50 MeV", "max": "120 MeV"}}
    fit = load_card({**FIT, "free": free})
    assert (fit.free["m_aprime"].max, fit.free["m_phi"].min) == (0.2, 0.05)


@pytest.mark.parametrize(
    ("axis", "message"),
    [
        ({"values": ["79 MV"]}, r"axes: m_phi.values = '79 MV': unit 'MV' is unknown; did you mean 'MeV'\?"),
        ({"min": 70, "max": 110, "n": 3, "unit": 1}, r"axes: m_phi.unit = 1: must be a text"),
        ({"min": -1, "max": 1, "n": 3}, r"m_phi = -1.0: must be a finite number above zero"),
    ],
)
def test_a_card_names_the_wrong_entry(axis, message):
    with pytest.raises(BadInput, match=message):
        load_card({**GRID, "axes": {"m_aprime": {"values": [0.1]}, "m_phi": axis}})


@pytest.mark.parametrize("kind", ["grid", "search"])
def test_a_mass_in_mev_is_doubted(kind):
    masses = {"m_aprime": {"min": 0.01, "max": 0.2}, "m_phi": {"min": 70.0, "max": 110.0}}
    axes = {name: {**ends, "n": 3} for name, ends in masses.items()}
    card = {**GRID, "axes": axes} if kind == "grid" else {**FIT, "free": masses}
    with pytest.warns(RuntimeWarning, match=r"^m_phi = 110: masses are in GeV; did you mean 0.11\?$"):
        load_card(card)
