"""Chains that share their warm-up: the moments of a known Gaussian, the same bits in any grouping, and what they are told."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r.inference.sampling.chees import build_chains, build_warmup, least_chains, of_chains, superchains

CHAINS, WARMUP, DRAWS = 256, 400, 25
MEAN = jnp.array([3.0, -1.0, 0.0, 0.5])
SPREAD = jnp.array([10.0, 1.0, 0.1, 1.0])
"""Standard deviations: a hundred times the smallest for the largest."""
CORRELATION = jnp.array([[1, 0.9, 0, 0], [0.9, 1, 0, 0], [0, 0, 1, -0.8], [0, 0, -0.8, 1.0]])
COVARIANCE = SPREAD[:, None] * CORRELATION * SPREAD


def gaussian(z):
    return -(z - MEAN) @ jnp.linalg.solve(COVARIANCE, z - MEAN) / 2


def start(key):
    """Points of the Gaussian's size, but not distributed as it is: uncorrelated, and off its centre."""
    return MEAN + SPREAD * (1 + jax.random.normal(key, (4,)))


@pytest.fixture(scope="module")
def warm_up():
    return jax.jit(build_warmup(gaussian, start, CHAINS, WARMUP, 0.8, 1024))


@pytest.fixture(scope="module")
def tuned(warm_up):
    return warm_up(jax.random.key(0))


@pytest.fixture(scope="module")
def keys():
    return jax.random.split(jax.random.key(1), CHAINS)


@pytest.fixture(scope="module")
def draws(tuned, keys):
    return jax.jit(build_chains(gaussian, DRAWS))(keys, tuned)


def of_the_mean(each):
    """Mean over chains (c, ...) and its standard error: after the warm-up chains are independent of each other."""
    return each.mean(axis=0), each.std(axis=0, ddof=1) / np.sqrt(len(each))


def test_means_and_covariances_of_a_gaussian(draws):
    """Within 5 standard errors, the spread of the chains' own estimates over the square root of their number."""
    z = np.asarray(draws["z"])
    mean, error = of_the_mean(z.mean(axis=1))
    assert (np.abs(mean - MEAN) < 5 * error).all()
    assert (error < SPREAD / np.sqrt(CHAINS)).all()  # less than that of one draw a chain: the draws of a chain are not one
    away = z - np.asarray(MEAN)
    covariance, error = of_the_mean(np.einsum("cdi,cdj->cij", away, away) / DRAWS)
    assert (np.abs(covariance - COVARIANCE) < 5 * error).all()


def test_what_the_warm_up_finds(tuned, draws):
    """A covariance of 256 chains is good to a factor (1 + s)^2 to (1 - s)^2, s^2 = 4/256, in any direction (Marchenko, Pastur),
    and the step size aims at a harmonic mean of 0.8, which averaged steps miss by some per cent.
    """
    ratios = np.linalg.eigvals(np.linalg.solve(COVARIANCE, tuned.scale @ tuned.scale.T)).real
    assert ((ratios > 0.75**2) & (ratios < 1.25**2)).all()
    assert 0.6 < 1 / np.mean(1 / np.asarray(draws["acceptance_rate"])) < 0.95
    assert tuned.steps >= 1
    assert not draws["diverging"].any()
    steps = np.asarray(draws["n_steps"])
    assert (steps == steps[0]).all()  # every chain takes as many: no branch
    assert steps.max() <= np.ceil(float(tuned.steps))
    assert len(np.unique(steps[0])) > 1


def test_the_log_density_is_that_of_the_draws(draws):
    """z is made of y by 4 products and sums, of numbers up to 40: 1e-14 of z, times the slope of ln p, 30 at 3 sigma of 0.1."""
    np.testing.assert_allclose(draws["lp"], jax.vmap(jax.vmap(gaussian))(draws["z"]), atol=1e-11, rtol=1e-11)


def test_any_grouping_gives_the_same_bits(warm_up, tuned, keys, draws):
    assert all(np.array_equal(a, b) for a, b in zip(warm_up(jax.random.key(0)), tuned, strict=True))
    assert not np.array_equal(warm_up(jax.random.key(1)).position, tuned.position)
    numbers = np.arange(100, 167)
    part = jax.jit(build_chains(gaussian, DRAWS))(keys[numbers], of_chains(tuned, numbers))
    for name, value in part.items():
        np.testing.assert_array_equal(value, draws[name][numbers])


def test_a_density_that_is_nowhere_finite_stays_so(keys):
    """In a program of short trajectories, which have no more steps than allowed."""

    def nowhere(z):
        return jnp.sum(z) * 0 - jnp.inf

    lost = jax.jit(build_warmup(nowhere, start, CHAINS, 20, 0.8, 4))(jax.random.key(0))
    assert lost.steps <= 4
    found = jax.jit(build_chains(nowhere, 4))(keys, lost)
    assert (found["lp"] == -jnp.inf).all()
    assert found["n_steps"].max() <= 4


@pytest.mark.parametrize(("chains", "groups"), [(1, 1), (16, 4), (100, 25), (4096, 32)])
def test_groups_of_chains_that_begin_together(chains, groups):
    assert superchains(chains) == groups


def test_a_covariance_needs_chains():
    assert least_chains(6) == 96
