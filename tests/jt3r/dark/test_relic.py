import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import kn, kve

from jt3r import Point, observables
from jt3r.constants import M_PROTON
from jt3r.dark import relic as dark
from jt3r.kernels.darkmatter import coannihilation
from jt3r.kernels.units import GEV_MINUS2_IN_CM2
from tests.kernels.decays.dirac import GAMMA, GAMMA_5, METRIC, four, polarisations, slash

M_PHI, V = 0.075, 10.0
M_P = M_PROTON
MASSES = np.array([0.01, 0.03, 0.1, 0.3])


def test_fig_4_by_hand():
    """sigma = mu^2 m^2 sigma_piN^2/(4 pi V^4 m_phi'^4) and mu^2/(64 pi V^4); written out from the couplings."""
    mu = MASSES * M_P / (MASSES + M_P)
    phi = mu**2 * MASSES**2 * 0.0591**2 / (4 * np.pi * V**4 * M_PHI**4) * GEV_MINUS2_IN_CM2
    aprime = mu**2 / (64 * np.pi * V**4) * GEV_MINUS2_IN_CM2
    np.testing.assert_allclose(dark.sigma_si_phi(MASSES, M_PHI, V), phi, rtol=2e-15)  # roundings
    np.testing.assert_allclose(dark.sigma_si_aprime(MASSES, 0.1, V), aprime, rtol=2e-15)
    # Values quoted to two digits in the project's physics notes for the dispersive sigma_piN.
    np.testing.assert_allclose(phi, [3.3e-39, 2.6e-37, 2.8e-35, 1.6e-33], rtol=0.03)
    np.testing.assert_allclose(aprime[:2], [1.9e-38, 1.6e-37], rtol=0.03)


def test_the_curves_cross_below_30_mev():
    """sigma(phi')/sigma(A') = 16 m^2 sigma_piN^2/m_phi'^4, one at m = m_phi'^2/(4 sigma_piN) = 23.8 MeV."""
    crossing = M_PHI**2 / (4 * dark.SIGMA_PI_N)
    ratio = dark.sigma_si_phi(crossing, M_PHI, V) / dark.sigma_si_aprime(crossing, 0.1, V)
    assert float(ratio) == pytest.approx(1, rel=1e-14)
    assert crossing == pytest.approx(0.0238, rel=1e-3)


def test_aprime_curve_does_not_depend_on_its_mass():
    sigma = dark.sigma_si_aprime(0.03, jnp.geomspace(1e-3, 1.0, 50), V)
    assert float(np.ptp(sigma) / sigma[0]) < 1e-12
    assert abs(float(jax.grad(lambda m: jnp.log(dark.sigma_si_aprime(0.03, m, V)))(0.1))) < 1e-12


def test_width_by_hand():
    """alpha^2 m^3/(512 pi^3 V^2) 1.375^2, the muon loop at 75 MeV."""
    by_hand = (1 / 137.036) ** 2 * M_PHI**3 / (512 * np.pi**3 * V**2) * 1.3747**2
    assert float(dark.width_phi_gammagamma(M_PHI, V, loops="muon")) == pytest.approx(by_hand, rel=3e-4)  # 1.3747 is rounded
    both = dark.width_phi_gammagamma(M_PHI, V)
    assert float(1.973269804e-16 / both) == pytest.approx(5.8e-3, rel=0.01)  # c tau 5.8 mm with pions


RATIOS = np.array([0.35, 0.40, 0.43, 0.44, 0.45, 0.46, 0.48, 0.499])
# An independent prototype's Omega h^2 at these ratios, two to three digits.
PROTOTYPE = np.array([33.6, 2.32, 0.327, 0.157, 0.0715, 0.0306, 4.1e-3, 1.04e-4])


def test_omega_against_an_independent_calculation():
    np.testing.assert_allclose(dark.omega_h2(RATIOS * M_PHI, M_PHI, V), PROTOTYPE, rtol=0.01)  # its rounding


def test_approximate_and_integrated_agree():
    ratios = RATIOS[1:]
    approximate = dark.omega_h2_approximate(ratios * M_PHI, M_PHI, V)
    np.testing.assert_allclose(approximate, dark.omega_h2(ratios * M_PHI, M_PHI, V), rtol=0.05)


def test_closed_resonance_is_nan():
    assert np.isnan(float(dark.omega_h2(0.5 * M_PHI, M_PHI, V)))


