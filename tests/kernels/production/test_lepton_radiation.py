"""Bosons radiated by leptons, against spinor sums, massless limits and integrals in other variables."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.kernels.production import electron_bremsstrahlung, lepton_radiation
from tests.kernels.decays import dirac
from tests.kernels.problems import assert_lowers_for_cuda

MUON, ELECTRON, ALPHA = 0.1056583755, 0.51099895e-3, 7.2973525693e-3
LEAD = (82.0, 207.2)
KINDS = ["scalar", "pseudoscalar", "vector", "axial"]


def square(q):
    return q @ dirac.METRIC @ q


def spinor_sum(kind, p, k_anti, k, mass, lepton):
    """-g_mn sum over spins and polarisations of M^m M^n* of photon -> l(p) lbar(k_anti) X(k), by Feynman's rules."""
    unit, five = np.eye(4), dirac.GAMMA_5
    vertices = {
        "scalar": [unit],
        "pseudoscalar": [1j * five],
        "vector": dirac.GAMMA,
        "axial": [gamma @ five for gamma in dirac.GAMMA],
    }[kind]
    first, second = p + k, k_anti + k
    before = (dirac.slash(first) + lepton * unit) / (square(first) - lepton**2)
    after = (-dirac.slash(second) + lepton * unit) / (square(second) - lepton**2)
    spins = (
        np.ones((1, 1)) if len(vertices) == 1 else dirac.lower(dirac.polarisations(k, mass))
    )  # lower indices, for vertices with upper ones
    left, right = dirac.slash(p) + lepton * unit, dirac.slash(k_anti) - lepton * unit
    total = 0.0
    for m in range(4):
        amplitudes = [vertex @ before @ dirac.GAMMA[m] + dirac.GAMMA[m] @ after @ vertex for vertex in vertices]
        bars = [dirac.GAMMA[0] @ found.conj().T @ dirac.GAMMA[0] for found in amplitudes]
        for a, found in enumerate(amplitudes):
            for b, bar in enumerate(bars):
                total -= dirac.METRIC[m, m] * spins[a, b] * np.trace(left @ found @ right @ bar)
    return total.real


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_squared_amplitude_is_the_spinor_sum(kind, seed):
    """At momenta on the mass shell; the rest is the photon's. Cancellations between its terms cost four digits."""
    draw = np.random.default_rng(seed)
    mass, lepton = 0.3, 0.12
    p, anti, k = (dirac.four(m, draw.normal(size=3)) for m in (lepton, lepton, mass))
    invariants = (square(p + anti + k), square(p + k) - lepton**2, square(anti + k) - lepton**2)
    found = lepton_radiation.squared_amplitude(kind, *invariants, mass, lepton)
    assert float(found) == pytest.approx(spinor_sum(kind, p, anti, k, mass, lepton), rel=1e-10)


def test_massless_bosons_are_those_of_the_textbook():
    """Scalars and gluons of massless quarks: (2 - x1 - x2)^2 and x1^2 + x2^2 over (1 - x1)(1 - x2)."""
    x1, x2 = 0.8, 0.7
    first, second = 1 - x2, 1 - x1
    scalar = float(lepton_radiation.squared_amplitude("scalar", 1.0, first, second, 1e-9, 1e-9))
    vector = float(lepton_radiation.squared_amplitude("vector", 1.0, first, second, 1e-9, 1e-9))
    assert scalar == pytest.approx(4 * (2 - x1 - x2) ** 2 / ((1 - x1) * (1 - x2)), rel=1e-12)
    assert vector == pytest.approx(8 * (x1**2 + x2**2) / ((1 - x1) * (1 - x2)), rel=1e-12)


