"""The g-2 band: the value of one parameter at which the g-2 pull takes a given value, and its
derivatives.

>>> import jax, jt3r
>>> m_phi, roots = jt3r.band.solve(jt3r.Point(m_aprime=0.11))
>>> print(f"{1e3 * m_phi:.4f} MeV")
79.2109 MeV
>>> slope = jax.grad(lambda m: jt3r.band.solve(jt3r.Point(m_aprime=m))[0])(0.11)
>>> print(f"{slope:.4f}")
-0.0991
"""

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from ..kernels.numerics.promotion import as_float
from ..kernels.numerics.roots import bracketed_root, nth_bracket, sign_changes
from ..point import Point
from ..programs.float32 import warn_of_float32
from .observables import pull_gm2

NODES = 65
"""Values, evenly in the logarithm, that cut the search interval to find the roots in it."""


def solve(
    point: Point,
    pull: ArrayLike = 0.0,
    solve_for: str = "m_phi",
    between: tuple[float, float] = (1e-6, 1e3),
    root: int = 0,
    pull_of: Callable[[Point], Array] = pull_gm2,
) -> tuple[Array, Array]:
    """The value of the parameter ``solve_for`` at which ``pull_of`` equals ``pull``, and how many
    such values there are.

    The other parameters of ``point`` and ``pull`` broadcast to the shape of the result. Roots are
    sought ``between`` two positive values in GeV and numbered from the lowest, which is ``root`` =
    0; NaN where there is no root of that number. Relative accuracy 1e-14 in float64, and exact
    derivatives of all orders in the point's parameters and in the pull. ``pull_of`` is pull_gm2, or
    ``jt3r.gm2.two_loop.pull_gm2_phi_barr_zee`` for the band with contributions beyond the paper. In
    float32 roots are good to 3e-6, and a RuntimeWarning says what their derivatives are good to.
    """
    warn_of_float32(kind="band")
    return roots(point, pull, solve_for, between, root, pull_of)


@partial(jax.jit, static_argnames=("solve_for", "root", "pull_of"))
def roots(
    point: Point,
    pull: ArrayLike = 0.0,
    solve_for: str = "m_phi",
    between: tuple[float, float] = (1e-6, 1e3),
    root: int = 0,
    pull_of: Callable[[Point], Array] = pull_gm2,
) -> tuple[Array, Array]:
    """``solve`` for programs, whose users are told elsewhere what float32 costs."""
    pull = as_float(pull)

    def pull_at(log_x: Array) -> Array:
        return pull_of(point.with_values(**{solve_for: jnp.exp(log_x)}))

    nodes = jnp.linspace(jnp.log(between[0]), jnp.log(between[1]), NODES, dtype=pull.dtype)
    sampled = jax.lax.stop_gradient(jax.lax.map(pull_at, nodes))
    sampled = sampled.reshape(NODES, *[1] * (pull.ndim + 1 - sampled.ndim), *sampled.shape[1:])
    changed = sign_changes(sampled - jax.lax.stop_gradient(pull))
    lower, upper = nth_bracket(changed, nodes, root)
    return jnp.exp(bracketed_root(lambda log_x: pull_at(log_x) - pull, lower, upper)), changed.sum(0)
