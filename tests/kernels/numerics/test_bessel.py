import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest

from jt3r.kernels.numerics.bessel import scaled_k1_k2
from tests.kernels.problems import assert_lowers_for_cuda


@pytest.mark.parametrize(
    ("z", "tolerance"), [(1.0, 2e-9), (2.0, 3e-12), (3.0, 2e-14), (4.0, 2e-15), (25.0, 2e-15), (2000.0, 2e-15)]
)
def test_against_mpmath(z, tolerance):
    """Tolerances: the trapezoid's error exp(-2 pi sqrt(2z)/h), h = 0.4, then a few roundings of a sum of 16 terms."""
    with mp.workdps(30):
        exact = [float(mp.exp(z) * mp.besselk(order, z)) for order in (1, 2)]
    np.testing.assert_allclose(np.array(scaled_k1_k2(z)), exact, rtol=tolerance)
    single = scaled_k1_k2(jnp.float32(z))
    assert single[0].dtype == jnp.float32
    np.testing.assert_allclose(np.array(single), exact, rtol=5e-7)  # four roundings of float32


def test_gradient_is_the_recurrence():
    """d/dz [e^z K_1] = e^z (K_1 - K_2 + K_1/z), from K_1' = -K_2 + K_1/z (DLMF 10.29.2)."""
    z = jnp.geomspace(3.0, 300.0, 50)
    k1, k2 = scaled_k1_k2(z)
    slope = jax.vmap(jax.grad(lambda x: scaled_k1_k2(x)[0]))(z)
    # The three terms cancel by a factor z: 1e-15 x 300.
    np.testing.assert_allclose(slope, k1 - k2 + k1 / z, rtol=1e-11)


def test_outside_and_cuda():
    assert np.isnan(np.array(scaled_k1_k2(0.99))).all()
    assert_lowers_for_cuda(scaled_k1_k2, jnp.ones(3))
