"""A flavour-changing Z and a light A' in B -> K(*) nu nu and Bs mixing, against amplitudes by hand."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.kernels.flavour import z_exchange
from jt3r.kernels.flavour.wilson import normalisation
from tests.kernels.problems import assert_lowers_for_cuda


@pytest.mark.parametrize("interference", [z_exchange.PSEUDOSCALAR, -1.34])
@pytest.mark.parametrize(("left", "right"), [(0.0, 0.0), (1.3, 0.0), (0.0, -2.0), (-0.7, 0.4)])
def test_two_neutrinos_add_the_amplitudes_of_both_chiralities(left, right, interference):
    """|L|^2 + |R|^2 + I L R with L = C_L^SM + C_L, R = C_R, over the same without new physics."""
    standard = -6.35
    rate = (standard + left) ** 2 + right**2 + interference * (standard + left) * right
    # A few roundings of a number of order one.
    assert float(z_exchange.two_neutrinos(standard, left, right, interference)) == pytest.approx(rate / standard**2, rel=1e-14)


def test_a_pseudoscalar_sees_the_sum_of_both_chiralities():
    """B -> K has no axial matrix element: C_R = -C_L leaves the Standard Model."""
    assert float(z_exchange.two_neutrinos(-6.35, 0.8, -0.8, z_exchange.PSEUDOSCALAR)) == pytest.approx(1, rel=1e-15)


def test_the_z_in_mixing_is_the_square_of_its_coupling():
    # Delta of C10 = -Delta g_Z/(4 m_Z^2 N), then Delta^2/(2 m_Z^2): the Z's mass and coupling cancel
    m_z, fermi, c10 = 91.19, 1.1663788e-5, 4.85
    n = float(normalisation(fermi, 1 / 127.9, 0.0412))
    g_z = (4 * 2**0.5 * fermi) ** 0.5 * m_z
    coupling = -4 * m_z**2 * n * c10 / g_z
    expected = coupling**2 / (2 * m_z**2)
    assert float(z_exchange.bs_mixing(c10, n, fermi)) == pytest.approx(expected, rel=1e-13)  # a dozen roundings


def test_a_light_vector_in_mixing():
    left, right = 3e-4, 5e-5
    up, down = z_exchange.light_vector_mixing(left, right, 10.0, 4.183, 0.02, 5.37)
    assert float(up) == pytest.approx((4.183 * (left - 0.02 * right)) ** 2 / 200 / (2 * 5.37**2), rel=1e-13)
    assert float(down) == pytest.approx((4.183 * (right - 0.02 * left)) ** 2 / 200 / (2 * 5.37**2), rel=1e-13)


def whole(left, right):
    mixing = z_exchange.light_vector_mixing(left, right, 10.0, 4.183, 0.02, 5.37)
    return z_exchange.two_neutrinos(-6.35, left, right, 2.0) + z_exchange.bs_mixing(left, 1e-8, 1e-5) + sum(mixing)


def test_gradients_are_finite_without_new_physics_and_dtype_is_kept():
    assert np.isfinite(jax.grad(whole, argnums=(0, 1))(0.0, 0.0)).all()
    single = jnp.float32(0.1), jnp.float32(-0.2)
    assert whole(*single).dtype == jnp.float32
    assert_lowers_for_cuda(whole, *single)
