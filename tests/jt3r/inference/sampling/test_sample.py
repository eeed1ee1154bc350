"""Draws in memory: which coordinates there are, what judges chains, and how a result reads."""

import os
import subprocess
import sys

import numpy as np
import pytest

from jt3r.inference.likelihood import Likelihood
from jt3r.inference.sampling.sample import PULLS, Draws, band_pull, check_sampler, judge, nested_r_hat, sample
from jt3r.inference.space import Prior, Space

SPACE = Space({"m_phi": Prior(0.06, 0.1)}, {"m_aprime": 0.1})


@pytest.mark.parametrize(
    ("terms", "free", "coordinates", "pull"),
    [
        (("gm2",), ("m_phi",), "plain", None),
        (("gm2",), ("m_phi",), "band", "pull_gm2"),
        *((("R_K", term), ("m_aprime", "m_phi"), "band", pull) for term, pull in PULLS.items()),
    ],
)
def test_the_pull_that_stands_for_m_phi(terms, free, coordinates, pull):
    assert band_pull(terms, free, coordinates) == pull


@pytest.mark.parametrize(
    ("terms", "free", "coordinates", "message"),
    [
        (("R_K",), ("m_phi",), "band", "coordinates = 'band': needs gm2 or .* among terms, and m_phi under free"),
        (("gm2",), ("m_aprime",), "band", "and m_phi under free"),
        (("gm2",), ("m_phi",), "polar", "coordinates = 'polar': allowed are plain, band"),
    ],
)
def test_coordinates_that_cannot_be_had(terms, free, coordinates, message):
    with pytest.raises(ValueError, match=message):
        band_pull(terms, free, coordinates)


def test_a_sampler_refuses_before_it_compiles():
    with pytest.raises(ValueError, match="coordinates = 'polar'"):
        sample(Likelihood(("gm2",)), SPACE, coordinates="polar")
    with pytest.raises(ValueError, match="sampler = 'emcee': allowed are nuts, chees"):
        sample(Likelihood(("gm2",)), SPACE, sampler="emcee")
    with pytest.raises(ValueError, match="chains = 4: sampler = 'chees' needs 16 or more"):
        sample(Likelihood(("gm2",)), SPACE, sampler="chees")


def test_how_many_chains_share_a_warm_up():
    assert check_sampler("nuts", 1, 6) is None
    assert check_sampler("chees", 96, 6) == 96


def test_groups_of_chains_that_began_together_are_compared():
    """Of independent unit Gaussians, B/W is 1/(m n (1 + 1/n)) for groups of m chains of n draws, with a relative error of
    sqrt(2/(groups - 1)); of groups that lie 1 apart each, B is that of their places.
    """
    draws = np.random.default_rng(2).normal(size=(32 * 16, 25))
    assert nested_r_hat(draws, 32) ** 2 - 1 == pytest.approx(1 / (16 * 26), rel=5 * np.sqrt(2 / 31))
    apart = draws + np.arange(len(draws))[:, None] % 32
    assert nested_r_hat(apart, 32) == pytest.approx(np.sqrt(1 + np.arange(32).var(ddof=1) / (1 + 1 / 25)), rel=0.05)
    assert nested_r_hat(draws[:-3], 32) == nested_r_hat(draws[:-32], 32)
    assert judge({"x": draws}, 32)["x"]["nested_r_hat"] == nested_r_hat(draws, 32)


def test_a_table_has_the_nested_r_hat_where_there_is_one(judged):
    arrays = {"m_phi": np.full((2, 3), 0.08), "ln_likelihood": np.zeros((2, 3)), "diverging": np.zeros((2, 3), bool)}
    draws = Draws(Likelihood(("gm2",)), SPACE, arrays, {"m_phi": judged["alike"] | {"nested_r_hat": 1.2345}})
    assert "1.2345" in repr(draws)


@pytest.fixture(scope="module")
def judged():
    rng = np.random.default_rng(1)
    alike = rng.normal(size=(4, 500))
    apart = alike + 3 * np.arange(4)[:, None]
    slow = np.cumsum(rng.normal(size=(4, 500)), axis=1)
    return judge({"alike": alike, "apart": apart, "slow": slow})


def test_independent_draws_count_in_full_and_chains_apart_are_seen(judged):
    assert judged["alike"]["r_hat"] == pytest.approx(1, abs=0.01)
    # 2000 independent draws; the estimate's own spread is some per cent
    assert judged["alike"]["ess_bulk"] == pytest.approx(2000, rel=0.2)
    assert judged["apart"]["r_hat"] > 1.5
    assert judged["slow"]["ess_bulk"] < 100


