"""Cards of fits."""

import pytest

from jt3r.scans import BadInput
from jt3r.scans.cards.load import load_card
from tests.scans.kinds.fit.cards import BAND


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


def test_a_named_start_takes_units():
    card = load_card(BAND | {"named_starts": {"here": {"m_aprime": "110 MeV", "m_phi": 0.08}}})
    assert card.named_starts == {"here": {"m_aprime": 0.11, "m_phi": 0.08}}
