import jax
import numpy as np
import pytest

from jt3r.constants import M_MU
from jt3r.uv import completion as uv


def test_partner_masses():
    """lambda = 1, V = 10 GeV: 16.48 TeV (mu), 806 TeV (u), 370 TeV (d)."""
    masses = [float(uv.m_chi(uv.INPUTS[name].value, 10.0)) / 1e3 for name in ("m_up", "m_down")]
    assert float(uv.m_chi(M_MU, 10.0)) == pytest.approx(16478, rel=1e-4)
    assert masses == pytest.approx([806, 370], rel=2e-3)


def test_portal_limit():
    """Br = 0.12 of 4.088 MeV: lambda^2 = 16 pi m_h Gamma Br/((1 - Br) v^2), 7.6e-3."""
    assert float(uv.portal_limit()) == pytest.approx(7.604e-3, rel=1e-3)


@pytest.mark.parametrize("coupling", [1.0, 0.32])
def test_partner_loops_are_negligible(coupling):
    """Below 5e-12 in sum of sizes down to m_chi = 1.7 TeV: 0.2 % of the error of the measured 2.51(59)e-9, and less."""
    terms = uv.chi_mu_loops(0.087, 0.056, 10.0, coupling, coupling)
    assert sum(abs(float(x)) for x in terms.values()) < 1e-11
    # lambda^2 (m_mu/m_chi)^2 with m_chi ~ lambda^2: falls as 1/lambda^2.
    other = uv.chi_mu_loops(0.087, 0.056, 10.0, 2 * coupling, 2 * coupling)
    assert float(terms["phi"] / other["phi"]) == pytest.approx(4, rel=0.05)


def test_barr_zee_is_as_large_as_the_anomaly():
    shift = float(uv.barr_zee(0.0832, 10.0))
    assert -4.0e-9 < shift < -3.2e-9
    assert np.isfinite(jax.grad(uv.barr_zee)(0.0832, 10.0))


def test_band_shift_by_finite_change():
    """Solving C_phi for the changed target moves m_phi' by -1.0 to -1.2 MeV in the paper's window."""
    shift = uv.barr_zee_shift(np.array([0.0735, 0.0832, 0.0873]), 10.0)
    assert (np.array(shift) < -0.9e-3).all()
    assert (np.array(shift) > -1.3e-3).all()
