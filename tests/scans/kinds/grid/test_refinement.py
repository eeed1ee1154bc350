"""The refine table of a grid card."""

import pytest

from jt3r.scans import BadInput
from jt3r.scans.cards.load import load_card

CARD = {
    "kind": "grid",
    "observables": ["pull_gm2", "delta_a_mu"],
    "axes": {
        "m_aprime": {"min": 0.01, "max": 0.2, "n": 41, "spacing": "log"},
        "m_phi": {"min": 0.06, "max": 0.11, "n": 33},
    },
    "refine": {"levels": 3, "where": "pull_gm2", "contours": [-2.0, 0.0, 2.0]},
}
"""Two tiles, of 32 x 32 and of 8 x 32 cells."""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"levels": 0}, "refine.levels = 0: "),
        ({"where": "pull"}, "refine.where: observable 'pull' is unknown"),
        ({"contours": []}, "refine: contours = []"),
        ({"band": [2.0, -2.0]}, "refine: band = [2.0, -2.0]"),
        ({"contour": [1.0]}, "refine.contour = [1.0]: key 'contour' is unknown; did you mean 'contours'?"),
    ],
)
def test_bad_tables(change, words):
    with pytest.raises(BadInput) as refused:
        load_card({**CARD, "refine": {**CARD["refine"], **change}})
    assert words in str(refused.value)


@pytest.mark.parametrize(
    "change",
    [
        {"output": "summary", "observables": ["pull_gm2"]},
        {"axes": {**CARD["axes"], "v": {"values": [10.0]}}},
        {
            "refine": {"levels": 16, "where": "c_phi"},
            "axes": {n: {"values": [1, 2]} for n in ("m_aprime", "m_phi", "v", "m_mu")},
        },
    ],
)
def test_what_cannot_be_refined(change):
    with pytest.raises(BadInput, match="refine"):
        load_card({**CARD, **change})
