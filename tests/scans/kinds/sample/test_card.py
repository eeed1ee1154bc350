"""Cards of draws."""

import pytest

from jt3r.scans import BadInput
from jt3r.scans.cards.load import load_card
from tests.scans.kinds.sample.cards import CARD


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"terms": ["h_decays"]}, "coordinates = 'band': needs gm2 or gm2_phi_barr_zee among terms"),
        ({"fixed": {"m_phi": 0.08}, "free": {"m_aprime": CARD["free"]["m_aprime"]}}, "and m_phi under free"),
        ({"observables": ["pull"]}, "observable 'pull' is unknown"),
        ({"observables": ["m_eta_2"]}, "observable 'm_eta_2' needs 'm_eta'"),
        ({"draws": 0}, "draws = 0: "),
        ({"chain": 3}, "chain = 3: key 'chain' is unknown; did you mean 'chains'?"),
        ({"free": {"m_phi": {"min": 0.1, "max": 0.2, "step": 1}}}, "free.m_phi.step = 1: key 'step' is unknown"),
    ],
)
def test_bad_cards(change, words):
    with pytest.raises(BadInput) as refused:
        load_card({**CARD, **change})
    assert words in str(refused.value)
