"""B -> K(*) A' on shell, against closed forms."""

import jax
import numpy as np
import pytest

from jt3r import Point, observables
from jt3r.constants import M_MU
from jt3r.flavour import matching, on_shell
from jt3r.flavour.benchmarks import benchmark
from jt3r.flavour.from_angles import realise

NAMES = ("width_BpKA", "width_B0KstA", "BR_BpKAee", "BR_B0KstAee")


def test_the_width_on_shell_is_the_closed_form_and_goes_as_the_fourth_power():
    bma = benchmark("BMA")
    widths = {m: float(observables["width_BpKA"](Point(m_aprime=m, **bma))) for m in (0.06, 0.1, 0.2)}
    # (s'_sL s'_bL)^2 f_+^2 m_B^3/(128 pi V^2) (1 - m_K^2/m_B^2)^3 for m_A' << m_B; the mass is a correction of 3 (m/m_B)^2
    left = realise("BMA").sp_l
    light = (left * 0.332) ** 2 * 5.27941**3 * (1 - (0.493677 / 5.27941) ** 2) ** 3 / (128 * np.pi * 100)
    assert widths[0.1] == pytest.approx(light, rel=2e-3)
    assert widths[0.06] / widths[0.1] == pytest.approx((0.1 / 0.06) ** 4, rel=2e-3)
    assert widths[0.2] / widths[0.1] == pytest.approx(0.5**4, rel=6e-3)


def test_the_kstar_sees_the_axial_coupling_and_is_longitudinal():
    m, left = 0.05, 1e-6
    x = {name: entry["value"] for name, entry in matching.flavour_inputs()["on_shell"].items()}
    k = (x["m_B0"] ** 2 - x["m_Kst0"] ** 2) / (2 * x["m_B0"])
    goldstone = (left / 2) ** 2 * k**3 * x["A_0"] ** 2 / (2 * np.pi * m**2)  # <K*|s gamma_5 b|B> by A_0(0)
    assert float(on_shell.width_b_to_kst(m, left, 0.0)) == pytest.approx(goldstone, rel=3e-3)  # transverse: 1e-3
    assert float(on_shell.width_b_to_kst(m, left, left)) < 1e-3 * goldstone
    assert float(on_shell.width_b_to_k(m, left, -left)) == 0


def test_errors_of_form_factors():
    assert (on_shell.form_factor_error("K"), on_shell.form_factor_error("Kst")) == pytest.approx((0.060, 0.157), abs=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_gradients_are_finite_without_new_physics(name):
    def f(c10, c9, m):
        return observables[name](Point(m_aprime=m, C10_bsee=c10, C9_bsmumu=c9))

    for at in ((0.0, 0.0, 0.1), (1.0, -0.5, 0.06)):
        assert np.isfinite(jax.grad(f, argnums=(0, 1, 2))(*at)).all()


def test_couplings_of_phi_are_those_that_give_c_s():
    """Eq. (10) forwards: C_S = k_S (m_mu/m_b) lambda_b s'_s, C_S' with s and b exchanged."""
    made = matching.coefficients_of_angles(0.1, "paper", 20.0, sp_sl=0.3, sp_bl=0.2, yukawa_s=1e-7, yukawa_b=2e-7)
    left, right = on_shell.scalar_couplings(0.08, made["CS_bsmumu"], made["CSp_bsmumu"], 0.0, 20.0)
    assert float(right) == pytest.approx(2e-7 * 0.3, rel=1e-12)
    assert float(left) == pytest.approx(1e-7 * 0.2, rel=1e-12)


def test_exchange_of_phi_far_above_its_mass_is_the_operator():
    """c_R y/q^2 at q^2 = Lambda^2 = 4 GeV^2 is N m_b C_S, with y = m_mu/(sqrt2 V) and the inputs of the printed prefactors."""
    x, m_b, v = {k: e["value"] for k, e in matching.flavour_inputs()["paper"].items()}, 4.183, 10.0
    unit = 4 * x["fermi"] / 2**0.5 * x["ckm"] * x["alpha"] / (4 * np.pi)
    _, right = on_shell.scalar_couplings(0.08, 0.033, 0.0, 0.0, v)
    assert float(right) * M_MU / (2**0.5 * v) / 4 == pytest.approx(unit * m_b * 0.033, rel=1e-12)


def test_the_portal_mixes_phi_with_the_higgs_boson():
    """alpha = sqrt2 lambda v V/m_h^2, c_R = alpha m_b/v 3 sqrt2 G_F m_t^2 |V_ts V_tb|/(16 pi^2), c_L with m_s for m_b."""
    x = {name: entry["value"] for name, entry in matching.flavour_inputs()["on_shell"].items()}
    pdg = {name: entry["value"] for name, entry in matching.flavour_inputs()["pdg"].items()}
    left, right = on_shell.scalar_couplings(0.08, 0.0, 0.0, 1e-4, 10.0)
    fermi, vev, higgs = pdg["fermi"], (2**0.5 * pdg["fermi"]) ** -0.5, 125.2
    alpha = 2**0.5 * 1e-4 * vev * 10.0 / higgs**2
    expected = alpha * 4.183 / vev * 3 * 2**0.5 * fermi * x["m_t"] ** 2 * pdg["ckm"] / (16 * np.pi**2)
    assert float(right) == pytest.approx(expected, rel=3e-3)  # the mass of the Higgs boson
    assert float(left / right) == pytest.approx(1 / 53.94, rel=1e-3)
    assert float(on_shell.scalar_couplings(0.08, 0.0, 0.0, 0.0)[1]) == 0
