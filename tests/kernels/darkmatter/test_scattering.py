import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import quad

from jt3r.data.load import read_toml
from jt3r.kernels.darkmatter import scattering
from tests.kernels.problems import assert_lowers_for_cuda

M_P = 0.93827208943
ISOTOPES = {name: entry for name, entry in read_toml("isotopes.toml").items() if name != "unit"}
U_IN_GEV = read_toml("isotopes.toml")["unit"]["u_in_gev"]


def test_elastic_by_hand():
    """mu^2 y^2 g^2/(pi m^4) with mu = 1/2, y = 2, g = 3, m = 1 is 9/pi."""
    assert float(scattering.elastic_scalar(1.0, 1.0, 1.0, 2.0, 3.0)) == pytest.approx(9 / np.pi, rel=1e-15)


def test_nucleon_yukawa_sums_its_quarks():
    g = scattering.nucleon_yukawa(M_P, jnp.array([0.02, 0.03]), jnp.array([0.1, 0.2]), jnp.array([0.5, 4.0]))
    assert float(g) == pytest.approx(M_P * (0.02 * 0.2 + 0.03 * 0.05), rel=1e-15)


def test_inelastic_is_independent_of_a_mass_that_sets_its_coupling():
    """g_x = g_N = m/(sqrt8 V): mu^2/(64 pi V^4) whatever m, to the roundings of five operations."""
    masses = jnp.geomspace(1e-3, 1e3, 20)
    half_g = masses / (np.sqrt(8) * 10.0)
    sigma = scattering.inelastic_vector(0.03, M_P, masses, half_g, half_g)
    mu = 0.03 * M_P / (0.03 + M_P)
    np.testing.assert_allclose(sigma, mu**2 / (64 * np.pi * 1e4), rtol=2e-15)


def test_threshold_joins_the_kinematics():
    m, target, splitting = 10.0, 120.0, 1e-4
    threshold = scattering.threshold_velocity(m, target, splitting)
    just_above, just_below = threshold * (1 + 1e-6), threshold * (1 - 1e-6)
    # sqrt(1 - (v_th/v)^2) = sqrt(2e-6) up to the next order in 1e-6.
    assert float(scattering.phase_space(m, target, splitting, just_above)) == pytest.approx(np.sqrt(2e-6), rel=2e-6)
    assert float(scattering.inelastic_factor(m, target, 0.1, splitting, just_below)) == 0.0
    assert np.isfinite(jax.grad(scattering.inelastic_factor, argnums=4)(m, target, 0.1, splitting, just_below))
    # At the recoil energy of the threshold, E = delta mu/m_N, the least velocity is the threshold.
    mu = scattering.reduced_mass(m, target)
    recoil = splitting * mu / target
    assert float(scattering.minimum_velocity(m, target, splitting, recoil)) == pytest.approx(float(threshold), rel=1e-14)


def test_recoil_range_is_where_minimum_velocity_equals_velocity():
    m, target, splitting, v = 100.0, 120.0, 5e-5, 2e-3
    for momentum in scattering.momentum_transfers(m, target, splitting, v):
        recoil = momentum**2 / (2 * target)
        # The lower branch cancels by (q_+/q_-)^2 ~ 100 in |m_N E/mu + delta|, hence 1e-13.
        assert float(scattering.minimum_velocity(m, target, splitting, recoil)) == pytest.approx(v, rel=1e-13)


@pytest.mark.parametrize("splitting", [0.0, 5e-5])
@pytest.mark.parametrize("mediator", [0.02, 0.3, 1e3])
def test_factor_is_the_integral_of_the_form_factor(splitting, mediator):
    m, target, v = 100.0, 120.0, 2e-3
    low, high = (float(q) for q in scattering.momentum_transfers(m, target, splitting, v))
    integral = quad(lambda q2: float(scattering.mediator_form_factor(np.sqrt(q2), mediator)), low**2, high**2)[0]
    mu = float(scattering.reduced_mass(m, target))
    factor = float(scattering.inelastic_factor(m, target, mediator, splitting, v))
    assert factor == pytest.approx(integral / (2 * mu * v) ** 2, rel=1e-8)  # quad's default accuracy


def test_no_splitting_no_momentum_is_one():
    assert float(scattering.inelastic_factor(0.03, M_P, 0.1, 0.0, 1e-9)) == pytest.approx(1.0, abs=1e-15)


@pytest.mark.parametrize("name", ISOTOPES)
def test_isospin_factor_on_real_nuclei(name):
    element = ISOTOPES[name]
    abundance = np.array(element["abundance"])
    numbers, masses = np.array(element["mass_number"]), np.array(element["mass_u"]) * U_IN_GEV
    assert abundance.sum() == pytest.approx(1.0, abs=2e-5)  # the file prints five digits
    assert np.abs(masses / numbers / U_IN_GEV - 1).max() < 6e-3  # mass excess, largest for 3He

    def factor(ratio):
        return scattering.isospin_factor(0.03, element["charge"], numbers, masses, abundance, ratio)

    assert float(factor(1.0)) == pytest.approx(1.0, rel=1e-14)
    # For m_eta << m_A all mu_i agree to m_eta/m_A: the opposite-sign factor is <(2Z - A)^2>/<A^2>.
    by_hand = (abundance * (2 * element["charge"] - numbers) ** 2).sum() / (abundance * numbers**2).sum()
    assert float(factor(-1.0)) == pytest.approx(by_hand, rel=0.02)  # 0.03/(3 x 0.93) for He, less for the others
    # 2 ratio of the minimum lies inside the isotopes' Z/(Z - A): a quadratic in the ratio, never negative.
    assert float(factor(-0.7)) >= 0


def test_dtype_and_cuda():
    arguments = [jnp.float32(x) for x in (0.03, 0.94, 0.1, 1e-6, 1e-2)]
    assert scattering.inelastic_factor(*arguments).dtype == jnp.float32
    assert_lowers_for_cuda(scattering.inelastic_factor, *arguments)
    assert_lowers_for_cuda(scattering.elastic_scalar, *arguments)
