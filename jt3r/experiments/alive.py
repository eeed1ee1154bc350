"""Is any point of U(1)_T3R left? Descent by gradient of the strongest search over V, the masses and
the way A' decays.

Points start at random in a box and move against the slope of a smooth maximum of ln(rate/allowed)
over all results. A point is open if the true maximum is negative where it ends. phi' keeps to the
g-2 band, within two standard deviations of its centre.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Real

from ..gm2 import band
from ..point import Point
from . import left, load
from .excess import Excess, excess
from .load import MassCut
from .recast import TableExcess

BOX = {
    "v": (math.log(2.0), math.log(200.0)),
    "m_aprime": (math.log(2e-3), math.log(0.4)),
    "eta_over_phi": (math.log(0.2), math.log(5.0)),
    "invisible": (math.log(1e-18), math.log(0.03)),
    "pull": (-2.0, 2.0),
}
"""What is varied: logarithms of V and m_A' (GeV), of m_eta/m_phi', and of the further invisible
width of A' over its mass, at most that of a coupling of 1; and the pull of g-2.
"""

_TEMPERATURE, _FLOOR = 0.3, -40.0


class Found(NamedTuple):
    """Points, in no order; each array has one entry a start."""

    point: Point
    margin: Real[np.ndarray, " n"]
    """The largest ln(rate/allowed) of all results: negative at an open point, NaN where no phi'
    makes the band.
    """
    strongest: list[str]
    """The search that comes closest, or excludes most."""


def _point(unit: Array) -> Point:
    """The points of coordinates (5, n) in the unit cube."""
    v, mass, eta, invisible, pull = (
        low + (high - low) * jnp.clip(x, 0, 1) for x, (low, high) in zip(unit, BOX.values(), strict=True)
    )
    v, mass = jnp.exp(v), jnp.exp(mass)
    m_phi, _ = band.roots(Point(v=v, m_aprime=mass), pull)
    m_phi = jnp.where(jnp.isfinite(m_phi), m_phi, left.HEAVY)
    width = mass * jnp.exp(invisible)
    return Point(v=v, m_aprime=mass, m_phi=m_phi, m_eta=m_phi * jnp.exp(eta), delta=0 * mass, width_invisible=width)


def _added(values: Array) -> tuple[Array, Array]:
    kept = jnp.where(jnp.isfinite(values), jnp.maximum(values, _FLOOR), _FLOOR)
    return jnp.sum(kept), kept


@jax.jit
def _slopes(excess: Excess | TableExcess, at: Point) -> tuple[Array, Point]:
    """The strength of a search at points, and its slopes."""
    (_, values), slopes = jax.value_and_grad(lambda at: _added(excess(at)), has_aux=True)(at)
    return values, slopes


def _with_slopes(name: str, at: Point) -> tuple[Array, Point]:
    if isinstance(load.get(name), MassCut):
        return left.log_strength(name, at), jax.tree.map(jnp.zeros_like, at)
    return _slopes(excess(name), at)


def _all(names: Sequence[str], at: Point) -> tuple[np.ndarray, list[Point]]:
    values, slopes = zip(*(_with_slopes(name, at) for name in names), strict=True)
    shape = np.shape(at.m_aprime)
    clean = [np.nan_to_num(np.broadcast_to(np.asarray(x), shape), nan=_FLOOR, neginf=_FLOOR) for x in values]
    return np.stack(clean), list(slopes)


def _weighted(weights: np.ndarray, slopes: list[Point]) -> Point:
    """The slope of the smooth maximum; parameters that all points share do not move."""

    def add(*each: Array) -> Array:
        if each[0].ndim == 0:
            return jnp.zeros_like(each[0])
        return sum(weight * jnp.nan_to_num(slope) for weight, slope in zip(weights, each, strict=True))

    return jax.tree.map(add, *slopes)


def search(
    starts: int = 200,
    steps: int = 60,
    seed: int = 0,
    as_of: int | None = None,
    rate: float = 0.03,
    names: Sequence[str] | None = None,
) -> Found:
    """Descend from random points; the same seed gives the same points. Compiling takes a minute or
    two.

    ``as_of``: results published in that year or before; ``names``: these searches instead.
    ``rate``: length of the first steps in the unit cube; it falls by ten. Adam's steps, on the
    smooth maximum of temperature 0.3.
    """
    wanted = left.results(as_of) if names is None else names
    cuts = [name for name in wanted if isinstance(load.get(name), MassCut)]
    names = [name for name in wanted if name not in cuts]
    unit = jnp.asarray(np.random.default_rng(seed).uniform(0.02, 0.98, (len(BOX), starts)))
    place = jax.jit(lambda x: jax.vjp(_point, x))
    first, second = np.zeros(unit.shape), np.zeros(unit.shape)
    for step in range(steps):
        at, pull_back = place(unit)
        values, slopes = _all(names, at)
        weights = np.exp((values - values.max(axis=0)) / _TEMPERATURE)
        weights /= weights.sum(axis=0)
        total = _weighted(weights, slopes)
        slope = np.nan_to_num(np.asarray(pull_back(total)[0]))
        first, second = 0.9 * first + 0.1 * slope, 0.99 * second + 0.01 * slope**2
        length = rate * 10 ** (-step / steps)
        move = length * (first / (1 - 0.9 ** (step + 1))) / (np.sqrt(second / (1 - 0.99 ** (step + 1))) + 1e-12)
        unit = jnp.clip(unit - move, 0, 1)
    at = _point(unit)
    values, _ = _all([*names, *cuts], at)
    margin = np.where(np.asarray(at.m_phi) < left.HEAVY, values.max(axis=0), np.nan)
    return Found(at, margin, [[*names, *cuts][n] for n in values.argmax(axis=0)])
