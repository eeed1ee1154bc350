"""Bounds by u = (1 + sin x)/2: smooth, reaching both ends, and free in x."""

import jax.numpy as jnp
from jaxtyping import Array, Real


def quantiles_of(x: Real[Array, "*b n"]) -> Real[Array, "*b n"]:
    """The prior quantiles, between 0 and 1, at the unbounded coordinates ``x``."""
    return (1 + jnp.sin(x)) / 2


def unbounded_of(u: Real[Array, "*b n"]) -> Real[Array, "*b n"]:
    """Inverse of `quantiles_of`, with points outside the bounds moved onto them."""
    return jnp.arcsin(jnp.clip(2 * u - 1, -1, 1))
