import jax.numpy as jnp
import numpy as np
import pytest
from jax.test_util import check_grads
from scipy.integrate import quad

from jt3r.kernels.loops import c_aprime, c_phi
from jt3r.kernels.loops.gminus2 import neutral_scalar, neutral_vector
from tests.kernels.problems import assert_lowers_for_cuda

M_MU = 0.1056583755
MASSES = jnp.geomspace(1e-4, 1e3, 200)
ALPHA = 1 / 137.035999


def test_schwinger():
    """A massless photon of charge e gives alpha/(2 pi)."""
    a = neutral_vector(1e-12, M_MU, np.sqrt(4 * np.pi * ALPHA))
    assert float(a) == pytest.approx(ALPHA / (2 * np.pi), rel=1e-10)  # the mass enters at pi m/m_mu = 3e-11


def test_dark_higgs_is_a_special_case():
    """phi' mu mu coupling m_mu/(sqrt2 V): Delta a = m_mu^2/(16 pi^2 V^2) C_phi (arXiv:2105.07655, eqs. 3-4)."""
    v = 10.0
    expected = M_MU**2 / (16 * np.pi**2 * v**2) * c_phi(MASSES / M_MU)
    # Same loop function: only the roundings of the prefactors differ.
    np.testing.assert_allclose(neutral_scalar(MASSES, M_MU, M_MU / (np.sqrt(2) * v)), expected, rtol=2e-15)


def test_dark_photon_is_a_special_case():
    """g_V = g_A = g/2 with g = m_A'/(sqrt2 V): Delta a = -m_mu^2/(16 pi^2 V^2) C_A' (arXiv:2105.07655, eqs. 3-4)."""
    v = 10.0
    half_g = MASSES / (2 * np.sqrt(2) * v)
    expected = -(M_MU**2) / (16 * np.pi**2 * v**2) * c_aprime(MASSES / M_MU)
    # C_A' = -(l_V + l_A) r^2/2, with l_V at most l_A/5: each part is good to 1e-13 (loops), so is the sum to 2e-13.
    np.testing.assert_allclose(neutral_vector(MASSES, M_MU, half_g, half_g), expected, rtol=2e-13)


@pytest.mark.parametrize("mass", [0.005, 0.1, 2.0])
def test_against_quadrature_of_the_docstring(mass):
    s = (mass / M_MU) ** 2

    def integral(numerator):
        return quad(lambda y: numerator(y) / (y * y + s * (1 - y)), 0, 1, epsabs=0, epsrel=1e-12, limit=500)[0]

    def vector(y):
        return 0.3**2 * y**2 * (1 - y) + 0.2**2 * (y * (1 - y) * (y - 4) - 2 * y**3 / s)

    spin0 = integral(lambda y: 0.3**2 * y**2 * (2 - y) - 0.2**2 * y**3) / (8 * np.pi**2)
    spin1 = integral(vector) / (4 * np.pi**2)
    # quad was asked for 1e-12; the scalar and pseudoscalar parts cancel by less than a factor 10.
    assert float(neutral_scalar(mass, M_MU, 0.3, 0.2)) == pytest.approx(spin0, rel=1e-11)
    assert float(neutral_vector(mass, M_MU, 0.3, 0.2)) == pytest.approx(spin1, rel=1e-11)


@pytest.mark.parametrize("function", [neutral_scalar, neutral_vector])
def test_dtype_gradient_and_cuda(function):
    arguments = [jnp.float32(x) for x in (0.08, M_MU, 0.3, 0.2)]
    assert function(*arguments).dtype == jnp.float32
    # Central differences in float64, whose own error is about 1e-9.
    check_grads(function, (0.08, M_MU, 0.3, 0.2), order=1, rtol=1e-7)
    assert_lowers_for_cuda(function, *arguments)
    assert np.isnan(function(-0.1, M_MU, 0.3, 0.2))
