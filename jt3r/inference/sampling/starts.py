"""Where chains begin: at ends of descents in chi-square from random points of the prior."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Real

from ..objective import residual_vector
from ..space import quantiles_of, unbounded_of
from .posterior import Posterior

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
    in logits of quantiles; one that has come to an edge of the prior counts with the chi-square
    there.
    """
    from ..rough import levenberg_marquardt  # see there

    likelihood, space = posterior.likelihood, posterior.space

    def descend(u: Array) -> tuple[Array, Array]:
        found = levenberg_marquardt(
            lambda x: residual_vector(likelihood, space, quantiles_of(x)), unbounded_of(u), DESCENT_TOLERANCE, DESCENT_STEPS
        )
        return quantiles_of(found.x), found.chi_square

    starts = jax.random.uniform(key, (STARTS, len(space.names)))
    u, chi_square = jax.lax.map(descend, starts)  # one at a time: a batch takes twice as long to compile
    u = jnp.clip(u, EDGE, 1 - EDGE)
    density = jnp.sum(jnp.log(u * (1 - u)), axis=-1) - chi_square / 2
    return posterior.unbounded(u[jnp.argmax(jnp.where(jnp.isnan(density), -jnp.inf, density))])
