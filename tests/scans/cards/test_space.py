"""Cards over a parameter space: free coordinates, terms, and all that they read."""

import pytest
from pydantic import ValidationError

from jt3r.inference.likelihood import Likelihood
from jt3r.inference.space import Prior, Space
from jt3r.scans.cards.space import SpaceCard

FREE = {"m_phi": {"min": 70, "max": 110, "unit": "MeV"}, "m_aprime": {"min": 0.01, "max": 0.2, "spacing": "log"}}


def card(**changes):
    return SpaceCard(**{"kind": "fit", "terms": ["gm2"], "free": FREE, **changes})


def test_the_problem_is_what_the_card_says():
    likelihood, space = card(fixed={"v": 12.0}, cuts="veto", dataset="current").problem()
    assert likelihood == Likelihood(("gm2",), "veto", "dataset", "point")
    priors = {"m_phi": Prior(0.07, 0.11), "m_aprime": Prior(0.01, 0.2, "log")}
    assert space == Space(priors, {"v": 12.0}, "current", "pdg", "t3r")


@pytest.mark.parametrize(("old", "new"), [(True, "point"), (False, "none")])
def test_the_word_of_earlier_versions(old, new):
    assert card(theory_errors=old).theory == new


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"terms": []}, "terms"),
        ({"terms": ["gm3"]}, "term 'gm3' is unknown; did you mean 'gm2'"),
        ({"terms": ["gm2", "gm2"]}, "term 'gm2' is listed twice"),
        ({"free": {}}, "free"),
        ({"free": {"m_phy": FREE["m_phi"]}}, "coordinate 'm_phy' is unknown; did you mean 'm_phi'"),
        ({"fixed": {"m_z": 1.0}}, "coordinate 'm_z' is unknown"),
        ({"fixed": {"v": -1.0}}, "v = -1.0: must be a finite number above zero"),
        ({"free": {"m_phi": FREE["m_phi"]}}, "term 'gm2' needs 'm_aprime': give it under free or fixed"),
        ({"observables": ["omega_h2"]}, "observable 'omega_h2' needs 'm_eta': give it under free or fixed"),
        ({"terms": ["BR_BpKee"]}, "BR_BpKee"),
        ({"cuts": "hard"}, "cuts"),
        ({"theory": "no"}, "theory"),
        ({"model": "b_l"}, "coordinate 'm_phi' is unknown"),
    ],
)
def test_a_wrong_card_names_the_key(changes, message):
    with pytest.raises(ValidationError, match=message):
        card(**changes)


def test_a_coordinate_that_nothing_reads_is_told():
    with pytest.warns(RuntimeWarning, match="free: no term reads m_eta"):
        card(free={**FREE, "m_eta": {"min": 0.01, "max": 0.1}})


def test_the_files_it_rests_on():
    assert card().data_files() == set()
    angles = card(terms=["R_K"], free={"sp_l": {"min": -1e-6, "max": 1e-6}}, fixed={"m_aprime": 0.1}, matching="paper")
    assert {"flavour_inputs.toml", "flavour/flavio-2.7.json"} <= angles.data_files()