def test_relic_mass_and_its_derivatives():
    """The first four points are 1e-4 GeV and 0.01 GeV about the fifth, the last two other vacuum values."""
    m_phi = M_PHI + jnp.array([-1e-4, 1e-4, 0, 0, 0, 0, 0, 0])
    v = jnp.array([V, V, V - 0.01, V + 0.01, V, V, 20.0, 30.0])

    in_v = jnp.arange(8) > 4  # the fifth point is differentiated in m_phi', the sixth, the same, in V
    solve = jax.jit(lambda m_phi, v: jax.jvp(dark.thermal_relic_mass, (m_phi, v), (1.0 - in_v, 1.0 * in_v)))
    m, slope = (np.array(x) for x in solve(m_phi, v))
    np.testing.assert_allclose(m[[4, 6, 7]] / M_PHI, [0.4435, 0.4574, 0.4655], atol=1e-4)  # as printed
    relic = dark.omega_h2(m, m_phi, v)
    np.testing.assert_allclose(relic, dark.OMEGA_DM_H2, rtol=1e-10)  # 35 x one rounding of ln m
    for at, (low, high), step in ((4, (0, 1), 1e-4), (5, (2, 3), 0.01)):
        assert slope[at] == pytest.approx((m[high] - m[low]) / (2 * step), rel=2e-6)  # (step/x)^2


@pytest.fixture(scope="module")
def averages():
    """<sigma v> at T = 3 and 1.5 MeV above and below threshold, and at 3e-7 and 3e-8 m: one program."""
    m = M_PHI * jnp.array([0.4435, 0.4435, 0.51, 0.51, 0.4435, 0.4435])
    t = jnp.array([3e-3, 1.5e-3, 3e-3, 1.5e-3, 3e-7 * 0.4435 * M_PHI, 3e-8 * 0.4435 * M_PHI])
    return np.array(dark.sigma_v_breit_wigner(m, M_PHI, t, V)).reshape(3, 2)


def test_full_shape_joins_the_narrow_one(averages):
    m, t = 0.4435 * M_PHI, jnp.array([3e-3, 1.5e-3])
    full, below, _ = averages
    np.testing.assert_allclose(full, dark.sigma_v(m, M_PHI, t, V), rtol=1e-6)  # the tail left out, exp(8.5 MeV/T) 1e-12
    assert (np.array(below) > 0).all()
    assert (np.array(below) < 1e-6 * np.array(full)).all()


def test_coannihilation_through_aprime():
    """Negligible off resonance: alone it would leave at least 100 times too much. Not so just above m_A' = 2 m_eta."""
    m_eta = 0.4435 * M_PHI
    relic = dark.omega_h2_aprime(m_eta, jnp.array([0.01, 0.03, 0.056, 0.062, 0.1, 0.15, 0.2]), V)
    assert (np.array(relic) > 100 * dark.OMEGA_DM_H2).all()
    assert float(dark.omega_h2_aprime(m_eta, 0.07, V)) < dark.OMEGA_DM_H2


def test_p_wave_today(averages):
    """Today's tail is far below freeze-out and the CMB limit, f_eff = 1; it falls as the square of the velocity."""
    m_eta = 0.4435 * M_PHI
    today = float(dark.sigma_v_today(m_eta, M_PHI, V))
    at_freeze_out = float(dark.sigma_v(m_eta, M_PHI, m_eta / 20, V)) * dark.CM3_PER_S
    assert 0 < today < 1e-10 * at_freeze_out
    assert today < 1e-6 * dark.INPUTS["planck_p_ann"].value * m_eta
    assert averages[2, 0] / averages[2, 1] == pytest.approx(10, rel=1e-4)  # next order in T/m times M^2/(M^2 - 4m^2) = 5


def test_every_exit_of_the_resonance():
    """A'A' open: 5.06e-5 instead of 0.119, as the exits are 5e5 times wider and the resonance saturates at G_in."""
    point = Point(m_phi=0.098, m_eta=0.0435)
    closed = float(observables["omega_h2"](point))
    assert closed == pytest.approx(float(dark.omega_h2(0.0435, 0.098, 10.0)), rel=1e-13)
    assert float(observables["omega_h2"](point.with_values(m_aprime=0.05))) == closed
    opened = float(observables["omega_h2"](point.with_values(m_aprime=0.02)))
    assert 4.9e-5 < opened < 5.06e-5


