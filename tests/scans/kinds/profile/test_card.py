"""Cards of profiles."""

import pytest

from jt3r.scans import BadInput
from jt3r.scans.cards.load import load_card
from tests.scans.kinds.profile.cards import PULL


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"axes": {"pull": {"min": 0, "max": 1, "n": 2}}}, "axis 'pull' is unknown"),
        ({"axes": {"m_phi": {"min": 0.07, "max": 0.2, "n": 5}}}, "axes.m_phi: must lie inside its prior, 0.06 to 0.1"),
        ({"axes": {"m_phi": {"min": 0.07, "max": 0.08, "n": 1}}}, "axes.m_phi.n = 1: a profile needs at least 2 values"),
        ({"axes": {"m_eta_2": {"min": 0.07, "max": 0.08, "n": 3}}}, "observable 'm_eta_2' needs 'm_eta'"),
        ({"starts": 0}, "starts = 0: "),
    ],
)
def test_bad_cards(change, words):
    with pytest.raises(BadInput) as refused:
        load_card({**PULL, **change})
    assert words in str(refused.value)


def test_axes_take_units():
    along = {"min": "70 MeV", "max": 80, "n": 5, "unit": "MeV"}
    card = load_card({**PULL, "axes": {"m_phi": along}})
    assert (card.axes["m_phi"].min, card.axes["m_phi"].max) == (0.07, 0.08)
    with pytest.raises(BadInput, match=r"axes: pull_gm2.min = 70: unit 'MeV': this is a pure number"):
        load_card({**PULL, "axes": {"pull_gm2": {**along, "min": 70}}})
