"""Coordinates on the g-2 band: m_phi' as a function of the pull and of the other parameters, and
its Jacobian.

A point (V, m_A', ..., pull) always has the pull asked for, however narrow the band is in m_phi'.
C_phi' falls with m_phi', so there is at most one such mass, and one bracket finds it;
``jt3r.gm2.band.solve`` is for the other parameters and many roots.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike
from jaxtyping import Real

from ..gm2.observables import pull_gm2
from ..kernels.numerics.promotion import as_float, floats
from ..kernels.numerics.roots import bracketed_root
from ..sensitivity import derivative
from .space import Space

BETWEEN = (1e-6, 1e3)
"""Masses in GeV between which m_phi' is sought: C_phi' is 3e-5 below its limit at the lower end,
and 2e-7 at the upper.
"""

Pull = Callable[[Any], Array]


@partial(jax.jit, static_argnames=("pull_of",))
def m_phi(point: Any, pull: ArrayLike, pull_of: Pull = pull_gm2) -> Array:
    """The m_phi' in GeV at which ``pull_of`` of the point is ``pull``; the point's own m_phi' is
    not read.

    All parameters and ``pull`` broadcast. NaN where there is no band: where no mass has that pull,
    as at V = 1 TeV, where the whole effect is too small. Gradients are exact, by the implicit
    function theorem, and finite wherever the mass is. ``pull_of`` must fall with m_phi', as
    pull_gm2 does, and ``jt3r.gm2.two_loop.pull_gm2_phi_barr_zee`` from 0.12 MeV on.
    """
    pull = as_float(pull)

    def excess(log_mass: Array) -> Array:
        return pull_of(point.with_values(m_phi=jnp.exp(log_mass))) - pull

    ends = jnp.log(jnp.asarray(BETWEEN, pull.dtype))
    at_low, at_high = jax.lax.stop_gradient(jax.lax.map(excess, ends))  # a loop: half as much to compile as two calls
    lower, upper = jnp.where((at_low >= 0) & (at_high <= 0), ends.reshape(2, *[1] * at_low.ndim), jnp.nan)
    return jnp.exp(bracketed_root(excess, lower, upper))


def jacobian(point: Any, pull_of: Pull = pull_gm2) -> Array:
    """dm_phi'/dpull in GeV, the other parameters fixed, at a point that has its m_phi';
    negative.
    """
    return 1 / derivative(pull_of, point, "m_phi")


def band_names(space: Space, pull_of: Pull = pull_gm2) -> tuple[str, ...]:
    """The coordinates of the space with the pull in the place of m_phi."""
    return tuple(pull_of.__name__ if name == "m_phi" else name for name in space.names)


def to_quantiles(
    space: Space, x: Real[Array, "*b n"], pull_of: Pull = pull_gm2
) -> tuple[Real[Array, "*b n"], Real[Array, "*b"]]:
    """Quantiles of the space's prior at ``x``, and the logarithm of their Jacobian.

    ``x`` holds prior quantiles, but the pull in the column of m_phi, which must be free. The
    prior's density in these coordinates, that of the plain ones times |du_phi/dpull|, is the
    exponential of the second result: -inf where there is no band, or where it lies outside the
    prior of m_phi. There the quantile of m_phi is NaN or outside [0, 1].
    """
    (x,) = floats(x)
    column, prior = space.names.index("m_phi"), space.free["m_phi"]
    others = space.point(x.at[..., column].set(0.5))

    mass = m_phi(others, x[..., column], pull_of)
    there = ~jnp.isnan(mass)
    mass = jnp.where(there, mass, prior.min)
    u, density = jax.jvp(prior.quantile, (mass,), (jnp.ones_like(mass),))
    slope = density * jacobian(others.with_values(m_phi=mass), pull_of)
    u = jnp.where(there, u, jnp.nan)
    inside = (u >= 0) & (u <= 1)
    log_jacobian = jnp.where(inside, jnp.log(jnp.abs(jnp.where(inside, slope, 1))), -jnp.inf)
    return x.at[..., column].set(u), log_jacobian


def from_quantiles(space: Space, u: Real[Array, "*b n"], pull_of: Pull = pull_gm2) -> Real[Array, "*b n"]:
    """Inverse of ``to_quantiles``: the pull of each point put in the column of m_phi."""
    (u,) = floats(u)
    return u.at[..., space.names.index("m_phi")].set(pull_of(space.point(u)))
