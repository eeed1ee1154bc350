"""Residuals: signed square roots of -2 ln L, so that a sum of squares is a likelihood that least
squares can minimise.

Every function is one side of ln L(best) - ln L = residual^2/2, zero at the best value of what it
describes. Residuals are pure numbers, standard deviations of a Gaussian; arguments broadcast.
"""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from .promotion import floats
from .slopes import by_slopes


@jax.jit
def poisson(log_signal: Real[ArrayLike, "*b"], background: ArrayLike, observed: ArrayLike) -> Real[Array, "*b"]:
    """Residual of a count: sqrt(2 [s + b - n - n ln((s + b)/n)]) with the sign of s + b - n; sqrt(2
    s) for n = 0.

    ``log_signal`` ln s, -inf for none; ``background`` b and ``observed`` n at least 0, where n > 0
    needs b > 0: else an observed event would exclude s = 0 (-inf there). n = 0 leaves out the
    constant 2 b. Relative accuracy 6e-14 in float64, the worst being that of log1p where s + b is
    0.6 n; the gradient in ln s is finite wherever s is. Source: S. Baker, R. D. Cousins, Nucl.
    Instrum. Meth. 221, 437 (1984).
    """
    log_signal, background, observed = floats(log_signal, background, observed)
    none = observed == 0
    count = jnp.where(none, 1, observed)
    excess = jnp.where(none, 0, (jnp.exp(log_signal) + background - count) / count)
    seen = jnp.sqrt(2 * count) * _root_of_excess_entropy(excess)
    # exp(ln s/2), not sqrt(s): the latter's slope is infinite at s = 0
    return jnp.where(none, jnp.sqrt(jnp.asarray(2, log_signal.dtype)) * jnp.exp(log_signal / 2), seen)


_SERIES_BELOW = 0.02
_TERMS = 12
"""0.02^12 is 4e-21."""


@by_slopes
def _root_of_excess_entropy(x: Array) -> Array:
    """sqrt(x - ln(1 + x)) with the sign of x > -1: a series about 0, where the difference loses its
    digits.
    """
    near = jnp.abs(x) < _SERIES_BELOW
    small, large = jnp.where(near, x, 0), jnp.where(near, 1, x)
    series = sum(1 / (k + 2) * (-small) ** k for k in range(_TERMS))
    return jnp.where(near, small * jnp.sqrt(series), jnp.sign(large) * jnp.sqrt(large - jnp.log1p(large)))


@jax.jit
def interval_wall(x: Real[ArrayLike, "*b"], lower: ArrayLike, upper: ArrayLike, width: ArrayLike) -> Real[Array, "*b"]:
    """Residual that keeps x out of an excluded interval: (x - a)(b - x)/((b - a) width) inside, 0
    outside.

    Of slope 1/width at both edges: x may be inside by ``width`` for one standard deviation. Its
    square has a continuous gradient; a point at the middle feels none. ``upper`` = inf is a wall
    with one side, (x - a)/width; an empty interval is 0. Source: none, a smooth stand-in for a
    published hard edge.
    """
    x, lower, upper, width = floats(x, lower, upper, width)
    inside = (x > lower) & (x < upper)
    two_sided = (upper > lower) & ~jnp.isinf(upper)
    span = jnp.where(two_sided, upper - lower, 1)
    share = jnp.where(two_sided, (jnp.where(two_sided, upper, 0) - x) / span, 1)
    return jnp.where(inside, (x - lower) * share / width, jnp.where(jnp.isnan(x), x, 0))


@jax.jit
def upper_limit(x: Real[ArrayLike, "*b"], limit: ArrayLike, deviations: ArrayLike) -> Real[Array, "*b"]:
    """Residual of a quantity x >= 0 of which only an upper limit is known: a half-Gaussian about 0.

    ``deviations``: how many standard deviations the limit is, 1.6449 for one-sided 95 % CL. Source:
    none beyond the limit itself; exact where a Gaussian measurement found zero.
    """
    x, limit, deviations = floats(x, limit, deviations)
    return x * (deviations / limit)
