"""The posterior in coordinates without bounds: quantiles and back, their Jacobian, and where it vanishes."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.inference.likelihood import Likelihood
from jt3r.inference.sampling.posterior import Posterior
from jt3r.inference.space import Prior, Space

SPACE = Space({"m_aprime": Prior(0.05, 0.15), "m_phi": Prior(0.06, 0.1)})
PLAIN = Posterior(Likelihood(("gm2",)), SPACE)
Z = jnp.asarray([[0.3, -1.2], [-40.0, 40.0]])


def test_plain_coordinates_are_logits():
    u, log_jacobian = jax.jit(PLAIN.quantiles)(Z)
    np.testing.assert_allclose(u, 1 / (1 + np.exp(-np.asarray(Z))), rtol=1e-14)
    np.testing.assert_allclose(PLAIN.unbounded(u[0]), Z[0], rtol=1e-13)  # ln(u/(1 - u)) at u of order one
    slopes = jax.jit(jax.jacobian(lambda z: PLAIN.quantiles(z)[0]))(Z[0])
    assert float(log_jacobian[0]) == pytest.approx(float(jnp.log(jnp.linalg.det(slopes))), rel=1e-13)
    assert np.isfinite(log_jacobian).all()


def test_the_density_is_likelihood_times_jacobian():
    u, log_jacobian = PLAIN.quantiles(Z[0])
    expected = jax.jit(PLAIN.likelihood)(SPACE.point(u)) + log_jacobian
    assert float(jax.jit(PLAIN.log_density)(Z[0])) == pytest.approx(float(expected), rel=1e-13)


def test_m_phi_must_be_free_for_the_band():
    fixed = Space({"m_aprime": Prior(0.05, 0.15)}, {"m_phi": 0.08})
    with pytest.raises(ValueError, match="band = 'pull_gm2': needs m_phi among the free coordinates"):
        Posterior(Likelihood(("gm2",)), fixed, "pull_gm2")
