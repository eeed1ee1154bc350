"""Chains of the No-U-Turn sampler, each after its own warm-up.

Source of the algorithm: M. D. Hoffman, A. Gelman, J. Mach. Learn. Res. 15, 1593 (2014), with the
warm-up of Stan, as BlackJAX (extra ``sample``) has it: step size by dual averaging, a dense mass
matrix from windows of growing length.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array

from ...extras import need

Density = Callable[[Array], Array]
"""(n) coordinates without bounds -> logarithm of the density there, up to a constant."""


def build_chains(
    density: Density, start: Callable[[Array], Array], warmup: int, draws: int, target_acceptance: float, max_tree_depth: int
) -> Callable[[Array], dict[str, Array]]:
    """Compiled chains: random keys (k) -> ``z`` (k, draws, n), its log density ``lp`` (k, draws),
    and the statistics of each step.

    ``start`` of a random key is the point (n) at which a chain begins. Pure: the same keys give the
    same bits. Where no start of a chain has a finite density its ``lp`` is -inf throughout.
    """
    blackjax = need("blackjax", "sample", "kind = 'sample'")
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
        (state, tuned), _ = warm.run(key_warm, start(key_start), warmup)
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
