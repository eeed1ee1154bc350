"""Couplings that change b into s: eq. (10) forwards, exchange far above the mass, the loop of W and top."""

import numpy as np
import pytest

from jt3r.constants import M_MU
from jt3r.flavour import matching
from jt3r.u1 import strange_bottom


def test_couplings_of_aprime_are_those_that_give_c9():
    """C9^NU = k_V g^2 s'_s s'_b, primed with the right-handed angles; A' couples with g s'_s s'_b."""
    made = matching.coefficients_of_angles(0.1, "paper", 20.0, sp_sl=0.3, sp_bl=0.2, sp_sr=0.1, sp_br=0.4)
    nonuniversal = made["C9_bsmumu"] - made["C9_bsee"]
    found = strange_bottom.vector_couplings(0.1 / (2**0.5 * 20.0), nonuniversal, made["C9p_bsmumu"])
    g = 0.1 / (2**0.5 * 20)
    assert [float(x) for x in found] == pytest.approx([g * 0.3 * 0.2, g * 0.1 * 0.4], rel=1e-12)


def test_couplings_of_phi_are_those_that_give_c_s():
    """Eq. (10) forwards: C_S = k_S (m_mu/m_b) lambda_b s'_s, C_S' with s and b exchanged."""
    made = matching.coefficients_of_angles(0.1, "paper", 20.0, sp_sl=0.3, sp_bl=0.2, yukawa_s=1e-7, yukawa_b=2e-7)
    left, right = strange_bottom.scalar_couplings(0.08, made["CS_bsmumu"], made["CSp_bsmumu"], 0.0, 20.0)
    assert float(right) == pytest.approx(2e-7 * 0.3, rel=1e-12)
    assert float(left) == pytest.approx(1e-7 * 0.2, rel=1e-12)


def test_exchange_of_phi_far_above_its_mass_is_the_operator():
    """c_R y/q^2 at q^2 = Lambda^2 = 4 GeV^2 is N m_b C_S, with y = m_mu/(sqrt2 V) and the inputs of the printed prefactors."""
    x, m_b, v = {k: e["value"] for k, e in matching.flavour_inputs()["paper"].items()}, 4.183, 10.0
    unit = 4 * x["fermi"] / 2**0.5 * x["ckm"] * x["alpha"] / (4 * np.pi)
    _, right = strange_bottom.scalar_couplings(0.08, 0.033, 0.0, 0.0, v)
    assert float(right) * M_MU / (2**0.5 * v) / 4 == pytest.approx(unit * m_b * 0.033, rel=1e-12)


def test_the_portal_mixes_phi_with_the_higgs_boson():
    """alpha = sqrt2 lambda v V/m_h^2, c_R = alpha m_b/v 3 sqrt2 G_F m_t^2 |V_ts V_tb|/(16 pi^2), c_L with m_s for m_b."""
    x = {name: entry["value"] for name, entry in matching.flavour_inputs()["on_shell"].items()}
    pdg = {name: entry["value"] for name, entry in matching.flavour_inputs()["pdg"].items()}
    left, right = strange_bottom.scalar_couplings(0.08, 0.0, 0.0, 1e-4, 10.0)
    fermi, vev, higgs = pdg["fermi"], (2**0.5 * pdg["fermi"]) ** -0.5, 125.2
    alpha = 2**0.5 * 1e-4 * vev * 10.0 / higgs**2
    expected = alpha * 4.183 / vev * 3 * 2**0.5 * fermi * x["m_t"] ** 2 * pdg["ckm"] / (16 * np.pi**2)
    assert float(right) == pytest.approx(expected, rel=3e-3)  # the mass of the Higgs boson
    assert float(left / right) == pytest.approx(1 / 53.94, rel=1e-3)
    assert float(strange_bottom.scalar_couplings(0.08, 0.0, 0.0, 0.0, 10.0)[1]) == 0
