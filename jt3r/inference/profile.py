"""Profiles of a likelihood: the smallest chi-square where some quantities have given values, and where it crosses a level.

A free coordinate is held at its value. An observable is held by one more residual, its distance from the value over `STIFF` of
the spacing of the values asked for; what it then reaches differs from the value by about STIFF^2 of the spacing and is
reported, and the residual is left out of the chi-square. The other coordinates stay inside their priors by u = (1 + sin x)/2.
"""

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Real

from jt3r import observables
from jt3r.inference.likelihood import Likelihood
from jt3r.inference.objective import residual_vector
from jt3r.inference.space import Space
from jt3r.kernels.numerics.roots import bracketed_root

from .bounds import quantiles_of
from .newton import CONVERGED, newton

STIFF = 1e-2


class Held(NamedTuple):
    """A quantity that is held, and the spacing of its values, in the value or, if `log`, in its logarithm."""

    name: str
    step: float
    log: bool = False


class Fit(NamedTuple):
    """A fit with the held quantities at given values: coordinates ``x`` of the others, all quantiles ``u``."""

    x: Real[Array, "*b m"]
    u: Real[Array, "*b n"]
    chi_square: Real[Array, "*b"]
    objective: Real[Array, "*b"]
    converged: Bool[Array, "*b"]


@dataclass(frozen=True, eq=False)
class Profile:
    """Fits of ``likelihood`` over ``space`` with the quantities ``held`` at given values."""

    likelihood: Likelihood
    space: Space
    held: tuple[Held, ...]

    @property
    def rest(self) -> np.ndarray:
        """Columns of the coordinates that are not held."""
        names = {held.name for held in self.held}
        return np.array([k for k, name in enumerate(self.space.names) if name not in names], dtype=int)

    def quantiles(self, w: Real[Array, " m"], values: Real[Array, " k"]) -> Real[Array, " n"]:
        """All quantiles, with those of the others at ``w``; in the column of a free coordinate that is held, its value's."""
        u = jnp.zeros(len(self.space.names), values.dtype).at[self.rest].set(w)
        for held, value in zip(self.held, values, strict=True):
            if held.name in self.space.free:
                u = u.at[self.space.names.index(held.name)].set(self.space.free[held.name].quantile(value))
        return u

    def residuals(self, values: Real[Array, " k"], w: Real[Array, " m"]) -> tuple[Real[Array, " t"], Real[Array, " h"]]:
        """Residuals of the likelihood's terms, and those that hold observables."""
        u = self.quantiles(w, values)
        point, holding = self.space.point(u), []
        for held, value in zip(self.held, values, strict=True):
            if held.name not in self.space.free:
                reached = observables[held.name](point)
                distance = jnp.log(reached / value) if held.log else reached - value
                holding.append(distance / (STIFF * held.step))
        return residual_vector(self.likelihood, self.space, u), jnp.asarray(holding, u.dtype)

    def fit(self, values: Real[Array, " k"], x: Real[Array, " m"]) -> Fit:
        """The minimum that Newton's method reaches from ``x``, ``x`` itself where it meets NaN."""
        converged = jnp.asarray(True)
        if len(self.rest):
            found = newton(lambda x: jnp.concatenate(self.residuals(values, quantiles_of(x))), x)
            x, converged = found.x, found.gradient <= CONVERGED
        terms, holding = (jnp.sum(jnp.square(r)) for r in self.residuals(values, quantiles_of(x)))
        return Fit(x, self.quantiles(quantiles_of(x), values), terms, terms + holding, converged & jnp.isfinite(terms))


@partial(jax.jit, static_argnums=0)
def best_fit(profile: Profile, x: Real[Array, "s m"]) -> Fit:
    """The best of the fits from the starts ``x`` of a profile that holds nothing."""
    fits = jax.lax.map(partial(profile.fit, jnp.zeros(0, x.dtype)), x)  # one at a time: a batch takes twice as long to compile
    best = jnp.argmin(jnp.where(jnp.isnan(fits.chi_square), jnp.inf, fits.chi_square))
    return jax.tree.map(lambda a: a[best], fits)


@partial(jax.jit, static_argnums=0)
def path(profile: Profile, values: Real[Array, "p k"], x: Real[Array, " m"]) -> Fit:
    """Fits along ``values``, each from its neighbour's: the path is gone in both directions from ``x``, the better kept."""

    def step(x: Array, value: Array) -> tuple[Array, Fit]:
        fit = profile.fit(value, x)
        return fit.x, fit

    there_and_back = jax.lax.map(lambda way: jax.lax.scan(step, x, way)[1], jnp.stack([values, values[::-1]]))
    one, other = (jax.tree.map(lambda a, k=k: a[k, :: 1 - 2 * k], there_and_back) for k in (0, 1))
    better = ~(other.objective < one.objective)
    return jax.tree.map(lambda a, b: jnp.where(better.reshape(-1, *[1] * (a.ndim - 1)), a, b), one, other)


@partial(jax.jit, static_argnums=0)
def crossings(
    profile: Profile, lower: Real[Array, " r"], upper: Real[Array, " r"], x: Real[Array, "r m"], level: Real[Array, " r"]
) -> Real[Array, " r"]:
    """Where the profile of one quantity crosses ``level`` between two values, by fits that begin at ``x``; NaN for NaN ends."""

    def one(lower: Array, upper: Array, x: Array, level: Array) -> Array:
        def excess(value: Array) -> Array:
            return profile.fit(jax.lax.stop_gradient(value)[None], x).chi_square - level

        return bracketed_root(excess, lower, upper)

    return jax.lax.map(lambda row: one(*row), (lower, upper, x, level))


def brackets(values: np.ndarray, excess: np.ndarray, best: int) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """The neighbours between which ``excess`` turns positive on each side of ``best``, where it is not; None if nowhere."""
    above = [k for k in range(best, len(values)) if excess[k] > 0]
    below = [k for k in range(best, -1, -1) if excess[k] > 0]
    return (below[0], below[0] + 1) if below else None, (above[0] - 1, above[0]) if above else None
