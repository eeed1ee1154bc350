"""Where chains begin: at ends of descents in chi-square from random points of the prior."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Real

from .newton import levenberg_marquardt
from .objective import chi_square, residual_vector
from .posterior import Posterior
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
