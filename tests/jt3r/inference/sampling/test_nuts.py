"""Chains of NUTS, each after its own warm-up: the moments of a Gaussian, and the same bits whoever draws beside them."""

import blackjax
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.inference.sampling.nuts import build_chains

CHAINS, DRAWS = 32, 100
COVARIANCE = jnp.array([[4.0, 0.9], [0.9, 0.25]])


def gaussian(z):
    return -z @ jnp.linalg.inv(COVARIANCE) @ z / 2


def start(key):
    return jax.random.normal(key, (2,))


@pytest.mark.parametrize("warmup", [20, 60, 150])
def test_the_warm_up_is_that_of_blackjax(warmup):
    """Its own loop, with the same random numbers: every place of the draws after it, for schedules without the middle windows,
    with one, and with two of them. The same bits on an AMD EPYC; elsewhere the two programs may round otherwise, by 1e-16,
    which each of 150 steps may multiply.
    """

    def by_blackjax(key):
        key_start, key_warm, key_draw = jax.random.split(key, 3)
        warm = blackjax.window_adaptation(
            blackjax.nuts, gaussian, is_mass_matrix_diagonal=False, target_acceptance_rate=0.7, max_num_doublings=5
        )
        (state, tuned), _ = warm.run(key_warm, start(key_start), warmup)

        def step(state, key):
            state, _ = blackjax.nuts(gaussian, **tuned).step(key, state)
            return state, state.position

        return jax.lax.scan(step, state, jax.random.split(key_draw, 5))[1], tuned["step_size"]

    key = jax.random.key(3)
    z, size = jax.jit(by_blackjax)(key)
    found = jax.jit(build_chains(gaussian, start, warmup, 5, 0.7, 5))(key[None])
    np.testing.assert_allclose(found["z"][0], z, rtol=1e-9)
    np.testing.assert_allclose(found["step_size"][0], size, rtol=1e-9)


def test_the_moments_of_a_gaussian_and_the_same_bits_in_any_batch():
    """Within 5 standard errors, which the spread of independent chains' own estimates tells."""

    chains = jax.jit(build_chains(gaussian, start, 100, DRAWS, 0.8, 6))
    keys = jax.random.split(jax.random.key(2), CHAINS)
    found = chains(keys)
    z = np.asarray(found["z"])
    for each, expected in ((z.mean(axis=1), 0), (np.einsum("cdi,cdj->cij", z, z) / DRAWS, COVARIANCE)):
        assert (np.abs(each.mean(axis=0) - expected) < 5 * each.std(axis=0, ddof=1) / np.sqrt(CHAINS)).all()
    assert len(np.unique(found["step_size"][:, 0])) == CHAINS  # each after its own warm-up
    assert found["n_steps"].max() < 2**6
    for name, value in chains(keys[4:8]).items():
        np.testing.assert_array_equal(value, found[name][4:8])


def test_where_no_start_has_a_density_every_draw_says_so():
    """The first step computes the density at the start; a divergence or a NaN of it must not hide that there is none."""
    nowhere = build_chains(lambda z: jnp.where(z[0] > 100, -z @ z, -jnp.inf), start, 20, 5, 0.8, 4)
    found = jax.jit(nowhere)(jax.random.key(1)[None])
    assert (found["lp"] == -jnp.inf).all()
    np.testing.assert_array_equal(found["z"][0, 1:], found["z"][0, :-1])
