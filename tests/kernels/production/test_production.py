"""Production against independent integration: SciPy for the splittings and the shower, a simulation for the decays."""

import jax
import jax.export
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from scipy import integrate

from jt3r.kernels import production
from jt3r.kernels.production.meson_decays import vector_spectrum

NUCLEON, PION, ELECTRON, ALPHA = 0.93827208816, 0.1349768, 0.51099895e-3, 7.2973525693e-3
ALUMINIUM = (13.0, 26.9815)


def printed_vector_splitting(pt2, z, m, nucleon):
    """The formula of the docstring, with the brackets written out."""
    h = pt2 + (1 - z) * m**2 + z**2 * nucleon**2
    inner = (1 + (1 - z) ** 2) / z
    inner -= 2 * z * (1 - z) * ((2 * nucleon**2 + m**2) / h - 2 * z**2 * nucleon**4 / h**2)
    inner += 2 * z * (1 - z) * (z + (1 - z) ** 2) * nucleon**2 * m**2 / h**2
    inner += 2 * z * (1 - z) ** 2 * m**4 / h**2
    return inner / (8 * np.pi**2 * h)


def printed_yukawa_splitting(numerator):
    def splitting(pt2, z, m, nucleon):
        h = pt2 + (1 - z) * m**2 + z**2 * nucleon**2
        return z * (pt2 + numerator(z) ** 2 * nucleon**2) / (16 * np.pi**2 * h**2)

    return splitting


@pytest.mark.parametrize(
    ("kernel", "printed"),
    [
        (production.vector_splitting, printed_vector_splitting),
        (production.pseudoscalar_splitting, printed_yukawa_splitting(lambda z: z)),
        (production.scalar_splitting, printed_yukawa_splitting(lambda z: 2 - z)),
    ],
)
@pytest.mark.parametrize(("z", "mass", "limit"), [(0.15, 0.02, 0.2), (0.5, 0.1, 1.0), (0.9, 0.5, 1.0), (0.01, 0.3, 3.0)])
def test_splittings_integrate_the_printed_formula(kernel, printed, z, mass, limit):
    expected, _ = integrate.quad(printed, 0, limit**2, args=(z, mass, NUCLEON), epsrel=1e-12, limit=200)
    # SciPy's own error is 1e-12; the closed form cancels two digits where limit^2 << H.
    assert float(kernel(z, mass, limit, NUCLEON)) == pytest.approx(expected, rel=1e-9)


def test_splittings_vanish_outside_and_have_finite_gradients_at_the_ends():
    for kernel in (production.vector_splitting, production.pseudoscalar_splitting, production.scalar_splitting):
        for z in (0.0, 1.0, 1.5):
            assert kernel(z, 0.1, 1.0, NUCLEON) == 0
            assert jax.grad(kernel)(z, 0.1, 1.0, NUCLEON) == 0
        assert np.isfinite(jax.grad(kernel, argnums=1)(0.3, 0.0, 1.0, NUCLEON))


def test_longitudinal_emission_dwarfs_transverse_at_56_mev():
    """2,000 times at V = 10 GeV, m_A' = 56 MeV, stated for the rates at these couplings."""
    g = 0.056 / (2**0.5 * 10)
    y = 1.2754 * NUCLEON / (2**0.5 * 10)
    transverse = (g / 2) ** 2 * production.vector_splitting(0.5, 0.056, 1.0, NUCLEON)
    longitudinal = y**2 * production.pseudoscalar_splitting(0.5, 0.056, 1.0, NUCLEON)
    assert 50 < float(longitudinal / transverse) < 5000


def test_form_factor_and_cross_section():
    # Constant widths leave an imaginary part at q^2 = 0: 2 % above the charge squared.
    assert float(production.proton_form_factor_squared(0.0)) == pytest.approx(1, abs=0.03)
    assert 1 < float(production.proton_form_factor_squared(0.1)) < 1.2
    # 38.4 mb at 100 GeV laboratory momentum (PDG), the fit's own accuracy is a per cent.
    assert float(production.proton_cross_section(2 * NUCLEON * 100)) == pytest.approx(38.4, rel=0.02)
    assert np.isfinite(jax.grad(production.proton_cross_section)(1.0))


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