def rule(low, high, nodes):
    points, weights = np.polynomial.legendre.leggauss(nodes)
    return (low + high) / 2 + (high - low) / 2 * points, (high - low) / 2 * weights


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mass", [0.25, 3.0])
def test_pairs_are_the_integral_over_the_dalitz_plot(kind, mass):
    """In the two masses of X with a muon, logarithmic steps in both, between the bounds of PDG 2024, eq. (49.23)."""
    energy, s = 10.58, 10.58**2
    log_first, along = rule(np.log((mass + MUON) ** 2 - MUON**2), np.log((energy - MUON) ** 2 - MUON**2), 400)
    first = np.exp(log_first)[:, None]
    invariant = first + MUON**2
    boson = (invariant - MUON**2 + mass**2) / (2 * np.sqrt(invariant))
    other = (s - invariant - MUON**2) / (2 * np.sqrt(invariant))
    momenta = np.sqrt(np.maximum(boson**2 - mass**2, 0)) * np.sqrt(np.maximum(other**2 - MUON**2, 0))
    middle = mass**2 + 2 * boson * other
    lowest, highest = np.log(middle - 2 * momenta), np.log(middle + 2 * momenta)
    points, across = rule(0, 1, 400)
    second = np.exp(lowest + (highest - lowest) * points)
    density = lepton_radiation.squared_amplitude(kind, s, first, second, mass, MUON)
    total = np.sum(np.sum(density * second * across * (highest - lowest), axis=1) * first[:, 0] * along)
    two = 4 * (s + 2 * MUON**2) * np.sqrt(1 - 4 * MUON**2 / s) / (8 * np.pi)
    expected = float(total / (128 * np.pi**3 * s) / two)
    # Of this rule: both ends are square roots.
    assert float(lepton_radiation.pairs(kind, mass, MUON, 10.58)) == pytest.approx(expected, rel=1e-5)


def test_rules_are_converged():
    kind = "axial"  # has the terms of all
    masses = jnp.array([0.002, 0.08, 0.7])
    at = (masses, MUON, 160.0, LEAD, ELECTRON, ALPHA)
    np.testing.assert_allclose(
        lepton_radiation.bremsstrahlung(kind, *at), lepton_radiation.bremsstrahlung(kind, *at, nodes=128), rtol=1e-10
    )
    masses = jnp.array([0.001, 0.25, 9.0])
    few, many = (lepton_radiation.pairs(kind, masses, MUON, 10.58, nodes) for nodes in (64, 128))
    np.testing.assert_allclose(few, many, rtol=1e-9)
    assert float(lepton_radiation.pairs(kind, 10.5, MUON, 10.58)) == 0


def test_published_couplings_go_with_published_cross_sections():
    """Belle II, arXiv:2403.02841, abstract: couplings of 0.0018 to 0.040 below 6 GeV, cross sections of 0.055 to 1.3 fb.

    Of a vector 0.0008 to 0.039 and 0.046 to 0.97 fb, with a branching ratio of a half to a third. The largest coupling has
    the largest mass.
    """
    pairs = 4 * np.pi * ALPHA**2 / (3 * 10.58**2) * 3.893793721e11
    scalar = lepton_radiation.pairs("scalar", jnp.array([0.3, 1.0, 6.0]), MUON, 10.58) * pairs
    vector = lepton_radiation.pairs("vector", jnp.array([0.3, 1.0, 6.0]), MUON, 10.58) * pairs
    assert np.all((0.0018**2 * scalar[:2] > 0.04) & (0.0018**2 * scalar[:2] < 1.3))
    assert 0.055 < 0.040**2 * scalar[2] < 1.3
    assert np.all((0.5 * 0.0008**2 * vector[:2] > 0.03) & (0.5 * 0.0008**2 * vector[:2] < 0.97))
    assert 0.046 < 0.039**2 * vector[2] / 3 < 0.97


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_light_leptons_radiate_as_electrons_do(share):
    """4 alpha^3 (1 - x + x^2/3)/[m^2 (1 - x)/x] of arXiv:0906.0580 per photon, integrated over all angles."""
    mass = 0.05
    lowest = mass**2 * (1 - share) / share
    t, weights = rule(0, 1, 64)
    density = lepton_radiation.emission("vector", share, lowest / t, mass, 1e-9, ALPHA)
    found = np.sum(density * lowest / t**2 * weights) * 4 * np.pi * ALPHA  # g = e
    assert float(found) == pytest.approx(4 * ALPHA**3 * (1 - share + share**2 / 3) / lowest, rel=1e-7)


@pytest.mark.parametrize("kind", KINDS)
def test_emission_is_the_published_closed_form(kind):
    """A of Y.-S. Liu and G. A. Miller, arXiv:1705.01633; that of a scalar and of a vector as in public code, DMG4."""
    x, mass, u = np.array([0.2, 0.6, 0.95]), np.array([0.7, 0.02, 0.15]), -np.array([3.0, 0.05, 0.012])
    m2, l2 = mass**2, MUON**2
    bracket = (x * u + m2 * (1 - x) + l2 * x**2) / u**2
    soft, hard = x**2 / (1 - x), 2 * (2 - 2 * x + x**2) / (1 - x)
    amplitude = {
        "scalar": soft + 2 * (m2 - 4 * l2) * bracket,
        "pseudoscalar": soft + 2 * m2 * bracket,
        "vector": hard + 4 * (m2 + 2 * l2) * bracket,
        "axial": hard + 4 * l2 / m2 * soft + 4 * (m2 - 4 * l2) * bracket,
    }[kind]
    found = lepton_radiation.emission(kind, x, -u, mass, MUON, ALPHA)
    np.testing.assert_allclose(found, ALPHA**2 / (4 * np.pi) * (1 - x) * amplitude / u**2, rtol=1e-12)  # rounding


