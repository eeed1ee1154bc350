"""g_T3R against its definition, m_A'^2 = 2 g^2 V^2, at 30 digits."""

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest

from jt3r import Point
from jt3r.couplings import vector
from jt3r.u1 import couplings_of
from jt3r.u1.gauge import t3r_coupling


@pytest.mark.parametrize(("m_aprime", "v"), [(0.0107, 10.0), (0.211, 5.0), (1e-3, 61.3)])
def test_the_mass_comes_back(m_aprime, v):
    """Two roundings, of sqrt2 and of the quotient, and one of the square: 4 units in the last place."""
    with mp.workdps(30):
        g = mp.mpf(m_aprime) / (mp.sqrt(2) * mp.mpf(v))
        assert float(t3r_coupling(m_aprime, v)) == pytest.approx(float(g), rel=4 * np.finfo(float).eps)
    assert vector(couplings_of(Point(m_aprime=m_aprime, v=v))).right.u == t3r_coupling(m_aprime, v)


def test_shapes_precision_and_slopes():
    masses, scales = jnp.linspace(0.01, 0.2, 5)[:, None], jnp.linspace(5.0, 50.0, 3)
    assert t3r_coupling(masses, scales).shape == (5, 3)
    assert t3r_coupling(jnp.float32(0.1), jnp.float32(10)).dtype == jnp.float32
    slopes = jax.grad(t3r_coupling, argnums=(0, 1))(0.1, 10.0)
    g = t3r_coupling(0.1, 10.0)
    np.testing.assert_allclose(slopes, [g / 0.1, -g / 10.0], rtol=4 * np.finfo(float).eps)
