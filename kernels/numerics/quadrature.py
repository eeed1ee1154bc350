"""Fixed Gauss-Legendre rules between limits that may be arrays and may be differentiated.

The number of nodes is fixed, so that shapes are: rules that adapt it, as libraries have them, make
every point of a mesh wait for the slowest. Nodes have the unit of the limits, weights too. Source:
NIST Digital Library of Mathematical Functions, sec. 3.5(v).
"""

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Real


def unit_rule(nodes: int, dtype: jnp.dtype) -> tuple[Real[Array, " n"], Real[Array, " n"]]:
    """Nodes and weights (nodes,) of the Gauss-Legendre rule on (0, 1), exact for polynomials of
    degree 2 n - 1.
    """
    points, weights = np.polynomial.legendre.leggauss(nodes)
    return jnp.asarray((points + 1) / 2, dtype), jnp.asarray(weights / 2, dtype)


def legendre(lower: Real[Array, "*b"], upper: Real[Array, "*b"], nodes: int) -> tuple[Real[Array, "*b n"], Real[Array, "*b n"]]:
    """Nodes and weights on (lower, upper), along a new last axis."""
    lower, upper = jnp.broadcast_arrays(lower, upper)
    unit, weights = unit_rule(nodes, lower.dtype)
    span = (upper - lower)[..., None]
    return lower[..., None] + span * unit, span * weights


def log_legendre(
    lower: Real[Array, "*b"], upper: Real[Array, "*b"], nodes: int
) -> tuple[Real[Array, "*b n"], Real[Array, "*b n"]]:
    """Nodes and weights of int dx on (lower, upper), the rule being Gauss-Legendre in ln x; 0 <
    lower.
    """
    points, weights = legendre(jnp.log(lower), jnp.log(upper), nodes)
    points = jnp.exp(points)
    return points, weights * points
