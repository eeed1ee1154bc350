"""Cards of grids."""

import pytest

from jt3r.scans import BadInput
from jt3r.scans.cards.load import load_card


def test_coefficients_may_be_negative_and_masses_may_not():
    axes = {"C9_bsmumu": {"min": -1.0, "max": 1.0, "n": 3}}
    card = load_card({"kind": "grid", "observables": ["R_K"], "axes": axes, "fixed": {"CS_bsmumu": -0.1}})
    assert card.fixed == {"CS_bsmumu": -0.1}
    with pytest.raises(BadInput, match="above zero"):
        load_card({"kind": "grid", "observables": ["R_K"], "axes": axes, "fixed": {"m_phi": -0.1}})
    with pytest.raises(BadInput, match="C9_bsmumu"):
        load_card({"kind": "grid", "observables": ["R_K"], "axes": {"C9_bsmu": {"values": [0.0]}}})


AXES = {"m_aprime": {"min": 0.05, "max": 0.2, "n": 3}, "m_phi": {"min": 0.07, "max": 0.09, "n": 3}}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"observables": []}, "observables"),
        ({"output": "part"}, "output"),
        ({"output": "summary", "observables": ["c_phi", "pull_gm2"]}, "output = 'summary' reduces exactly one observable"),
        ({"summary": {"levels": [0.0]}}, "summary.levels"),
        ({"summary": {"levels": []}}, "summary.levels"),
        ({"summary": {"bins": -1}}, "summary.bins"),
        ({"summary": {"range": [5.0, -5.0]}}, "summary.range: 5.0 must be below -5.0"),
        ({"summary": {"bin": 3}}, "key 'bin' is unknown; did you mean 'bins'"),
    ],
)
def test_a_wrong_card_names_the_key(changes, message):
    with pytest.raises(BadInput, match=message):
        load_card({"kind": "grid", "observables": ["pull_gm2"], "axes": AXES, **changes})


def test_the_files_it_rests_on_are_those_of_all_that_it_computes():
    table = {
        "kind": "grid",
        "observables": ["R_K"],
        "axes": {"C9_bsmumu": {"min": -1.0, "max": 1.0, "n": 3}, "v": {"min": 5.0, "max": 9.0, "n": 3}},
    }
    refined = {**table, "refine": {"levels": 1, "where": "m_chi_mu", "contours": [1e4]}}
    assert load_card(table).data_files() == {"flavour/flavio-2.7.json"}
    assert load_card(refined).data_files() == {"flavour/flavio-2.7.json", "dark.toml"}
