"""Chains of the No-U-Turn sampler, each after its own warm-up.

Source of the algorithm: M. D. Hoffman, A. Gelman, J. Mach. Learn. Res. 15, 1593 (2014), with the
warm-up of Stan, made of the parts that BlackJAX (extra ``sample``) has of it: step size by dual
averaging, a dense mass matrix from windows of growing length. Start, warm-up and draws are one loop
here, so that the density and its gradient are compiled once.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Real

from ...extras import need

Density = Callable[[Array], Array]
"""(n) coordinates without bounds -> logarithm of the density there, up to a constant."""

FIRST_STEP = 1.0
"""Step size before any was tried, in coordinates z. Source: the default of BlackJAX."""


TOO_HIGH = 1e30
"""ln of the density that a start has before it is computed there. A step from it counts as a
divergence, which ends its trajectory.
"""


class _Phase(NamedTuple):
    """What is done at a step: whether it only computes the density at the start, whether the step
    size is tuned after it, whether the mass matrix learns from it, whether a window of that ends
    there, whether the warm-up does.
    """

    begins: Bool[Array, "..."]
    tunes: Bool[Array, "..."]
    learns: Bool[Array, "..."]
    closes: Bool[Array, "..."]
    ends: Bool[Array, "..."]


class _Tuning(NamedTuple):
    averaging: Any
    metric: Any
    step_size: Real[Array, ""]


def build_chains(
    density: Density, start: Callable[[Array], Array], warmup: int, draws: int, target_acceptance: float, max_tree_depth: int
) -> Callable[[Array], dict[str, Array]]:
    """Chains: random keys (k) -> ``z`` (k, draws, n), its log density ``lp`` (k, draws), and the
    statistics of each step.

    ``start`` of a random key is the point (n) at which a chain begins. Pure: the same keys give the
    same bits. Where no start of a chain has a finite density its ``lp`` is -inf throughout.
    """
    blackjax = need("blackjax", "sample", "kind = 'sample'")
    kernel = blackjax.nuts.build_kernel()
    state_of = need("blackjax.mcmc.hmc", "sample", "kind = 'sample'").HMCState
    first, tuned = _warm_up(target_acceptance)

    def reached(info: Any) -> Any:
        """The other end of a trajectory of one step from a start, which went nowhere."""
        left, right = (
            state_of(end.position, end.logdensity, end.logdensity_grad)
            for end in (info.trajectory_leftmost_state, info.trajectory_rightmost_state)
        )
        return _where(right.logdensity == TOO_HIGH, left, right)

    def chain(key: Array) -> dict[str, Array]:
        key_start, key_warm, key_draw = jax.random.split(key, 3)
        z = start(key_start)

        def step(carried: tuple[Any, _Tuning], given: tuple[Array, _Phase]) -> tuple[tuple[Any, _Tuning], dict[str, Array]]:
            (state, tuning), (key, phase) = carried, given
            sizes = jnp.where(phase.begins, 0, tuning.step_size), tuning.metric.inverse_mass_matrix
            state, info = kernel(key, state, density, *sizes, max_num_doublings=max_tree_depth)
            state = _where(phase.begins, reached(info), state)
            return (state, tuned(tuning, phase, state.position, info.acceptance_rate)), {
                "z": state.position,
                "lp": state.logdensity,
                "diverging": info.is_divergent,
                "energy": info.energy,
                "tree_depth": info.num_trajectory_expansions,
                "n_steps": info.num_integration_steps,
                "acceptance_rate": info.acceptance_rate,
                "step_size": tuning.step_size,
            }

        keys = [key_start[None], jax.random.split(key_warm, warmup), jax.random.split(key_draw, draws)]
        begin = (state_of(z, jnp.asarray(TOO_HIGH, z.dtype), jnp.zeros_like(z)), first(len(z)))
        _, found = jax.lax.scan(step, begin, (jnp.concatenate(keys), _phases(warmup, draws)))
        return {name: value[1 + warmup :] for name, value in found.items()}

    def chains(keys: Array) -> dict[str, Array]:
        if len(keys) == 1:  # a batch of one would compute both sides of every choice
            return jax.tree.map(lambda a: a[None], chain(keys[0]))
        return jax.vmap(chain)(keys)

    return chains


def _phases(warmup: int, draws: int) -> _Phase:
    """Those of all steps: one begins, then the warm-up's by Stan's schedule, then draws."""
    schedule = need("blackjax.adaptation.window_adaptation", "sample", "kind = 'sample'").build_schedule(warmup)
    learns, closes = jnp.asarray(schedule, bool).reshape(warmup, 2).T
    number = jnp.arange(-1, warmup + draws)
    learns, closes = (jnp.concatenate([jnp.zeros(1, bool), column, jnp.zeros(draws, bool)]) for column in (learns, closes))
    return _Phase(number < 0, (number >= 0) & (number < warmup), learns, closes, number == warmup - 1)


def _warm_up(target_acceptance: float) -> tuple[Callable[[int], _Tuning], Callable[..., _Tuning]]:
    """How the tuning begins for so many coordinates, and what it is after a step."""
    adaptation = "blackjax.adaptation"
    step_size = need(f"{adaptation}.step_size", "sample", "kind = 'sample'").dual_averaging_adaptation
    mass_matrix = need(f"{adaptation}.mass_matrix", "sample", "kind = 'sample'").mass_matrix_adaptation
    begin, average, averaged = step_size(target_acceptance)
    open_window, learn, close_window = mass_matrix(is_diagonal_matrix=False)

    def first(coordinates: int) -> _Tuning:
        return _Tuning(begin(FIRST_STEP), open_window(coordinates), jnp.asarray(FIRST_STEP))

    def tuned(now: _Tuning, phase: _Phase, position: Array, acceptance: Array) -> _Tuning:
        averaging = _where(phase.tunes, average(now.averaging, acceptance), now.averaging)
        metric = _where(phase.learns, learn(now.metric, position), now.metric)
        metric = _where(phase.closes, close_window(metric), metric)
        averaging = _where(phase.closes, begin(averaged(averaging)), averaging)
        size = jnp.where(phase.ends, averaged(averaging), jnp.exp(averaging.log_step_size))
        return _Tuning(averaging, metric, jnp.where(phase.tunes, size, now.step_size))

    return first, tuned


def _where(chosen: Bool[Array, ""], one: Any, other: Any) -> Any:
    return jax.tree.map(lambda a, b: jnp.where(chosen, a, b), one, other)
