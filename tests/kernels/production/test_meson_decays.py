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
        density = vector_spectrum(energies, mass, PION, high, angle, toy_mesons, nodes=(200, 16))
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
        boost = production.centre_of_mass_boost(70.0, NUCLEON)
        return vector_spectrum(energies, mass, PION, highest, 1.3 / 87, mesons, 0.0, boost, nodes)

    found = spectrum((24, 10))
    for nodes in ((48, 10), (24, 20)):
        np.testing.assert_allclose(found, spectrum(nodes), rtol=1e-6)  # what an N is held to


def test_the_kink_of_a_spectrum_is_where_x_f_changes_sign():
    """p_L of a meson with E = boost m_T is boosted to 0: the beam of 400 GeV and one nucleon at rest, by hand."""
    boost = float(production.centre_of_mass_boost(400.0, NUCLEON))
    total, momentum = 400.0 + NUCLEON, np.sqrt(400.0**2 - NUCLEON**2)
    assert boost == pytest.approx(total / np.sqrt(total**2 - momentum**2), rel=1e-12)
    energy, transverse = boost * np.hypot(PION, 0.3), 0.3
    longitudinal = np.sqrt(energy**2 - PION**2 - transverse**2)
    assert longitudinal * total == pytest.approx(momentum * energy, rel=1e-12)


def test_a_ring_is_one_disc_without_another():
    """Annuli add up, and a decay at rest in the mesons' frame keeps what a wide aperture holds, to the nodes' 1e-6."""

    def within(near, far):
        return vector_spectrum(np.array([12.0, 30.0]), 0.06, PION, 100.0, far, smooth, near)

    def smooth(energy, transverse):
        return energy**-2.0 * jnp.exp(-6 * transverse)

    np.testing.assert_allclose(within(0.0, 4e-3) + within(4e-3, 9e-3), within(0.0, 9e-3), rtol=1e-6)
    # All of the transverse plane: 2 pi/36 int dz/z (z/E)^2/(1 - r), from z = r = (0.06/m_pi)^2 or E/100 to 1.
    ratio = (0.06 / PION) ** 2
    expected = [np.pi / 36 * (1 - max(ratio, e / 100) ** 2) / e**2 / (1 - ratio) for e in (12.0, 30.0)]
    np.testing.assert_allclose(within(0.0, 1.0), expected, rtol=1e-6)


def test_branching_closes_at_the_meson_mass():
    massless = float(production.branching_to_photon_vector(0.0, 1e-3, PION, 0.988))
    assert massless == pytest.approx(2e-6 * 0.988, rel=1e-14)
    assert production.branching_to_photon_vector(PION, 1e-3, PION, 0.988) == 0
    assert jax.grad(production.branching_to_photon_vector)(0.2, 1e-3, PION, 0.988) == 0
