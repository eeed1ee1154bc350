"""Fits with some quantities held at given values, many at once.

A free coordinate is held at its value. An observable is held by one more residual, its distance
from the value over ``STIFF`` of the spacing of the values asked for; what it then reaches differs
from the value by about STIFF^2 of the spacing and is reported, and the residual is left out of the
chi-square. The other coordinates stay inside their priors by u = (1 + sin x)/2.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Real

from ...catalogue import observables
from ...kernels.numerics.devices import starts_of_block
from ...kernels.numerics.pytree import Pytree
from ...programs.cache import quickly_compiled
from ..likelihood import Likelihood
from ..newton import CONVERGED, newton
from ..objective import residual_vector
from ..space import Space, quantiles_of

STIFF = 1e-2


class Held(NamedTuple):
    """A quantity that is held, and the spacing of its values, in the value or, if ``log``, in its
    logarithm.
    """

    name: str
    step: float
    log: bool = False


class Fits(NamedTuple):
    """Fits (p) with the held quantities at given values, as arrays of NumPy.

    ``x`` (p, m): unbounded coordinates of the others. ``u`` (p, n): all quantiles. ``objective`` is
    the chi-square with the residuals that hold observables; both are infinite where the likelihood
    is NaN.
    """

    x: np.ndarray
    u: np.ndarray
    chi_square: np.ndarray
    objective: np.ndarray
    converged: np.ndarray

    def at(self, rows: np.ndarray) -> "Fits":
        """The fits of these rows."""
        return Fits(*(array[rows] for array in self))


class Constrained(Pytree):
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
        """All quantiles, with those of the others at ``w``; in the column of a free coordinate that
        is held, its value's.
        """
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

    def fits(self, values: np.ndarray, x: np.ndarray) -> Fits:
        """The minima that Newton's method reaches from ``x`` (p, m) at ``values`` (p, k), in blocks
        of a size that suits the device.
        """
        dtype, count = jnp.result_type(float), len(x)
        if not count:
            n = len(self.space.names)
            return Fits(x, np.zeros((0, n)), np.zeros(0), np.zeros(0), np.zeros(0, bool))
        pieces, size, block = [], starts_of_block(count), quickly_compiled(_block, self, runs_long=True)
        for first in range(0, count, size):
            rows = np.minimum(np.arange(first, first + size), count - 1)
            pieces.append(block(jnp.asarray(values[rows], dtype), jnp.asarray(x[rows], dtype)))
        found = Fits(*(np.concatenate([np.asarray(piece[k]) for piece in pieces])[:count] for k in range(5)))
        lost = ~np.isfinite(found.objective)
        return found._replace(
            chi_square=np.where(lost, np.inf, found.chi_square), objective=np.where(lost, np.inf, found.objective)
        )


def _block(problem: Constrained, values: Real[Array, "p k"], x: Real[Array, "p m"]) -> tuple[Array, ...]:
    def one(values: Array, x: Array) -> tuple[Array, ...]:
        converged = jnp.asarray(True)
        if x.shape[-1]:
            found = newton(lambda x: jnp.concatenate(problem.residuals(values, quantiles_of(x))), x)
            x, converged = found.x, found.gradient <= CONVERGED
        terms, holding = (jnp.sum(jnp.square(r)) for r in problem.residuals(values, quantiles_of(x)))
        return x, problem.quantiles(quantiles_of(x), values), terms, terms + holding, converged & jnp.isfinite(terms)

    return jax.vmap(one)(values, x)