def test_a_result_reads_as_a_table(judged):
    arrays = {"m_phi": np.full((2, 3), 0.08), "ln_likelihood": np.zeros((2, 3)), "diverging": np.eye(2, 3, dtype=bool)}
    draws = Draws(Likelihood(("gm2",)), SPACE, arrays, {"m_phi": judged["alike"]})
    assert repr(draws).splitlines()[0] == "2 chains of 3 draws, 2 divergences"
    assert "0.08" in repr(draws)
    assert list(draws.parameters) == ["m_phi"]
    assert draws["diverging"] is arrays["diverging"]
    with pytest.raises(KeyError, match="did you mean 'diverging'"):
        draws["divergng"]


def test_chains_on_eight_devices_are_the_same_to_the_bit():
    """Simulated devices, the last group of chains not full. Chains of independent draws of the same keys, and chains that
    share a warm-up, of a Gaussian: quick to compile for each device.
    """
    code = """
import jax, jax.numpy as jnp, numpy as np, jt3r
from jt3r.inference.sampling.posterior import Posterior
from jt3r.inference.sampling import chees
from jt3r.inference.sampling.sample import draw_chains
from jt3r.inference.sampling.programs import Task, programs
space = jt3r.Space({"m_phi": jt3r.Prior(0.06, 0.1)}, {"m_aprime": 0.1})
posterior = Posterior(jt3r.Likelihood(("gm2",)), space, "pull_gm2")
derived = programs(Task(posterior, None, 30, 10, 0.8, 4, ())).derived
used = set()
@jax.jit
def chains(keys):
    z = jax.vmap(lambda key: jax.random.normal(key, (10, 1)))(keys)
    return {"z": z, "lp": jax.vmap(jax.vmap(posterior.log_density))(z)}
def told(keys):
    found = chains(keys)
    used.update(found["z"].devices())
    return found
eight = draw_chains(told, derived, np.arange(15), 3, 8)
assert len(used) == 8
for first in range(0, 14, 2):
    one = draw_chains(chains, derived, np.arange(first, first + 2), 3)
    assert one.keys() == eight.keys()
    assert all((one[name] == eight[name][first : first + 2]).all() for name in one)
assert eight["lp"].shape == (15, 10)
assert len(np.unique(eight["m_phi"][:, -1])) == 15
z = jax.random.normal(jax.random.key(9), (15, 1))
begun = chees.Tuned(z, -z[:, 0] ** 2 / 2, -z, jnp.zeros(1), jnp.eye(1), jnp.asarray(0.5), jnp.asarray(3.0))
chains = jax.jit(chees.build_chains(lambda z: -z @ z / 2, 10))
eight = draw_chains(chains, derived, np.arange(15), 3, 8, begun)
for first in range(0, 14, 2):
    one = draw_chains(chains, derived, np.arange(first, first + 2), 3, 1, begun)
    assert all((one[name] == eight[name][first : first + 2]).all() for name in one)
"""
    environment = {**os.environ, "XLA_FLAGS": "--xla_force_host_platform_device_count=8"}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)


def test_nuts_on_eight_devices_is_the_same_to_the_bit():
    """Warm-up, trajectories and what is told of the draws, of flavour; the last group of chains is not full."""
    code = """
import numpy as np, jax, jt3r
from jt3r.inference.sampling.posterior import Posterior
from jt3r.inference.sampling.sample import draw_chains
from jt3r.inference.sampling.programs import Task, programs
assert jax.device_count() == 8
space = jt3r.Space({"c_universal": jt3r.Prior(2, 12), "c_nonuniversal": jt3r.Prior(-3, 2)})
run, derived = programs(Task(Posterior(jt3r.Likelihood(("R_K", "R_Kst")), space), None, 20, 10, 0.8, 3, ()))[1:]
eight = draw_chains(run, derived, np.arange(15), 3, 8)
ones = [draw_chains(run, derived, np.arange(first, first + 2), 3, 1) for first in range(0, 14, 2)]
for name in eight:
    assert (np.concatenate([one[name] for one in ones]) == eight[name][:14]).all(), name
assert len(np.unique(eight["c_universal"][:, -1])) == 15
"""
    environment = {**os.environ, "XLA_FLAGS": "--xla_force_host_platform_device_count=8"}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
