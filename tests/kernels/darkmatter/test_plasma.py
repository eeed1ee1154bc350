import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import quad

from jt3r.dark.relic import PLASMA
from jt3r.kernels.darkmatter.plasma import plasma_at
from tests.kernels.problems import assert_lowers_for_cuda

# Masses in GeV and degrees of freedom, sign of the statistics: e, mu, pi0, pi+-.
MASSIVE = [(0.51099895e-3, 4, 1), (0.1056583755, 4, 1), (0.1349768, 1, -1), (0.13957039, 2, -1)]


def ideal_gas(temperature):
    """(h, g) of photons, e, mu, pi and three neutrinos at the temperature of the photons, by quadrature."""
    h, g = 2 + 21 / 4, 2 + 21 / 4
    for mass, dof, sign in MASSIVE:
        x2 = (mass / temperature) ** 2

        def moment(weight, x2=x2, sign=sign):
            return quad(lambda u: u**2 * weight(u, np.sqrt(u**2 + x2)) / (np.exp(np.sqrt(u**2 + x2)) + sign), 0, 50)[0]

        g += dof * 15 / np.pi**4 * moment(lambda u, e: e)
        h += dof * 45 / (4 * np.pi**4) * moment(lambda u, e: e + u**2 / (3 * e))
    return h, g


@pytest.mark.parametrize("temperature", [0.005, 0.01, 0.02, 0.04])
def test_ideal_gas_between_5_and_40_mev(temperature):
    """Interactions, left out of the ideal gas, are of order alpha (1e-3 of the charged part)."""
    plasma = plasma_at(temperature, PLASMA)
    h, g = ideal_gas(temperature)
    assert float(plasma.h_eff) == pytest.approx(h, rel=1e-3)
    assert float(plasma.g_eff) == pytest.approx(g, rel=1e-3)


def test_table_is_uniform_and_reproduced():
    steps = np.diff(np.log(PLASMA.temperature))
    assert np.ptp(steps) < 2e-5  # six printed digits
    plasma = plasma_at(PLASMA.temperature, PLASMA)
    # The printed temperatures miss the uniform grid by 1e-5 of a step; h changes by up to 16 % in one.
    np.testing.assert_allclose(plasma.h_eff, PLASMA.h_eff, rtol=2e-5)
    np.testing.assert_allclose(plasma.g_eff, PLASMA.g_eff, rtol=2e-5)


def test_slope_is_the_derivative():
    t = jnp.geomspace(1.2e-5, 0.5, 200)
    slope = jax.jit(jax.vmap(jax.grad(lambda u: jnp.log(plasma_at(jnp.exp(u), PLASMA).h_eff))))(jnp.log(t))
    np.testing.assert_allclose(plasma_at(t, PLASMA).slope, slope, rtol=1e-9, atol=1e-12)


def test_ends():
    below = plasma_at(1e-7, PLASMA)
    assert float(below.h_eff) == pytest.approx(PLASMA.h_eff[0], rel=1e-15)
    assert float(below.slope) == 0
    assert np.isnan(float(plasma_at(0.6, PLASMA).h_eff))
    single = plasma_at(jnp.float32(1e-3), PLASMA)
    assert single.h_eff.dtype == single.sqrt_g_star.dtype == jnp.float32
    assert_lowers_for_cuda(lambda t: plasma_at(t, PLASMA).sqrt_g_star, jnp.ones(3))
