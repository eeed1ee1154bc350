"""Toy data of a fitted model: how often data this far off or farther come about, and how often an
interval holds the truth.

Toy data are drawn at a point from the likelihood of the Gaussian terms themselves, theory errors
and correlations included; limits, cuts and counts stay as they are. Thousands of toys are fitted in
one program, each from the same few starts. The errors of a toy measurement are those of the real
one. Source of the method: B. Efron, R. J. Tibshirani, An Introduction to the Bootstrap (1993), the
parametric bootstrap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Real

from ..inference.fits.result import FitResult
from ..inference.likelihood import Likelihood
from ..inference.newton import newton
from ..inference.space import Space, quantiles_of, unbounded_of
from ..kernels.numerics.devices import starts_of_block

STARTS = 4
"""Basins of a fit from which each toy is fitted."""


@dataclass(frozen=True)
class ToyTest:
    """``chi_square`` (t) of the measurements in the fit of each toy; ``observed`` that of the data.

    ``p_value`` is the part of toys that fit as badly as the data or worse, (k + 1)/(t + 1), with
    its binomial ``error``.
    """

    observed: float
    chi_square: np.ndarray

    @property
    def p_value(self) -> float:
        """Chance of a larger chi-square."""
        return float((np.sum(self.chi_square >= self.observed) + 1) / (len(self.chi_square) + 1))

    @property
    def error(self) -> float:
        """Statistical error of the chance."""
        return float(np.sqrt(self.p_value * (1 - self.p_value) / len(self.chi_square)))

    def __repr__(self) -> str:
        return f"chi-square {self.observed:.4g}: p = {self.p_value:.4f} +- {self.error:.4f} by {len(self.chi_square)} toys"


def _residuals(likelihood: Likelihood, space: Space, u: Array, shift: Array) -> dict[str, Array]:
    return likelihood.residuals(space.point(u), dict(zip(likelihood.movable, shift, strict=True)))


@partial(jax.jit, static_argnames="count")
def draw(likelihood: Likelihood, space: Space, u: Real[Array, " n"], count: int, key: Array) -> Real[Array, "t m"]:
    """Shifts of the measured values, in their errors, that make toy data of the point at prior
    quantiles ``u``.

    Residuals are linear in the shift: it is the one at which they are independent standard
    Gaussians at the point.
    """
    names = likelihood.movable

    def at(shift: Array) -> Array:
        found = _residuals(likelihood, space, u, shift)
        return jnp.stack([found[name] for name in names])

    none = jnp.zeros(len(names), u.dtype)
    z = jax.random.normal(key, (count, len(names)), u.dtype)
    return jnp.linalg.solve(jax.jacfwd(at)(none), (z - at(none)).T).T


@partial(jax.jit, static_argnames="held")
def lowest(
    likelihood: Likelihood, space: Space, shifts: Real[Array, "t m"], starts: Real[Array, "s n"], held: tuple[int, ...] = ()
) -> tuple[Real[Array, " t"], Real[Array, " t"], Real[Array, "t n"]]:
    """-2 ln L, chi-square of the Gaussian terms, and quantiles of the best fit of each toy, from
    each of the starts.

    Coordinates ``held``, by their columns, stay where the starts have them.
    """
    free = np.setdiff1d(np.arange(starts.shape[1]), held)

    def fit(shift: Array, start: Array) -> tuple[Array, Array, Array]:
        def place(x: Array) -> Array:
            return start.at[free].set(quantiles_of(x))

        def residuals(x: Array) -> Array:
            return jnp.stack(list(_residuals(likelihood, space, place(x), shift).values()))

        x = unbounded_of(start[free])
        u = place(newton(residuals, x).x) if len(free) else start
        found = _residuals(likelihood, space, u, shift)
        every = jnp.sum(jnp.square(jnp.stack(list(found.values()))))
        return every, jnp.sum(jnp.square(jnp.stack([found[name] for name in likelihood.movable]))), u

    def best(shift: Array) -> tuple[Array, Array, Array]:
        every, measured, u = jax.lax.map(partial(fit, shift), starts)
        k = jnp.argmin(jnp.where(jnp.isnan(every), jnp.inf, every))
        return every[k], measured[k], u[k]

    return jax.lax.map(best, shifts, batch_size=starts_of_block(len(shifts)))


def goodness_by_toys(
    likelihood: Likelihood, space: Space, minima: Sequence[Sequence[float]] | np.ndarray, count: int = 1000, seed: int = 0
) -> ToyTest:
    """How often toy data of the first of the ``minima`` (s, n), prior quantiles, fit worse than the
    data.

    Each toy is fitted from all of the ``minima``. Raises ValueError for less than one toy, and
    where no term is a Gaussian measurement.
    """
    if count < 1:
        raise ValueError(f"toys = {count}: must be at least 1")
    if not likelihood.movable:
        raise ValueError("terms: toy data need at least one Gaussian measurement among them")
    starts = jnp.asarray(minima, jnp.result_type(float))
    shifts = draw(likelihood, space, starts[0], count, jax.random.key(seed))
    found = likelihood.residuals(space.point(starts[0]))
    observed = float(sum(jnp.square(found[name]) for name in likelihood.movable))
    return ToyTest(observed, np.asarray(lowest(likelihood, space, shifts, starts)[1]))


def of_fit(result: FitResult, count: int = 1000, seed: int = 0) -> ToyTest:
    """``goodness_by_toys`` of the best minimum of a fit, each toy fitted from the best of each of
    the first basins.

    Raises ValueError for a fit without minima.
    """
    if not len(result):
        raise ValueError("the fit has no minimum to draw toy data of")
    chosen = result.best_of_basins()[:STARTS]
    u = result.space.quantiles({name: values[chosen] for name, values in result.parameters.items()})
    return goodness_by_toys(result.likelihood, result.space, np.asarray(u), count, seed)


def coverage(
    likelihood: Likelihood, space: Space, truth: dict[str, float], name: str, count: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """The part of toy data of the ``truth``, a value of every free coordinate, whose interval of
    ``name`` at Delta chi-square = 1 holds it, and its statistical error.

    68.3 % for a Gaussian; more or less where the parameter is at a bound. Raises ValueError for a
    coordinate that is not free.
    """
    if name not in space.names:
        raise ValueError(f"no free coordinate {name!r}; there are {', '.join(space.names)}")
    u = space.quantiles(truth)
    shifts = draw(likelihood, space, u, count, jax.random.key(seed))
    column = space.names.index(name)
    starts = jnp.stack([u, u.at[column].set(0.25), u.at[column].set(0.75)])  # the truth may be a saddle, as C_S = 0 is
    free = lowest(likelihood, space, shifts, starts)[0]
    held = lowest(likelihood, space, shifts, u[None], (column,))[0]
    part = float(np.mean(np.asarray(held - jnp.minimum(free, held)) <= 1))
    return part, float(np.sqrt(part * (1 - part) / count))
