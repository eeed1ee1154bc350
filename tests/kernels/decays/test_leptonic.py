"""Leptonic decays with a light boson, against spinor sums, analytic limits and the rates of the literature."""

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest

from jt3r.kernels.decays import leptonic
from jt3r.kernels.decays.leptonic import Charges
from tests.kernels.decays import spinors
from tests.kernels.problems import assert_lowers_for_cuda

PION, KAON, ELECTRON, MUON = 0.13957039, 0.493677, 0.51099895e-3, 0.1056583755
FERMI = 1.1663788e-5
PION_CONSTANT = leptonic.weak_constant(FERMI, 0.97373, 0.1302)
KAON_CONSTANT = leptonic.weak_constant(FERMI, 0.2243, 0.1557)
PION_WIDTH, KAON_WIDTH = 6.582119569e-25 / 2.6033e-8, 6.582119569e-25 / 1.2380e-8

POINTS = [(0.02, -0.7), (0.05, 0.1), (0.08, 0.9)]
CHARGES = [
    Charges(1.3, 0.4, -0.7, 0.9, 0.3),
    Charges(1.0, 0.5, 0.0, -1.0),
    Charges(0.0, 0.0, 1.0, 0.0),
    Charges(0.2, 1.1, 0.6, 0.6, -0.8),
]


@pytest.mark.parametrize("charges", CHARGES)
@pytest.mark.parametrize(("q2", "cosine"), POINTS)
def test_squared_amplitude_of_a_vector_is_the_spinor_sum(q2, cosine, charges):
    exact, s = spinors.vector_sum(q2, cosine, KAON, 0.07, MUON, charges)
    found = leptonic.squared_vector_amplitude(*(jnp.asarray(x) for x in (q2, s, 0.07, MUON, KAON)), charges)
    assert float(found) == pytest.approx(exact, rel=1e-11)  # rounding of 4 x 4 matrices: sums cancel to a hundredth


@pytest.mark.parametrize(("q2", "cosine"), POINTS)
def test_squared_amplitude_of_a_scalar_is_the_spinor_sum(q2, cosine):
    exact, s = spinors.scalar_sum(q2, cosine, KAON, 0.07, MUON)
    found = leptonic.squared_scalar_amplitude(*(jnp.asarray(x) for x in (q2, s, 0.07, MUON, KAON)))
    assert float(found) == pytest.approx(exact, rel=1e-11)


@pytest.mark.parametrize("charges", [(1.0, 1.0, -1.0, -1.0, 0.0), (0.0, 0.0, -1.0, -1.0, -1.0), (0.3, 0.3, 0.2, 0.2, 0.5)])
def test_amplitude_vanishes_at_eps_equal_k_for_a_conserved_current(charges):
    """The Ward identity, which fixes every relative sign: the meson's charge is what the leptons carry off."""
    for q2, cosine in POINTS:
        lept, nu, k = spinors.momenta(q2, cosine, KAON, 0.07, MUON)
        vertices = spinors.vector_vertices(lept, nu, k, KAON, MUON, charges)
        contracted = np.einsum("m,mij->ij", spinors.METRIC @ k, vertices)
        # As it stands between nubar and l, on shell.
        between = spinors.slash(nu) @ contracted @ (spinors.slash(lept) - MUON * spinors.UNIT)
        size = np.abs(spinors.slash(nu) @ vertices @ (spinors.slash(lept) - MUON * spinors.UNIT)).max()
        assert np.abs(between).max() < 1e-13 * size


def test_massless_lepton_has_its_closed_limit():
    """Gamma -> C^2 g^2 M^5/(1536 pi^3 m^2) ... as m -> 0: G_F^2 V^2 M^5 F^2/(768 pi^3 V_0^2) with g = 2 m/(sqrt2 V_0)."""
    mass, v = 1e-4, 10.0
    g = 2 * mass / (2**0.5 * v)
    width = leptonic.vector_width(mass, Charges(g, 0.0, 0.0, 0.0), PION, 1e-7, PION_CONSTANT)
    exact = FERMI**2 * PION**5 * 0.97373**2 * (0.1302 / 2**0.5) ** 2 / (768 * np.pi**3 * v**2)
    assert float(width / exact) == pytest.approx(1, rel=3e-5)  # next order: (m/M)^2 ln


@pytest.mark.parametrize("mass", [0.01, 0.056, 0.1, 0.13])
def test_spectrum_of_a_massless_lepton_adds_up_to_the_rate(mass):
    def density(q):
        q2 = q**2
        k = mpmath.sqrt(abs((PION**2 - (q + mass) ** 2) * (PION**2 - (q - mass) ** 2))) / (2 * PION)
        product = (PION**2 - mass**2 - q2) / 2
        return 2 * q * mpmath.mpf(8) / 3 * (2 * q2 + (product / mass) ** 2) * k / (128 * mpmath.pi**3 * PION**2)

    exact = float(mpmath.quad(density, [0, PION - mass]))
    found = float(leptonic.vector_width(mass, Charges(1.0, 0.0, 0.0, 0.0), PION, 1e-9, 1.0))
    assert found == pytest.approx(exact, rel=1e-9)
    q = 0.4 * (PION - mass)
    spectrum = float(leptonic.massless_lepton_spectrum(q**2, mass, 1.0, PION, 1.0))
    assert spectrum * 2 * q == pytest.approx(float(density(q)), rel=1e-13)


