"""B -> K(*) with a light boson, against each other's limits and published rates."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.kernels.decays import b_meson

B, K, K_STAR, WIDTH = 5.27934, 0.493677, 0.89167, 6.582119569e-25 / 1.638e-12


@pytest.mark.parametrize("mass", [1e-3, 1e-2])
def test_a_light_vector_is_its_goldstone(mass):
    """As m -> 0 the longitudinal A' is a pseudoscalar of coupling (g/m)(m_b -+ m_s): the rates agree to m^2/m_B^2.

    For K* the same relation needs A_0(0) = [(M + M_V) A_1 - (M - M_V) A_2]/(2 M_V), which holds at q^2 = 0.
    """
    g, f, a_1, a_2 = 1e-9, 0.33, 0.3, 0.26
    by_vector = b_meson.pseudoscalar_vector(mass, g, 0.0, B, K, f)
    by_scalar = b_meson.pseudoscalar_scalar(mass, g / mass * 4.1, B, K, f, 4.1)
    assert float(by_vector / by_scalar) == pytest.approx(1, rel=10 * mass**2)
    a_0 = ((B + K_STAR) * a_1 - (B - K_STAR) * a_2) / (2 * K_STAR)
    by_vector = b_meson.vector_vector(mass, g, 0.0, B, K_STAR, 0.0, a_1, a_2)
    by_scalar = b_meson.vector_scalar(mass, g / mass * 4.3, B, K_STAR, a_0, 4.3)
    assert float(by_vector / by_scalar) == pytest.approx(1, rel=100 * mass**2)


def test_mixing_with_the_higgs_boson_gives_the_published_rate():
    """Br(B -> K phi) = 0.4 to 0.5 sin^2(angle) for light phi (M. W. Winkler, arXiv:1809.01876, fig. 1; original not seen)."""
    c = b_meson.higgs_penguin(1e-4, 1.1663788e-5, 165.0, 4.18, 0.0412)
    rate = b_meson.pseudoscalar_scalar(0.05, c, B, K, 0.33, 4.1) / WIDTH
    assert 0.25 < float(rate) / 1e-8 < 0.6


def test_all_thresholds():
    functions = [
        lambda m: b_meson.pseudoscalar_vector(m, 1e-9, 0.0, B, K, 0.33),
        lambda m: b_meson.vector_vector(m, 1e-9, 0.0, B, K_STAR, 0.4, 0.3, 0.2),
        lambda m: b_meson.pseudoscalar_scalar(m, 1e-9, B, K, 0.33, 4.1),
        lambda m: b_meson.vector_scalar(m, 1e-9, B, K_STAR, 0.37, 4.3),
    ]
    for function in functions:
        for mass in (0.1, 0.3, 6.0):
            value, slope = jax.value_and_grad(function)(mass)
            assert np.isfinite([value, slope]).all()
        assert float(function(6.0)) == 0
        assert function(jnp.float32(0.1)).dtype == jnp.float32
