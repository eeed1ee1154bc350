"""From where many starts ended to the result of a fit: what each minimum is worth, and which are
connected.
"""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...catalogue import observables as catalogue
from ...kernels.numerics.batching import in_blocks
from ...kernels.numerics.devices import points_of_paths
from ...programs.cache import quickly_compiled
from ..likelihood import Likelihood
from ..minimise import Minima
from ..newton import Expansion
from ..objective import Problem, chi_square
from ..significance import goodness
from ..space import Space
from .basins import basins, distinct
from .descend import Until, downhill, expansions, starts_together
from .result import DEGENERATE, Arrays, FitResult

FLAT = 1e-9
"""Eigenvalues of a Hessian in the priors' quantiles below this part of the largest leave a
direction free.
"""

GOODNESS = ("p_value", "sigma", "gain", "gain_sigma")
"""What ``jt3r.inference.significance.Goodness`` says of each minimum."""


def assemble(
    likelihood: Likelihood,
    space: Space,
    ends: Minima,
    named: tuple[str, ...],
    observables: tuple[str, ...] = (),
    until: Until = "minimum",
    warm_up: bool = True,
) -> FitResult:
    """The result of starts that ended at ``ends``, arrays of NumPy: distinct minima, best first.
    NaN ends belong to none. ``until`` and ``warm_up`` tell how they went down.
    """
    problem = Problem(likelihood, space)
    at, end_chi_square = np.asarray(ends.u), np.asarray(ends.chi_square)
    finite = np.flatnonzero(np.isfinite(end_chi_square))
    owner = np.full(len(at), -1)
    owner[finite] = finite[distinct(at[finite], end_chi_square[finite])] if len(finite) else owner[finite]
    owners = np.unique(owner[owner >= 0])
    lowest = np.min(end_chi_square[owners], initial=np.inf)
    degenerate = end_chi_square[owners] <= lowest + DEGENERATE
    minima = owners[np.lexsort((owners, np.where(degenerate, lowest, end_chi_square[owners])))]
    place = np.full(len(at) + 1, -1)
    place[minima] = np.arange(len(minima))
    u, found = at[minima], end_chi_square[minima]

    def about(u: np.ndarray) -> Expansion:
        return expansions(likelihood, space, u, starts_together(len(at)), warm_up and until == "minimum")

    arrays: Arrays = {
        "start_minimum": place[owner],
        "start_chi_square": end_chi_square,
        "start_converged": np.asarray(ends.converged),
        "evaluations": np.asarray(ends.evaluations),
        "chi_square": found,
        "gradient": np.asarray(ends.gradient)[minima],
        "converged": np.asarray(ends.converged)[minima],
        "starts": np.bincount(place[owner][owner >= 0], minlength=len(minima)),
        "basin": basins(
            u,
            found,
            partial(in_blocks, quickly_compiled(_height, problem), size=points_of_paths(len(u))),
            partial(downhill, about),
        ),
    }
    described = _described(problem, u, about(u) if len(u) else None, observables)
    return FitResult(likelihood, space, named, arrays | described)


def _height(problem: Problem, u: jax.Array) -> jax.Array:
    return chi_square(*problem, u)


def _derived(about: tuple[Problem, tuple[str, ...]], u: jax.Array) -> tuple[dict[str, jax.Array], jax.Array]:
    """Coordinates, vetoes and observables at quantiles ``u``, and the slopes of the coordinates:
    each depends on its own quantile alone.
    """
    (likelihood, space), observables = about
    point = space.point(u)
    found: dict[str, Any] = {**space.values(u), "vetoed": likelihood.vetoed(point)}
    found |= {name: catalogue[name](point) for name in observables}
    _, slopes = jax.jvp(space.values, (u,), (jnp.ones_like(u),))
    told = {name: jnp.broadcast_to(value, u.shape[:-1]) for name, value in found.items()}
    return told, jnp.stack([slopes[name] for name in space.names], axis=-1)


def _described(problem: Problem, u: np.ndarray, about: Expansion | None, observables: tuple[str, ...]) -> Arrays:
    """Coordinates, terms, observables, Hessian and covariance of the minima at quantiles ``u``,
    residuals ``about`` each.
    """
    likelihood, space = problem
    terms = [term.name for term in likelihood.summed]
    if about is None:
        names = [*space.names, "vetoed", *(f"chi_square_{name}" for name in terms), *observables, "tuning", "flat", *GOODNESS]
        square = np.zeros((0, len(space.names), len(space.names)))
        return {**dict.fromkeys(names, np.zeros(0)), "hessian": square, "covariance": square}
    arrays, scale = in_blocks(quickly_compiled(_derived, (problem, observables)), u)
    parts = dict(zip(terms, np.square(about.residuals).T, strict=True))
    curvature = 2 * np.asarray(about.hessian)
    matrix = curvature / (scale[:, :, None] * scale[:, None, :])
    relative = np.stack([arrays[name] for name in space.names], axis=-1) / scale
    tuning = np.abs(about.jacobian * relative[:, None, :]).max(axis=(1, 2))
    judged = goodness(likelihood, space, parts)
    return arrays | {
        **{f"chi_square_{name}": value for name, value in parts.items()},
        "hessian": matrix,
        "covariance": _covariance(curvature, scale),
        "tuning": tuning,
        "flat": np.sum(np.linalg.eigvalsh(curvature) <= FLAT * np.linalg.eigvalsh(curvature)[:, -1:], axis=-1),
        **{name: getattr(judged, name) for name in GOODNESS},
    }


def _covariance(curvature: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """2 H^-1 in the coordinates' units, NaN where H is not positive: the likelihood fixes not all
    coordinates there.
    """
    covariance = np.full_like(curvature, np.nan)
    for k, matrix in enumerate(curvature):
        size = np.sqrt(np.abs(np.diagonal(matrix)))
        if np.isfinite(matrix).all() and (size > 0).all():
            values = np.linalg.eigvalsh(matrix / np.outer(size, size))
            if values[0] > 1e-10 * values[-1]:
                covariance[k] = 2 * np.linalg.inv(matrix / np.outer(size, size)) / np.outer(size, size)
    return covariance * scale[:, :, None] * scale[:, None, :]
