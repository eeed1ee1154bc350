"""Roots inside a bracket, differentiated by the implicit function theorem."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Real


def bracketed_root(
    function: Callable[[Array], Array], lower: Real[Array, "*b"], upper: Real[Array, "*b"], steps: int = 64
) -> Real[Array, "*b"]:
    """x with function(x) = 0 between `lower` and `upper`, elementwise, by bisection.

    `function` must act elementwise and differ in sign at the ends (-inf and +inf are signs too); otherwise the end is
    returned to which bisection runs. 64 halvings exhaust float64. The derivative with respect to anything that
    `function`
    closes over is -(df/dp)/(df/dx) at the root.
    """
    lower, upper = jnp.broadcast_arrays(lower, upper)

    def solve(equation: Callable[[Array], Array], low: Array) -> Array:
        rising = equation(low) < 0

        def halve(_: int, bracket: tuple[Array, Array]) -> tuple[Array, Array]:
            low, high = bracket
            middle = (low + high) / 2
            below = (equation(middle) < 0) == rising
            return jnp.where(below, middle, low), jnp.where(below, high, middle)

        low, high = jax.lax.fori_loop(0, steps, halve, (low, jax.lax.stop_gradient(upper)))
        return (low + high) / 2

    def tangent_solve(slope: Callable[[Array], Array], residual: Array) -> Array:
        return residual / slope(jnp.ones_like(residual))

    return jax.lax.custom_root(function, jax.lax.stop_gradient(lower), solve, tangent_solve)
