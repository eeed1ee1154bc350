r"""Many short chains of Hamiltonian Monte Carlo that share what their warm-up finds: ChEES.

All chains take the same number of steps of the same size in each draw, so that they are one program
without branches, which suits a GPU. Source of the algorithm: M. D. Hoffman, A. Radul, P. Sountsov,
PMLR 130, 3907 (2021), as BlackJAX (extra ``sample``) has it: the trajectory's length climbs the
expected change of the squared distance from the centre, the step size is that of a harmonic mean
acceptance, and each draw's trajectory is a quasi-random part of the longest.

That sampler has no mass matrix. Here the warm-up has ``STAGES`` equal stages; after each, the
covariance of the chains defines the coordinates y of the next, :math:`z = \bar z + L y` with
:math:`L L^T = \mathrm{cov}\, z`.
"""

from collections.abc import Callable
from math import ceil, log2
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int, Real

from ...extras import need
from .nuts import Density

STAGES = 4
"""Of the warm-up: the first leaves the ends of the descents, each later one has the covariance of
the one before it.
"""

CHAINS_PER_COORDINATE = 16
"""Chains that a covariance needs: with so many its eigenvalues are known to a factor
((1 + s)/(1 - s))^2 = 2.8 from the smallest to the largest, s = 16^(-1/2). Source: V. A. Marchenko,
L. A. Pastur, Math. USSR Sb. 1, 457 (1967).
"""

SUPERCHAINS, LEAST_IN_SUPERCHAIN = 32, 4
"""Groups of chains that begin at one point, at most; and how many chains one has at least."""

LEARNING_RATE = 0.1
"""Of Adam on the logarithm of the trajectory's length, with the decay rates 0 and 0.95."""

FIRST_STEP = 0.1
"""Step size before any was tried, in coordinates z."""


class Tuned(NamedTuple):
    """What a warm-up of c chains ends with: the chains' places y with log density and its gradient
    there, and what all share.
    """

    position: Real[Array, "c n"]
    log_density: Real[Array, " c"]
    gradient: Real[Array, "c n"]
    centre: Real[Array, " n"]
    scale: Real[Array, "n n"]
    step_size: Real[Array, ""]
    steps: Real[Array, ""]


