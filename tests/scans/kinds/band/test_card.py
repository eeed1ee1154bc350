"""Cards of bands."""

import pytest
from pydantic import ValidationError

from jt3r.scans.kinds.band.card import BandCard

AXES = {"m_aprime": {"values": [0.05, 0.1]}}


def card(**changes):
    return BandCard(**{"kind": "band", "axes": AXES, **changes})


def test_defaults_are_those_of_the_paper():
    made = card()
    assert (made.solve_for, made.pulls, made.contributions, made.max_roots) == (
        "m_phi",
        [-2.0, -1.0, 0.0, 1.0, 2.0],
        "one_loop",
        1,
    )
    assert made.data_files() == set()
    assert card(contributions="phi_barr_zee").contributions == "phi_barr_zee"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"solve_for": "m_phy"}, "parameter 'm_phy' is unknown; did you mean 'm_phi'"),
        ({"solve_for": "m_aprime"}, "solve_for = 'm_aprime': it cannot be an axis or fixed as well"),
        ({"fixed": {"m_phi": 0.1}}, "solve_for = 'm_phi': it cannot be"),
        ({"between": [0.0, 1.0]}, r"between = \\[0.0, 1.0\\]: must be two masses above zero"),
        ({"between": [1.0, 0.5]}, "the lower one first"),
        ({"pulls": [1.0, -1.0]}, "pulls must rise"),
        ({"max_roots": 0}, "max_roots"),
        ({"contributions": "all"}, "contributions"),
        ({"axes": {"v": {"values": [10.0]}}}, "observable 'pull_gm2' needs 'm_aprime'"),
    ],
)
def test_a_wrong_card_names_the_key(changes, message):
    with pytest.raises(ValidationError, match=message.replace("\\\\", "\\")):
        card(**changes)
