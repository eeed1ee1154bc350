"""Cards of grids."""

import pytest

from jt3r.scans import BadInput
from jt3r.scans.cards.load import load_card


def test_coefficients_may_be_negative_and_masses_may_not():
    axes = {"C9_bsmumu": {"min": -1.0, "max": 1.0, "n": 3}}
    card = load_card({"kind": "grid", "observables": ["R_K"], "axes": axes, "fixed": {"CS_bsmumu": -0.1}})
    assert card.fixed == {"CS_bsmumu": -0.1}
    with pytest.raises(BadInput, match="above zero"):
        load_card({"kind": "grid", "observables": ["R_K"], "axes": axes, "fixed": {"m_phi": -0.1}})
    with pytest.raises(BadInput, match="C9_bsmumu"):
        load_card({"kind": "grid", "observables": ["R_K"], "axes": {"C9_bsmu": {"values": [0.0]}}})
