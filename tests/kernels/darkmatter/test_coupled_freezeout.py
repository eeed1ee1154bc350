import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import dblquad, quad

from jt3r.dark.relic import PLASMA
from jt3r.kernels.darkmatter import coupled_freezeout, freezeout
from jt3r.kernels.darkmatter.plasma import plasma_at
from jt3r.kernels.darkmatter.resonance import narrow_width_average
from tests.kernels.problems import assert_lowers_for_cuda
from tests.reference import coupled

MASS, WIDTH, VEV = coupled.MASS, coupled.WIDTH, coupled.VEV


def relic(m, strength, electrons):
    """Omega h^2 with gamma = ``strength`` H plus, times ``electrons``, that of electrons."""

    def rate(t):
        hubble = coupled_freezeout.hubble_rate(t, plasma_at(t, PLASMA).g_eff)
        return strength * hubble + electrons * coupled_freezeout.vector_scattering_rate(
            m, t, coupled.COUPLING, coupled.ELECTRON
        )

    left = coupled_freezeout.coupled_yield(m, MASS, m / (np.sqrt(2) * VEV), WIDTH, rate, PLASMA)
    return freezeout.omega_h2(m, left)


@pytest.fixture(scope="module")
def results():
    """One program: the reference's points without and with electrons, two at gamma = 1e6 H, three 1e-6 apart, one closed."""
    ratio = np.array(json.loads(coupled.FILE.read_text()))[:, 0]
    last = np.array([0.4435, 0.48, 0.45 * (1 - 1e-6), 0.45, 0.45 * (1 + 1e-6), 0.5])
    m = jnp.asarray(np.concatenate([ratio, ratio, last]) * MASS)
    strength = jnp.zeros(14).at[8:10].set(1e6)
    electrons = jnp.zeros(14).at[4:8].set(1.0)
    derivative = jax.jit(lambda x: jax.jvp(lambda y: jnp.log(relic(y, strength, electrons)), (x,), (x,)))
    value, slope = (np.array(a) for a in derivative(m))
    return np.exp(value), slope


def test_against_scipy(results):
    """1e-4 is what the kernel states; SciPy's own error is 1e-7."""
    exact = np.array(json.loads(coupled.FILE.read_text()))
    np.testing.assert_allclose(results[0][:8].reshape(2, 4).T, exact[:, 1:], rtol=1e-4)


def test_fast_scattering_is_kinetic_equilibrium(results):
    for ratio, got in zip((0.4435, 0.48), results[0][8:10], strict=True):
        m = jnp.asarray(ratio * MASS)
        average = lambda t, m=m: narrow_width_average(m, MASS, t, m / (np.sqrt(2) * VEV), WIDTH)  # noqa: E731
        standard = freezeout.omega_h2(m, freezeout.integrated_yield(m, average, PLASMA))
        assert got == pytest.approx(float(standard), rel=1e-4)  # the steps of both


def test_derivative_and_closed_resonance(results):
    value, slope = results
    central = np.log(value[12] / value[10]) / 2e-6
    assert slope[11] == pytest.approx(central, rel=1e-6)  # rounding: 1e-13 of 1600 steps over 2e-6 x 30
    assert np.isnan(value[13])


@pytest.mark.parametrize("temperature", [0.02, 0.0016, 1e-4])
def test_resonant_temperature_against_quadrature(temperature):
    m = 0.033
    beta = np.sqrt(1 - 4 * m**2 / MASS**2)

    def weight(rapidity):
        return np.sinh(rapidity) ** 2 * np.exp(-MASS / temperature * (np.cosh(rapidity) - 1))

    def integrand(direction, rapidity):
        energy = MASS * (np.cosh(rapidity) + beta * direction * np.sinh(rapidity)) / 2
        return weight(rapidity) * (energy - m**2 / energy) / 6

    top = np.arccosh(1 + 40 * temperature / MASS)
    exact = dblquad(integrand, 0, top, -1, 1, epsabs=0, epsrel=1e-10)[0] / quad(weight, 0, top, epsabs=0, epsrel=1e-10)[0]
    assert float(coupled_freezeout.resonant_temperature(m, MASS, temperature)) == pytest.approx(exact, rel=1e-9)
    assert np.isnan(float(coupled_freezeout.resonant_temperature(MASS / 2, MASS, temperature)))


def test_redshift_correction_against_quadrature():
    for x in (3.0, 20.0, 500.0):
        energy = lambda t, x=x: np.exp(-x * (np.cosh(t) - 1))  # noqa: E731
        top = np.arccosh(1 + 40 / x)
        above = quad(lambda t: np.sinh(t) ** 6 / np.cosh(t) ** 2 * energy(t), 0, top, epsabs=0, epsrel=1e-11)[0]  # noqa: B023
        below = quad(lambda t: np.sinh(t) ** 2 * np.cosh(t) * energy(t), 0, top, epsabs=0, epsrel=1e-11)[0]  # noqa: B023
        assert float(coupled_freezeout.redshift_correction(x)) == pytest.approx(
            x / 3 * above / below, rel=1e-8
        )  # sinh^6 exp(-36) left out at x = 3


def test_massless_scattering_rate():
    """(4 G^2/(9 pi^3)) (T^6/m) int x^6 f (1 - f) dx, the integral being 6 Gamma(6) eta(6) = 6 x 31 pi^6/252."""
    exact = 4 / (9 * np.pi**3) * 6 * 31 * np.pi**6 / 252 * 0.002**6 / 0.03 * 1e-10
    assert float(coupled_freezeout.vector_scattering_rate(0.03, 0.002, 1e-5, 0.0)) == pytest.approx(exact, rel=1e-9)


def test_dtype_and_cuda():
    single = [jnp.float32(x) for x in (0.033, 0.075, 0.0016)]
    assert coupled_freezeout.resonant_temperature(*single).dtype == jnp.float32
    assert_lowers_for_cuda(coupled_freezeout.resonant_temperature, *single)
    assert_lowers_for_cuda(coupled_freezeout.redshift_correction, single[0])
    assert_lowers_for_cuda(lambda m: relic(m, 1.0, 1.0), single[0])