def superchains(chains: int) -> int:
    """Groups of chains that begin at one point each: chain k belongs to group k modulo their
    number.
    """
    return max(1, min(SUPERCHAINS, chains // LEAST_IN_SUPERCHAIN))


def least_chains(coordinates: int) -> int:
    """The smallest number of chains that tells the covariance of so many coordinates."""
    return CHAINS_PER_COORDINATE * coordinates


def build_warmup(
    density: Density, start: Callable[[Array], Array], chains: int, warmup: int, target_acceptance: float, max_steps: int
) -> Callable[[Array], Tuned]:
    """The warm-up of all chains together: a random key -> where they are and what they share.

    ``start`` of a random key is the point (n) at which a group of chains begins. Each of the
    ``STAGES`` has ``warmup`` / ``STAGES`` steps, rounded up. A trajectory has at most ``max_steps``
    steps. Pure: the same key gives the same bits.
    """
    import optax  # which a cached warm-up does not need

    blackjax = need("blackjax", "sample", "sampler = 'chees'")
    each = ceil(warmup / STAGES)

    def stage(z: Array, key: Array, centre: Array, scale: Array) -> Tuned:
        warm = blackjax.chees_adaptation(
            lambda y: density(_from_white(centre, scale, y)),
            chains,
            target_acceptance_rate=target_acceptance,
            max_leapfrog_steps=max_steps,
            adaptation_info_fn=lambda state, info, adaptation: None,
        )
        y = jax.vmap(lambda z: jax.scipy.linalg.solve_triangular(scale, z - centre, lower=True))(z)
        (states, found), _ = warm.run(key, y, jnp.asarray(FIRST_STEP), optax.adam(LEARNING_RATE, b1=0, b2=0.95), each)
        (steps,) = found["integration_steps_params"]
        steps = jnp.clip(steps, 1, max_steps)
        return Tuned(states.position, states.logdensity, states.logdensity_grad, centre, scale, found["step_size"], steps)

    def warm_up(key: Array) -> Tuned:
        key_start, *keys = jax.random.split(key, 1 + STAGES)
        groups = superchains(chains)
        places = jax.vmap(start)(jax.random.split(key_start, groups))
        n = places.shape[-1]
        first = Tuned(
            places[jnp.arange(chains) % groups],
            jnp.zeros(chains),
            jnp.zeros((chains, n)),
            jnp.zeros(n),
            jnp.eye(n),
            jnp.asarray(FIRST_STEP),
            jnp.ones(()),
        )

        def go_on(now: Tuned, given: tuple[Array, Array]) -> tuple[Tuned, None]:
            key, number = given
            z = _from_white(now.centre, now.scale, now.position)
            centre = jnp.mean(z, axis=0)
            scale = jnp.linalg.cholesky(jnp.atleast_2d(jnp.cov(z, rowvar=False)))
            known = (number > 0) & jnp.isfinite(scale).all()
            centre, scale = jnp.where(known, centre, now.centre), jnp.where(known, scale, now.scale)
            return stage(z, key, centre, scale), None

        found, _ = jax.lax.scan(go_on, first, (jnp.stack(keys), jnp.arange(STAGES)))
        return found

    return warm_up


def of_chains(tuned: Tuned, numbers: Int[np.ndarray, " k"]) -> Tuned:
    """The same, of the chains of these numbers alone."""
    places = (tuned.position[numbers], tuned.log_density[numbers], tuned.gradient[numbers])
    return Tuned(*places, *tuned[len(places) :])


def build_chains(density: Density, draws: int) -> Callable[[Array, Tuned], dict[str, Array]]:
    """Chains after their warm-up: random keys (k), and the warm-up's result for these chains ->
    ``z`` (k, draws, n), its log density ``lp`` (k, draws), and the statistics of each step.

    Pure: a chain's bits depend on its key and on the warm-up alone. Where a chain has no finite
    density its ``lp`` is -inf throughout.
    """
    blackjax = need("blackjax", "sample", "sampler = 'chees'")
    kernel = blackjax.hmc.build_kernel()
    bits = ceil(log2(draws + 1))

    def chains(keys: Array, tuned: Tuned) -> dict[str, Array]:
        def white_density(y: Array) -> Array:
            return density(_from_white(tuned.centre, tuned.scale, y))

        def step(states: Any, given: tuple[Array, Array]) -> tuple[Any, dict[str, Array]]:
            number, keys = given
            part = blackjax.mcmc.dynamic_hmc.halton_sequence(number, bits)
            steps = jnp.ceil(part * tuned.steps).astype(int)

            def one(key: Array, state: Any) -> tuple[Any, Any]:
                return kernel(key, state, white_density, tuned.step_size, jnp.ones_like(tuned.centre), steps)

            states, info = jax.vmap(one)(keys, states)
            return states, {
                "z": _from_white(tuned.centre, tuned.scale, states.position),
                "lp": states.logdensity,
                "diverging": info.is_divergent,
                "energy": info.energy,
                "n_steps": jnp.full(len(keys), steps),
                "acceptance_rate": info.acceptance_rate,
            }

        states = blackjax.mcmc.hmc.HMCState(tuned.position, tuned.log_density, tuned.gradient)
        each = jnp.swapaxes(jax.vmap(lambda key: jax.random.split(key, draws))(keys), 0, 1)
        _, found = jax.lax.scan(step, states, (jnp.arange(draws), each))
        found = {name: jnp.swapaxes(value, 0, 1) for name, value in found.items()}
        return {**found, "step_size": jnp.broadcast_to(tuned.step_size, (len(keys), draws))}

    return chains


def _from_white(centre: Array, scale: Array, y: Real[Array, "*b n"]) -> Real[Array, "*b n"]:
    """z of y. Column by column, not as a product of matrices, so that no batch changes its bits."""
    z = centre
    for k in range(len(centre)):
        z = z + scale[:, k] * y[..., k : k + 1]
    return z
