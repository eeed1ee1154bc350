"""Emission from electrons in a thick target against mpmath's integrals of flux and shower."""

import jax
import jax.export
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest

from jt3r.kernels import production

NUCLEON, PION, ELECTRON, ALPHA = 0.93827208816, 0.1349768, 0.51099895e-3, 7.2973525693e-3
ALUMINIUM = (13.0, 26.9815)


@pytest.mark.parametrize("mass", [1.1e-3, 0.02, 0.3])
def test_photon_flux(mass):
    z, a = ALUMINIUM
    size, form = 111 * z ** (-1 / 3) / ELECTRON, 0.164 * a ** (-2 / 3)
    energy = 5.0
    low = (mass**2 / (2 * energy)) ** 2

    def integrand(log_t):
        t = mp.exp(log_t)
        g2 = (size**2 * t / (1 + size**2 * t)) ** 2 / (1 + t / form) ** 2 * z**2
        return (t - low) / t * g2

    expected = float(mp.quad(integrand, np.linspace(np.log(low), np.log(mass**2), 12).tolist()))
    value = production.elastic_photon_flux(energy, mass, z, a, ELECTRON)
    # Partial fractions cancel to (m^2/d)^2 at the lightest masses.
    assert float(value) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("energy", [1.0, 5.0, 15.0, 19.0])
def test_track_length_is_the_integral_over_depth(energy):
    log_ratio = mp.log(mp.mpf(20) / energy)
    depths = [0, 0.5, 1, 2, 5, 10, 30, 60]
    expected = mp.quad(lambda t: log_ratio ** (4 * t / 3 - 1) / mp.gamma(4 * t / 3) / 20, depths)
    # The trapezoidal rule of spacing 1/2 is good to 1e-8 of the second term.
    assert float(production.track_length(energy, 20.0)) == pytest.approx(float(expected), rel=2e-8)


@pytest.mark.parametrize("mass", [2e-3, 0.02, 0.2])
def test_shower_quadrature_is_converged(mass):
    def spectrum(nodes):
        energies = jnp.array([2.0, 8.0, 19.0])
        return production.vectors_from_electrons(energies, mass, 20.0, *ALUMINIUM, 24.01, ELECTRON, ALPHA, nodes)

    assert np.allclose(spectrum((16, 16)), spectrum((48, 48)), rtol=1e-6)
    slope = jax.grad(lambda m: production.vectors_from_electrons(15.0, m, 20.0, *ALUMINIUM, 24.01, ELECTRON, ALPHA))
    assert np.isfinite(slope(mass))