def test_bremsstrahlung_is_the_integral_over_shares_and_angles():
    """In the angle of X and its energy, where the flux of the nucleus leaves photons."""
    mass, energy = 0.08, 160.0
    log_kept, along = rule(np.log(2e-4), np.log(0.5), 300)
    kept = np.exp(log_kept)[:, None]
    x = 1 - kept
    log_angle, across = rule(np.log(1e-8), np.log(0.3), 600)
    angle = np.exp(log_angle)
    u = (energy * angle) ** 2 * x + mass**2 * kept / x + MUON**2 * x
    low, high = (u / (2 * energy * kept)) ** 2, mass**2 + MUON**2
    flux = np.where(low < high, electron_bremsstrahlung.photon_flux(np.minimum(low, high), high, *LEAD, ELECTRON), 0)
    emitted = lepton_radiation.emission("scalar", x, u, mass, MUON, ALPHA) * 2 * energy**2 * x * angle**2
    total = np.sum(emitted * flux * np.sqrt(1 - (mass / (x * energy)) ** 2) * across * kept * along[:, None])
    found = lepton_radiation.bremsstrahlung("scalar", mass, MUON, energy, LEAD, ELECTRON, ALPHA)
    # Of this rule, where the flux ends, and of what lies beyond its ends.
    assert float(found) == pytest.approx(float(total) * 3.893793721e-28, rel=1e-3)


def test_a_boson_takes_at_least_its_own_mass():
    """Of 160 GeV; a rule that ends there has the same value as one that is told so."""

    def radiated(mass, shares=(0.0, 1.0)):
        return lepton_radiation.bremsstrahlung("axial", mass, MUON, 160.0, LEAD, ELECTRON, ALPHA, shares, nodes=16)

    found = np.asarray(radiated(jnp.array([-1.0, 0.0, 0.5, 161.0, 1e3])))
    assert np.array_equal(np.isnan(found), [True, True, False, False, False])
    assert found[2] == pytest.approx(float(radiated(0.5, (0.5 / 160, 1.0))), rel=1e-12)  # rounding
    assert np.array_equal(found[3:], [0, 0])
    assert float(radiated(100.0, (0.1, 0.6))) == 0
    assert np.isfinite(jax.grad(radiated)(161.0))


def test_a_longitudinal_vector_is_the_pseudoscalar_of_goldstone():
    """As m -> 0 an axial coupling g counts as a pseudoscalar of 2 m_l g/m, in both processes."""
    for function, at in (
        (lepton_radiation.bremsstrahlung, (MUON, 160.0, LEAD, ELECTRON, ALPHA)),
        (lepton_radiation.pairs, (MUON, 10.58)),
    ):
        axial, pseudoscalar = (float(function(kind, 1e-4, *at)) for kind in ("axial", "pseudoscalar"))
        assert axial == pytest.approx((2 * MUON / 1e-4) ** 2 * pseudoscalar, rel=3e-5)  # transverse: a few g^2 more of 2e5


def test_gradients_dtypes_and_cuda():
    kind = "axial"  # has the terms of all

    def pairs(mass):
        return lepton_radiation.pairs(kind, mass, MUON, 10.58, nodes=16)

    def radiated(mass):
        return 1e28 * lepton_radiation.bremsstrahlung(kind, mass, MUON, 160.0, LEAD, ELECTRON, ALPHA, nodes=16)

    for function, at in ((pairs, 0.5), (radiated, 0.08)):
        step = 1e-5
        slope = jax.grad(function)(at)
        numerical = (function(at + step) - function(at - step)) / (2 * step)
        assert float(slope) == pytest.approx(float(numerical), rel=1e-6)
        single = function(jnp.float32(at))
        assert single.dtype == jnp.float32
        assert float(single) == pytest.approx(float(function(at)), rel=1e-3)  # terms of the amplitude cancel
        assert_lowers_for_cuda(function, jnp.float32(at))
