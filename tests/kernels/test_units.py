"""Natural units in others, against each other and SciPy's CODATA values."""

import pytest
from scipy import constants

from jt3r.kernels.units import C_CM_PER_S, GEV_MINUS2_IN_CM2, HBAR_C_GEV_METRE, HBAR_GEV_S

GEV = 1e9 * constants.e


def test_they_are_powers_of_hbar_and_c():
    """To half a unit of the last of ten digits."""
    assert 100 * constants.c == C_CM_PER_S
    assert pytest.approx(constants.hbar / GEV, rel=5e-10) == HBAR_GEV_S
    assert pytest.approx(constants.hbar * constants.c / GEV, rel=5e-10) == HBAR_C_GEV_METRE
    assert pytest.approx((100 * constants.hbar * constants.c / GEV) ** 2, rel=5e-10) == GEV_MINUS2_IN_CM2
