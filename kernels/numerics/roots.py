"""Bracketed root finding for many one-dimensional equations at once, with exact implicit
derivatives.

The bisection of optimistix takes a step for each bit; this one interpolates where that is safe.
Functions and variables may have any unit. Source: T. R. Chandrupatla, Adv. Eng. Softw. 28, 145
(1997).
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import Array
from jaxtyping import Bool, Real

MAX_STEPS = 102
"""Two are the ends of the bracket. Chandrupatla's method halves it at worst every third step; ten
are usual, a hundred mean a broken function.
"""


def sign_changes(values: Real[Array, "..."]) -> Bool[Array, "..."]:
    """In which intervals a function changes sign: (k, *b) ``values`` at k nodes to (k-1, *b) flags.

    Two roots between the same two nodes are not seen, nor is a root without a sign change; NaN
    counts as no sign. A node that is itself a root belongs to the interval on its left, the first
    node to the first interval.
    """
    signs = jnp.sign(values)
    changed = (signs[:-1] * signs[1:] < 0) | (signs[1:] == 0)
    return changed.at[0].set(changed[0] | (signs[0] == 0))


def nth_bracket(changed: Bool[Array, "..."], nodes: Real[Array, " k"], n: int) -> tuple[Real[Array, "*b"], Real[Array, "*b"]]:
    """The nodes on either side of the n-th sign change along the first axis of ``changed``, counted
    from 0.

    NaN where there is none.
    """
    none = len(nodes) - 1
    numbers = jnp.arange(none, dtype=jnp.int32).reshape(-1, *[1] * (changed.ndim - 1))
    at = jnp.full(changed.shape[1:], -1, jnp.int32)
    for _ in range(n + 1):
        at = jnp.min(jnp.where(changed & (numbers > at), numbers, none), axis=0)
    found = at < none
    at = jnp.where(found, at, 0)
    return jnp.where(found, nodes[at], jnp.nan), jnp.where(found, nodes[at + 1], jnp.nan)


def bracketed_root(f: Callable[[Array], Array], lower: Real[Array, "*b"], upper: Real[Array, "*b"]) -> Real[Array, "*b"]:
    """The root of an elementwise function between ``lower`` and ``upper``, to 7e-15 of the larger
    of the two in float64.

    ``f`` maps an array of shape b to one of shape b, element by element, with values of opposite
    sign at the ends; NaN ends give NaN. Derivatives in whatever ``f`` closes over are exact, to all
    orders, by the implicit function theorem; the ends are not differentiated.

    Chandrupatla's method: inverse quadratic interpolation where it is safe, else bisection.
    """
    lower, upper = jax.lax.stop_gradient((lower, upper))
    exists = jnp.isfinite(lower) & jnp.isfinite(upper)
    # Where there is no bracket the equation is evaluated at an end of another one, so that no NaN enters the gradient.
    somewhere = jnp.max(jnp.where(exists, lower, -jnp.inf))
    somewhere = jnp.where(jnp.isfinite(somewhere), somewhere, 1.0)
    lower, upper = jnp.where(exists, lower, somewhere), jnp.where(exists, upper, somewhere)
    root = jax.lax.custom_root(
        f,
        lower,
        lambda g, _: _chandrupatla(g, lower, upper),
        lambda slope, y: y / jnp.where(exists, slope(jnp.ones_like(y)), 1.0),
    )
    return jnp.where(exists, root, jnp.nan)


def _chandrupatla(f: Callable[[Array], Array], lower: Array, upper: Array) -> Array:
    """The function stands once in the program, where it is usually most of what is compiled: the
    loop evaluates the ends too, in its first two steps.
    """
    tolerance = 16 * jnp.finfo(lower.dtype).eps * jnp.maximum(jnp.abs(lower), jnp.abs(upper))

    def unfinished(state: tuple) -> Array:
        step, _, a, b, _, fa, fb, _ = state
        open_still = jnp.any((jnp.abs(b - a) > 2 * tolerance) & (fa != 0) & (fb != 0))
        return (step < 2) | ((step < MAX_STEPS) & open_still)

    def advance(state: tuple) -> tuple:
        step, t, a, b, c, fa, fb, fc = state
        x = jnp.where(step == 0, lower, jnp.where(step == 1, upper, a + t * (b - a)))
        fx = f(x)
        same = (jnp.sign(fx) == jnp.sign(fa)) & (step > 1)
        b, c, fb, fc = (
            jnp.where(same, b, a),
            jnp.where(same, a, b),
            jnp.where(same, fb, fa),
            jnp.where(same, fa, fb),
        )
        a, fa = x, fx
        t_min = jnp.minimum(0.5, tolerance / jnp.where(b == a, 1.0, jnp.abs(b - a)))
        xi, phi = _ratio(a - b, c - b), _ratio(fa - fb, fc - fb)
        quadratic = _ratio(fa, fb - fa) * _ratio(fc, fb - fc) + _ratio(c - a, b - a) * _ratio(fa, fc - fa) * _ratio(fb, fc - fb)
        safe = (jnp.square(phi) < xi) & (jnp.square(1 - phi) < 1 - xi)
        secant = jnp.clip(_ratio(fa, fa - fb), 0.01, 0.99)
        t = jnp.where(step < 2, secant, jnp.clip(jnp.where(safe, quadratic, 0.5), t_min, 1 - t_min))
        return step + 1, t, a, b, c, fa, fb, fc

    unknown = jnp.zeros_like(lower)
    start = (0, unknown, lower, lower, lower, unknown, unknown, unknown)
    _, _, a, b, _, fa, fb, _ = jax.lax.while_loop(unfinished, advance, start)
    return jnp.where(jnp.abs(fa) < jnp.abs(fb), a, b)


def _ratio(a: Array, b: Array) -> Array:
    return a / jnp.where(b == 0, 1.0, b)
