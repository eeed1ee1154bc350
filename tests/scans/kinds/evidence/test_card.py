"""Cards of evidences."""

import pytest

from jt3r.scans import BadInput
from jt3r.scans.cards.load import load_card

CARD = {"kind": "evidence", "terms": ["R_K"], "free": {"c_universal": {"min": -5.0, "max": 5.0}}}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"live": 0}, "live = 0"),
        ({"live": 2}, "live"),
        ({"seed": -1}, "seed = -1"),
        ({"lives": 500}, "key 'lives' is unknown; did you mean 'live'"),
        ({"terms": ["R_Kstar"]}, "term 'R_Kstar' is unknown; did you mean 'R_Kst'"),
    ],
)
def test_a_wrong_card_names_the_key(change, message):
    with pytest.raises(BadInput, match=message) as refused:
        load_card({**CARD, **change})
    assert "\n" not in str(refused.value)


def test_five_hundred_live_points_unless_said():
    assert load_card(CARD).live == 500
