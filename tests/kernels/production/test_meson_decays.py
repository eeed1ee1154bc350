"""Decays of mesons to a photon and a vector against a simulation."""

import jax
import jax.export
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import integrate

from jt3r.kernels import production
from jt3r.kernels.production.meson_decays import spectrum_within, vector_spectrum

NUCLEON, PION, ELECTRON, ALPHA = 0.93827208816, 0.1349768, 0.51099895e-3, 7.2973525693e-3


def toy_mesons(energy, transverse):
    """A spectrum that is easy to draw from: dN/dE = 1/E^2 above 20 GeV, exponential p_T of slope 6/GeV."""
    density = jnp.where((energy > 20) & (energy < 100), energy**-2.0, 0)
    return density * 36 / (2 * jnp.pi) * jnp.exp(-6 * transverse)


def test_meson_decays_against_a_simulation():
    """Exact two-body kinematics in the rest frame, 2e6 decays; the kernel's collinear limit is (m_pi/E)^2 < 5e-5."""
    mass, angle, generator = 0.06, 8e-3, np.random.default_rng(7)
    count = 2_000_000
    low, high = 20.0, 100.0
    energy = 1 / (1 / low - generator.random(count) * (1 / low - 1 / high))
    transverse = generator.gamma(2, 1 / 6, count)
    momentum = np.sqrt(energy**2 - PION**2)
    star_energy, star_momentum = (PION**2 + mass**2) / (2 * PION), (PION**2 - mass**2) / (2 * PION)
    cosine, azimuth = generator.uniform(-1, 1, count), generator.uniform(0, 2 * np.pi, count)
    sine = np.sqrt(1 - cosine**2)
    along = energy / PION * star_momentum * cosine + momentum / PION * star_energy
    found = energy / PION * star_energy + momentum / PION * star_momentum * cosine
    tilt = transverse / momentum
    p_x = star_momentum * sine * np.cos(azimuth) + along * tilt
    p_y = star_momentum * sine * np.sin(azimuth)
    seen = np.hypot(p_x, p_y) / found < angle
    edges = np.array([10.0, 20.0, 40.0, 80.0])
    counts, _ = np.histogram(found[seen], edges)
    expected = counts / count * (1 / low - 1 / high)
    for lower, upper, rate, number in zip(edges[:-1], edges[1:], expected, counts, strict=True):
        energies = np.linspace(lower, upper, 41)
        density = vector_spectrum(energies, mass, PION, high, angle, toy_mesons, nodes=(200, 16, 12))
        # Statistics of the simulation at 4 sigma, and 1 % for the step of the toy spectrum at 20 GeV.
        assert integrate.simpson(density, x=energies) == pytest.approx(rate, rel=0.01 + 4 / np.sqrt(number))


def test_mesons_within_an_annulus_in_closed_form():
    """int 36 p exp(-6 p) dp = -(1 + 6 p) exp(-6 p), times 1/E^2; 0 outside the spectrum."""
    energy, near, far = np.array([30.0, 90.0, 110.0]), 2e-3, 8e-3
    inside, outside = ((1 + 6 * energy * angle) * np.exp(-6 * energy * angle) for angle in (near, far))
    expected = np.where(energy < 100, (inside - outside) / energy**2, 0)
    np.testing.assert_allclose(spectrum_within(energy, far, toy_mesons, near), expected, rtol=1e-8)  # 24 nodes
    assert spectrum_within(np.float32(30), far, toy_mesons).dtype == np.float32


@pytest.mark.parametrize("mass", [0.02, 0.098, 0.13])
def test_meson_decay_quadrature_is_converged(mass):
    def spectrum(nodes):
        def mesons(energy, transverse):
            return production.pion_spectrum_fixed_target(energy, transverse, 70.0, 55.845, PION, NUCLEON)

        highest = production.highest_meson_energy(70.0, PION, NUCLEON)
        energies = jnp.array([11.0, 25.0, 36.0, 60.0])
        return vector_spectrum(energies, mass, PION, highest, 1.3 / 87, mesons, nodes=nodes)

    assert np.allclose(spectrum((24, 12, 8)), spectrum((48, 24, 16)), rtol=1e-6)


def test_branching_closes_at_the_meson_mass():
    massless = float(production.branching_to_photon_vector(0.0, 1e-3, PION, 0.988))
    assert massless == pytest.approx(2e-6 * 0.988, rel=1e-14)
    assert production.branching_to_photon_vector(PION, 1e-3, PION, 0.988) == 0
    assert jax.grad(production.branching_to_photon_vector)(0.2, 1e-3, PION, 0.988) == 0
