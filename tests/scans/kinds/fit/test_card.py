"""Cards of fits."""

import pytest

from jt3r.scans import BadInput
from jt3r.scans.cards.load import load_card

BAND = {
    "kind": "fit",
    "terms": ["gm2"],
    "starts": 256,
    "warm_up": False,
    "observables": ["pull_gm2"],
    "named_starts": {"here": {"m_aprime": 0.11, "m_phi": 0.08}},
    "free": {
        "v": {"min": 1.0, "max": 100.0, "spacing": "log"},
        "m_aprime": {"min": 0.001, "max": 0.2},
        "m_phi": {"min": 0.06, "max": 0.12},
    },
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"terms": ["gm3"]}, "did you mean 'gm2'"),
        ({"named_starts": {"x": {"m_phi": 0.2}}}, "named_starts.x.m_phi = 0.2: outside the prior"),
        ({"named_starts": {"x": {"m_mu": 0.1}}}, "free coordinate"),
        ({"observables": ["omega_h2"]}, "needs 'm_eta'"),
        ({"starts": 0}, "starts = 0"),
        ({"free": {"m_phi": {"min": 0.06, "max": 0.12}}}, "term 'gm2' needs 'm_aprime'"),
    ],
)
def test_a_wrong_card_is_one_line(change, message):
    with pytest.raises(BadInput, match=message) as error:
        load_card(BAND | change)
    assert "\n" not in str(error.value)
