"""B -> K(*) A' on shell, against closed forms."""

import jax
import numpy as np
import pytest

from jt3r import Point, observables
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