@pytest.mark.parametrize("mass", [0.02, 0.098, 0.13])
def test_meson_decay_quadrature_is_converged(mass):
    def spectrum(nodes):
        def mesons(energy, transverse):
            return production.pion_spectrum_fixed_target(energy, transverse, 70.0, 55.845, PION, NUCLEON)

        highest = production.highest_meson_energy(70.0, PION, NUCLEON)
        energies = jnp.array([11.0, 25.0, 36.0, 60.0])
        return vector_spectrum(energies, mass, PION, highest, 1.3 / 87, mesons, nodes=nodes)

    assert np.allclose(spectrum((24, 12, 8)), spectrum((48, 24, 16)), rtol=1e-6)


def test_fixed_target_pions_have_the_measured_multiplicity():
    """3.87(12) pi0 per pp collision at 400 GeV (NA27, Z. Phys. C50 (1991) 405); a parametrisation of p-Be should be
    near."""
    energies, transverse = np.geomspace(0.3, 398, 120), np.linspace(0, 4, 80)
    density = production.pion_spectrum_fixed_target(energies[:, None], transverse, 400.0, 9.0, PION, NUCLEON)
    plane = np.trapezoid(np.asarray(density) * 2 * np.pi * transverse, transverse, axis=1)
    assert np.trapezoid(plane, energies) == pytest.approx(3.87, rel=0.25)


def test_spectra_end_at_the_kinematic_limit():
    highest = float(production.highest_meson_energy(70.0, PION, NUCLEON))
    assert 68 < highest < 70
    assert production.pion_spectrum_fixed_target(highest * 1.0001, 0.0, 70.0, 9.0, PION, NUCLEON) == 0
    assert production.pion_spectrum_fixed_target(highest * 0.99, 0.0, 70.0, 9.0, PION, NUCLEON) > 0
    assert production.pion_spectrum_collider(7001.0, 0.1, 7000.0, NUCLEON) == 0
    for energy in (10.0, 60.0, 69.9):
        slopes = jax.grad(production.pion_spectrum_fixed_target, argnums=(0, 1))
        gradient = slopes(energy, 0.1, 70.0, 9.0, PION, NUCLEON)
        assert np.all(np.isfinite(gradient))


def test_branching_closes_at_the_meson_mass():
    massless = float(production.branching_to_photon_vector(0.0, 1e-3, PION, 0.988))
    assert massless == pytest.approx(2e-6 * 0.988, rel=1e-14)
    assert production.branching_to_photon_vector(PION, 1e-3, PION, 0.988) == 0
    assert jax.grad(production.branching_to_photon_vector)(0.2, 1e-3, PION, 0.988) == 0


@pytest.mark.parametrize(
    ("kernel", "arity"),
    [
        (production.branching_to_photon_vector, 4),
        (production.elastic_photon_flux, 5),
        (production.emission_cross_section, 7),
        (production.pion_spectrum_collider, 4),
        (production.pion_spectrum_fixed_target, 6),
        (production.proton_cross_section, 1),
        (production.proton_form_factor_squared, 1),
        (production.pseudoscalar_splitting, 4),
        (production.scalar_splitting, 4),
        (production.track_length, 2),
        (production.vector_splitting, 4),
        (lambda e, m: production.vectors_from_electrons(e, m, 20.0, *ALUMINIUM, 24.01, ELECTRON, ALPHA), 2),
        (lambda e, m: production.vectors_from_mesons(e, m, PION, 100.0, 0.01, toy_mesons), 2),
    ],
)
def test_lowers_for_cuda_in_both_precisions(kernel, arity):
    for dtype in (jnp.float32, jnp.float64):
        batch = [jax.ShapeDtypeStruct((3,), dtype)] * arity
        exported = jax.export.export(jax.jit(kernel), platforms=("cpu", "cuda"))(*batch)
        assert exported.out_avals[0].dtype == dtype
