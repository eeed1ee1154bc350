"""The pion form factor of the rho and the width into two pions, against mpmath and what is known of F_pi."""

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest

from jt3r.decays import RHO
from jt3r.kernels.decays.hadronic import pion_form_factor_squared, vector_to_pions
from tests.kernels.problems import assert_lowers_for_cuda

mp.mp.dps = 30


def form_factor(s, mass, width, pion):
    """Gounaris and Sakurai by the analytic h(s) of complex s: F = (m^2 + d m G)/(m^2 - s - ...), any s."""
    mass, width, pion = (mp.mpf(float(x)) for x in (mass, width, pion))

    def momentum(s):
        return mp.sqrt(mp.mpf(s) / 4 - pion**2)

    def loop(s):
        """k^2 h(s), analytic below threshold too."""
        k = momentum(s)
        return k**2 * 2 / mp.pi * k / mp.sqrt(s) * mp.log((mp.sqrt(s) + 2 * k) / (2 * pion))

    k = momentum(mass**2)
    slope = mp.diff(lambda s: loop(s).real, mass**2)
    strength = width * mass**2 / k**3
    # f(s) = strength [k^2 h(s) - k_m^2 h(m^2) - (s - m^2) d(k^2 h)/ds], zero with its slope at the peak.
    f = strength * (loop(s) - loop(mass**2) - (s - mass**2) * slope)
    imaginary = strength * momentum(s) ** 3 / mp.sqrt(s)  # m Gamma(s); below threshold it makes f(s) real and regular at s = 0
    # k^2 h(s) -> -m_pi^2/pi for s -> 0.
    f_0 = strength * (pion**2 / mp.pi * (-1) - loop(mass**2) + mass**2 * slope)
    return (mass**2 + f_0) / (mass**2 - s + f - 1j * imaginary)


@pytest.mark.parametrize("root", [0.28, 0.4, 0.6, 0.77526, 0.9])
def test_against_the_analytic_form(root):
    exact = abs(form_factor(root**2, *RHO)) ** 2
    assert float(pion_form_factor_squared(root**2, RHO)) == pytest.approx(float(exact), rel=1e-12)
    single = pion_form_factor_squared(jnp.float32(root**2), RHO)
    assert single.dtype == jnp.float32
    assert float(single) == pytest.approx(float(exact), rel=1e-4)


def test_what_is_known_of_the_form_factor():
    # Charge radius 0.659(4) fm (PDG 2024): F = 1 + r^2 s/6, from the analytic form below threshold; the rho alone gives 0.630.
    small = 1e-4
    slope = (form_factor(small, *RHO).real - 1) / small
    assert float(mp.sqrt(6 * slope)) * 0.1973269804 == pytest.approx(0.659, rel=0.05)
    # Peak: 36 Gamma_ee/(alpha^2 beta^3 Gamma) of rho -> e e with 7.04 keV is 39.8; without heavier rho it is 32.9.
    beta = np.sqrt(1 - 4 * (RHO.pion_mass / RHO.mass) ** 2)
    peak = 36 * 7.04e-6 / ((1 / 137.036) ** 2 * beta**3 * RHO.width)
    assert float(pion_form_factor_squared(RHO.mass**2, RHO)) == pytest.approx(peak, rel=0.2)


def test_width():
    mass, coupling = 0.5, 3e-3
    form = float(pion_form_factor_squared(mass**2, RHO))
    p = np.sqrt(mass**2 / 4 - RHO.pion_mass**2)
    # |M|^2 = g^2 (p_1 - p_2)^2 averaged over three polarisations = 4 g^2 p^2/3.
    expected = 4 * coupling**2 * p**2 / 3 * p / (8 * np.pi * mass**2) * form
    assert float(vector_to_pions(mass, coupling, RHO)) == pytest.approx(expected, rel=1e-13)
    assert vector_to_pions(0.279, coupling, RHO) == 0


def test_gradient_at_threshold():
    for mass in (0.1, 2 * RHO.pion_mass, 0.28, 1.5):
        assert np.all(np.isfinite(jax.grad(vector_to_pions, argnums=(0, 1))(mass, 1e-3, RHO)))


def test_cuda():
    assert_lowers_for_cuda(lambda m: vector_to_pions(m, 1e-3, RHO), 0.5)