def test_rate_of_muons_against_an_independent_integral():
    mass, charges = 0.056, Charges(1.0, 0.5, 0.0, -1.0)

    def inner(q2):
        def at(cosine):
            total, _ = spinors.vector_sum(float(q2), float(cosine), KAON, mass, MUON, charges)
            return total

        return mpmath.quad(at, [-1, 1], method="gauss-legendre", maxdegree=3)

    def outer(q):
        q2 = q**2
        k = mpmath.sqrt(abs((KAON**2 - (q + mass) ** 2) * (KAON**2 - (q - mass) ** 2))) / (2 * KAON)
        return inner(q2) / 2 * 2 * q * k * (1 - MUON**2 / q2)

    integral = mpmath.quad(outer, [MUON, KAON - mass], maxdegree=4)
    exact = float(integral / (128 * mpmath.pi**3 * KAON**2))
    assert float(leptonic.vector_width(mass, charges, KAON, MUON, 1.0)) == pytest.approx(exact, rel=1e-5)  # of the oracle


@pytest.mark.parametrize(
    ("mass", "electron", "muon"), [(10, 4.8e-6, 3.6e-6), (100, 4.4e-6, 3.6e-6), (150, 3.6e-6, 2.8e-6), (200, 2.5e-6, 1.7e-6)]
)
def test_kaon_rates_at_ten_gev(mass, electron, muon):
    """Rates worked out apart from this code, to the two digits that they were given with."""
    g = mass * 1e-3 / (2**0.5 * 10)
    found = leptonic.vector_width(mass * 1e-3, Charges(g, g / 2, 0.0, 0.0), KAON, ELECTRON, KAON_CONSTANT) / KAON_WIDTH
    assert float(found) == pytest.approx(electron, rel=0.02)
    found = leptonic.vector_width(mass * 1e-3, Charges(g, g / 2, 0.0, -g), KAON, MUON, KAON_CONSTANT) / KAON_WIDTH
    assert float(found) == pytest.approx(muon, rel=0.03)


@pytest.mark.parametrize(("mass", "rate"), [(67, 1.15e-6), (75, 1.0e-6), (90, 8.3e-7), (100, 7.2e-7)])
def test_dark_higgs_from_the_muon_at_ten_gev(mass, rate):
    found = leptonic.scalar_width(mass * 1e-3, MUON / (2**0.5 * 10), KAON, MUON, KAON_CONSTANT) / KAON_WIDTH
    assert float(found) == pytest.approx(rate, rel=0.03)


def test_two_body_rates_are_the_measured_ones():
    """Br(pi -> mu nu) = 0.9999, Br(K -> mu nu) = 0.6356 (PDG 2024); radiative corrections and f_P leave 2 %."""
    assert float(leptonic.two_body(PION, MUON, PION_CONSTANT) / PION_WIDTH) == pytest.approx(1, rel=0.03)
    assert float(leptonic.two_body(KAON, MUON, KAON_CONSTANT) / KAON_WIDTH) == pytest.approx(0.6356, rel=0.03)


def test_a_dark_photon_leaves_no_contact_term_for_a_massless_lepton():
    """Conserved: what is left is the bremsstrahlung of the leptonic decay itself, suppressed by m_e^2."""
    charges = Charges(1.0, 1.0, -1.0, -1.0)
    kept = leptonic.vector_width(0.05, charges, PION, ELECTRON, 1.0)
    assert float(kept) < 1e-4 * float(leptonic.vector_width(0.05, Charges(1.0, 1.0, 0.0, 0.0), PION, ELECTRON, 1.0))


def test_closed_above_threshold_with_finite_gradients():
    g = 0.01
    for mass in (KAON - MUON, 0.45, 0.0, 0.2, KAON - MUON - 1e-9):
        for function in (
            lambda m: leptonic.vector_width(m, Charges(g, g / 2, 0.0, -g), KAON, MUON, 1.0),
            lambda m: leptonic.scalar_width(m, g, KAON, MUON, 1.0),
            lambda m: leptonic.massless_lepton_spectrum(0.01, m, g, KAON, 1.0),
        ):
            value, slope = jax.value_and_grad(function)(mass)
            assert np.isfinite([value, slope]).all()
    assert float(leptonic.vector_width(0.39, Charges(g, g / 2, 0.0, -g), KAON, MUON, 1.0)) == 0


def test_single_precision_shapes_and_cuda():
    masses = jnp.linspace(0.05, 0.2, 4, dtype=jnp.float32)[:, None]
    charges = Charges(*(jnp.full((1, 3), x, jnp.float32) for x in (1.0, 0.5, 0.0, -1.0, 0.0)))
    width = leptonic.vector_width(masses, charges, KAON, MUON, 1.0)
    assert (width.shape, width.dtype) == ((4, 3), jnp.float32)
    double = leptonic.vector_width(masses.astype(float), Charges(1.0, 0.5, 0.0, -1.0), KAON, MUON, 1.0)
    np.testing.assert_allclose(width[:, 0], double[:, 0], rtol=2e-5)
    assert_lowers_for_cuda(lambda m: leptonic.vector_width(m, Charges(1.0, 0.5, 0.0, -1.0), KAON, MUON, 1.0), 0.1)
