"""Chains of NUTS, each after its own warm-up: the moments of a Gaussian, and the same bits whoever draws beside them."""

import jax
import jax.numpy as jnp
import numpy as np

from jt3r.inference.samplers.nuts import build_chains

CHAINS, DRAWS = 32, 100
COVARIANCE = jnp.array([[4.0, 0.9], [0.9, 0.25]])


def test_the_moments_of_a_gaussian_and_the_same_bits_in_any_batch():
    """Within 5 standard errors, which the spread of independent chains' own estimates tells."""

    def gaussian(z):
        return -z @ jnp.linalg.inv(COVARIANCE) @ z / 2

    chains = build_chains(gaussian, lambda key: jax.random.normal(key, (2,)), 100, DRAWS, 0.8, 6)
    keys = jax.random.split(jax.random.key(2), CHAINS)
    found = chains(keys)
    z = np.asarray(found["z"])
    for each, expected in ((z.mean(axis=1), 0), (np.einsum("cdi,cdj->cij", z, z) / DRAWS, COVARIANCE)):
        assert (np.abs(each.mean(axis=0) - expected) < 5 * each.std(axis=0, ddof=1) / np.sqrt(CHAINS)).all()
    assert len(np.unique(found["step_size"][:, 0])) == CHAINS  # each after its own warm-up
    assert found["n_steps"].max() < 2**6
    for name, value in chains(keys[4:8]).items():
        np.testing.assert_array_equal(value, found[name][4:8])
