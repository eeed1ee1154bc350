"""Bounds by u = (1 + sin x)/2: smooth, reaching both ends, and free in x."""

import jax.numpy as jnp
from jaxtyping import Array, Real


def cube_of(x: Real[Array, "*b n"]) -> Real[Array, "*b n"]:
    """The point of the unit cube at the free coordinates ``x``."""
    return (1 + jnp.sin(x)) / 2


def free_of(u: Real[Array, "*b n"]) -> Real[Array, "*b n"]:
    """Inverse of `cube_of`, with points outside the cube moved to its faces."""
    return jnp.arcsin(jnp.clip(2 * u - 1, -1, 1))
