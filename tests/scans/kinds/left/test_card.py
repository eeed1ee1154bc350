"""Cards of what is left."""

import pytest

from jt3r.scans import BadInput, run
from jt3r.scans.cards.load import load_card, shipped_cards

NAMES = ["Neff", "NA48-2", "SINDRUM", "PIENU", "KPIINV", "NA64mu", "LDMX-M3"]
MASSES = {"min": 5e-3, "max": 0.2, "n": 60, "spacing": "log"}


def card(**changes):
    axes = {"v": {"values": [10.0, 50.0]}, "m_aprime": MASSES}
    return {"kind": "what_is_left", "experiments": NAMES, "decays": ["visible", "invisible"], "axes": axes, **changes}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"axes": {"v": {"values": [10.0]}}}, "m_aprime"),
        ({"decays": [0.0]}, "decays"),
        ({"recipe": "paper_estimator"}, "recipe"),
        ({"experiments": ["Nowhere"]}, "Nowhere"),
    ],
)
def test_a_wrong_card_is_met_with_one_line(changes, message, tmp_path):
    with pytest.raises(BadInput, match=message):
        run(card(**changes), tmp_path / "never.h5")


def test_the_shipped_card_is_valid():
    assert "what_is_left" in shipped_cards()
    assert len(load_card("what_is_left").names) > 45
