"""Cards of profiles."""

import pytest

from jt3r.scans import BadInput
from jt3r.scans.cards.load import load_card

FREE = {
    "m_aprime": {"min": 0.05, "max": 0.2, "spacing": "log"},
    "m_phi": {"min": 0.06, "max": 0.1},
}
PULL = {
    "kind": "profile",
    "terms": ["gm2"],
    "axes": {"pull_gm2": {"min": -3.0, "max": 3.0, "n": 13}},
    "free": FREE,
    "starts": 4,
}


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