@pytest.mark.parametrize(("splitting", "axial"), [(0.0, False), (0.3, False), (-0.2, False), (0.0, True)])
def test_t_channel_at_rest_by_dirac_matrices(splitting, axial):
    """eta_1 eta_1 -> A' A' through eta_2: t and u channels of explicit amplitudes, slow eta, averaged over spins."""
    m, boson, g, p = 1.0, 0.4, 0.3, 1e-4
    other, vertices = m + splitting, [gamma @ GAMMA_5 for gamma in GAMMA] if axial else GAMMA
    first, second = four(m, [0, 0, p]), four(m, [0, 0, -p])
    k = np.sqrt(first[0] ** 2 - boson**2)
    total, (nodes, weights) = 0.0, np.polynomial.legendre.leggauss(8)
    for cosine, weight in zip(nodes, weights / 2, strict=True):
        q = four(boson, k * np.array([np.sqrt(1 - cosine**2), 0, cosine]))
        q_2 = first + second - q
        lowered = np.diag(METRIC)
        vertex = np.empty((4, 4, 4, 4), complex)
        for a in range(4):
            for b in range(4):
                t, u = first - q, first - q_2
                t_part = vertices[b] @ (slash(t) + other * np.eye(4)) @ vertices[a] / (lowered @ t**2 - other**2)
                u_part = vertices[a] @ (slash(u) + other * np.eye(4)) @ vertices[b] / (lowered @ u**2 - other**2)
                vertex[a, b] = t_part + u_part
        sums = METRIC @ polarisations(q, boson) @ METRIC, METRIC @ polarisations(q_2, boson) @ METRIC
        bar = np.einsum("ij,abkj,kl->abil", GAMMA[0], vertex.conj(), GAMMA[0])
        left, right = slash(second) - m * np.eye(4), slash(first) + m * np.eye(4)
        squared = np.einsum("ij,abjk,kl,cdli,ac,bd->", left, vertex, right, bar, *sums, optimize=True).real
        total += weight * squared
    rate = g**4 * total / 4 / (4 * first[0] ** 2) * k / (8 * np.pi * first[0]) / 2
    # The next order is v^2 = 4e-8, times (m/m_X)^4 = 39 and more for pairs of longitudinal vectors.
    found = float(coannihilation.vector_pair_at_rest(m, boson, g, splitting))
    assert found == pytest.approx(abs(rate), rel=1e-4)


def test_pair_of_two_kinds():
    """Shares by SciPy's Bessel functions; off resonance the average over energies of the Breit-Wigner cross-section."""
    m, t = 0.04, 0.002
    for splitting in (0.0, 1e-4, 0.02):
        n_1, n_2 = (mass**2 * kn(2, mass / t) for mass in (m, m + splitting))
        assert float(coannihilation.share_of_heavier(m, splitting, t)) == pytest.approx(n_2 / (n_1 + n_2), rel=1e-12)
    # Close to rest, where the next order is T/m = 5e-4 times the slope of the propagator.
    t, boson, width = 2e-5, 0.02, 3e-9
    for g_vector, g_axial in ((0.2, 0.0), (0.0, 0.2)):

        def integrand(excess, g_vector=g_vector, g_axial=g_axial):
            energy = 2 * m + excess * t
            s = energy**2
            beta2 = excess * t * (energy + 2 * m) / s
            into = energy / (12 * np.pi) * np.sqrt(beta2) * (g_vector**2 * (3 - beta2) / 2 + g_axial**2 * beta2)
            per_flux = 12 * np.pi * s * into * width / (s - boson**2) ** 2
            return per_flux * energy * kve(1, energy / t) * np.exp(-excess) * 2 * energy * t

        total, _ = quad(integrand, 0, 60, epsabs=0, epsrel=1e-9, limit=200)
        exact = total / (8 * m**4 * t * kve(2, m / t) ** 2)
        found = float(coannihilation.vector_average_of_pair(m, 0.0, boson, t, g_vector, g_axial, width, width))
        assert found == pytest.approx(exact, rel=5e-3)
    # On resonance per pair of either species, half of what two unlike ones have.
    peak = float(coannihilation.vector_average_of_pair(m, 0.0, 0.09, 2e-3, 0.2, 0.0, 1e-9, 0.0))
    assert float(coannihilation.vector_average(m, 0.09, 2e-3, 0.2, 1e-9, 0.0)) == pytest.approx(peak / 2, rel=1e-12)
