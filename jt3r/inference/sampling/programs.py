"""The compiled programs of a sampler: chains, the warm-up they may share, what is told of draws."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from ...catalogue import observables as catalogue
from ...programs.cache import quickly_compiled
from . import chees, nuts
from .posterior import Posterior
from .starts import starting_point


class Task(NamedTuple):
    """What is drawn, and how: all that the programs of a sampler depend on.

    ``shared`` is the number of chains that share a warm-up, None for chains with their own.
    """

    posterior: Posterior
    shared: int | None
    warmup: int
    draws: int
    target_acceptance: float
    max_tree_depth: int
    observables: tuple[str, ...]


class Programs(NamedTuple):
    """A compiled sampler: the warm-up that all chains share, if they share one; the chains from
    their random keys, and from where that warm-up left them; all else that is told of their draws
    z.
    """

    begin: Callable[[jax.Array], chees.Tuned] | None
    run: Callable[..., dict[str, jax.Array]]
    derived: Callable[[jax.Array], dict[str, jax.Array]]


def programs(task: Task) -> Programs:
    """The programs of a task: the same for all seeds, and for all numbers of chains that share
    nothing.
    """
    derived = quickly_compiled(_derived, task)
    if task.shared is None:
        return Programs(None, _of_keys(quickly_compiled(_chains, task, runs_long=True)), derived)
    begin, run = (quickly_compiled(function, task, runs_long=True) for function in (_warm_up, _chains_after))
    return Programs(_of_keys(begin), _of_keys(run), derived)


def _of_keys(program: Callable[..., Any]) -> Callable[..., Any]:
    """A program of random keys, of one that takes their data: a cached program takes no keys."""
    return lambda keys, *more: program(jax.random.key_data(keys), *more)


def _chains(task: Task, keys: jax.Array) -> dict[str, jax.Array]:
    posterior, numbers = task.posterior, (task.warmup, task.draws, task.target_acceptance, task.max_tree_depth)
    chains = nuts.build_chains(posterior.log_density, partial(starting_point, posterior), *numbers)
    return chains(jax.random.wrap_key_data(keys))


def _warm_up(task: Task, key: jax.Array) -> chees.Tuned:
    posterior, longest = task.posterior, 2**task.max_tree_depth
    assert task.shared is not None
    numbers = (task.shared, task.warmup, task.target_acceptance, longest)
    warm_up = chees.build_warmup(posterior.log_density, partial(starting_point, posterior), *numbers)
    return warm_up(jax.random.wrap_key_data(key))


def _chains_after(task: Task, keys: jax.Array, tuned: chees.Tuned) -> dict[str, jax.Array]:
    return chees.build_chains(task.posterior.log_density, task.draws)(jax.random.wrap_key_data(keys), tuned)


def _derived(task: Task, z: jax.Array) -> dict[str, jax.Array]:
    space, likelihood = task.posterior.space, task.posterior.likelihood
    u, _ = task.posterior.quantiles(z)
    point = space.point(u)
    terms = likelihood.breakdown(point)
    found = {**space.values(u), "ln_likelihood": likelihood(point)}
    found |= {f"chi_square_{name}": value for name, value in terms.items()}
    found |= {name: catalogue[name](point) for name in task.observables}
    if likelihood.cuts == "veto":
        found["vetoed"] = likelihood.vetoed(point)
    return {name: jnp.broadcast_to(value, z.shape[:-1]) for name, value in found.items()}
