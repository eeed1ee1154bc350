"""One chain of the No-U-Turn sampler on a posterior, from a start that least squares finds.

Source of the algorithm: M. D. Hoffman, A. Gelman, J. Mach. Learn. Res. 15, 1593 (2014), with the
warm-up of Stan, as BlackJAX (extra ``sample``) has it: step size by dual averaging, a dense mass
matrix from windows of growing length.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Real

from jt3r.inference.objective import chi_square, residual_vector
from jt3r.inference.posterior import Posterior

from ..extras import need
from .newton import levenberg_marquardt
from .space import quantiles_of, unbounded_of

STARTS = 8
"""Random points of the prior that each chain descends from; it begins at the end of greatest
density. Few, so that chains begin in different places.
"""

DESCENT_STEPS, DESCENT_TOLERANCE = 64, 1e-6
EDGE = 1e-3
"""Quantile to which a start on the edge of a prior is moved: on the edge itself the density
vanishes.
"""

Chains = Callable[[Array], dict[str, Array]]


def build_chains(posterior: Posterior, warmup: int, draws: int, target_acceptance: float, max_tree_depth: int) -> Chains:
    """Compiled chains: random keys (k) -> ``z`` (k, draws, n), its log density ``lp`` (k, draws),
    and the statistics of each step.

    Pure: the same keys give the same bits. Where no start of a chain has a finite density its
    ``lp`` is -inf throughout.
    """
    blackjax = need("blackjax", "sample", "kind = 'sample'")
    density = posterior.log_density
    warm = blackjax.window_adaptation(
        blackjax.nuts,
        density,
        is_mass_matrix_diagonal=False,
        target_acceptance_rate=target_acceptance,
        adaptation_info_fn=lambda state, info, adaptation: None,
        max_num_doublings=max_tree_depth,
    )

    def chain(key: Array) -> dict[str, Array]:
        key_start, key_warm, key_draw = jax.random.split(key, 3)
        (state, tuned), _ = warm.run(key_warm, starting_point(posterior, key_start), warmup)
        nuts = blackjax.nuts(density, **tuned)

        def step(state: Any, key: Array) -> tuple[Any, dict[str, Array]]:
            state, info = nuts.step(key, state)
            return state, {
                "z": state.position,
                "lp": state.logdensity,
                "diverging": info.is_divergent,
                "energy": info.energy,
                "tree_depth": info.num_trajectory_expansions,
                "n_steps": info.num_integration_steps,
                "acceptance_rate": info.acceptance_rate,
            }

        _, found = jax.lax.scan(step, state, jax.random.split(key_draw, draws))
        return {**found, "step_size": jnp.broadcast_to(tuned["step_size"], draws)}

    @jax.jit
    def chains(keys: Array) -> dict[str, Array]:
        if len(keys) == 1:  # a batch of one would compute both sides of every choice
            return jax.tree.map(lambda a: a[None], chain(keys[0]))
        return jax.vmap(chain)(keys)

    return chains


def starting_point(posterior: Posterior, key: Array) -> Real[Array, " n"]:
    """Of some random points of the prior, moved downhill in chi-square, the one of greatest density
    in logits of quantiles.
    """
    likelihood, space = posterior.likelihood, posterior.space

    def descend(u: Array) -> Array:
        x, _ = levenberg_marquardt(
            lambda x: residual_vector(likelihood, space, quantiles_of(x)), unbounded_of(u), DESCENT_TOLERANCE, DESCENT_STEPS
        )
        return quantiles_of(x)

    starts = jax.random.uniform(key, (STARTS, len(space.names)))
    u = jnp.clip(jax.lax.map(descend, starts), EDGE, 1 - EDGE)  # one at a time: a batch takes twice as long to compile
    density = jnp.sum(jnp.log(u * (1 - u)), axis=-1) - chi_square(likelihood, space, u) / 2
    return posterior.unbounded(u[jnp.argmax(jnp.where(jnp.isnan(density), -jnp.inf, density))])
