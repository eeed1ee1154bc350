"""Fits: many starts down to the minima of a likelihood."""

from collections.abc import Mapping

import jax
import jax.numpy as jnp
import numpy as np

from ...errors import unknown
from ...kernels.numerics.batching import joined
from ...programs.cache import quickly_compiled
from ...programs.float32 import warn_of_float32
from ..likelihood import Likelihood
from ..minimise import Minima
from ..objective import check
from ..space import Space
from .assembly import assemble
from .descend import Until, descend, starts_together
from .result import FitResult

Starts = Mapping[str, Mapping[str, float]]


def fit(
    likelihood: Likelihood,
    space: Space,
    starts: int = 1000,
    seed: int = 0,
    *,
    named_starts: Starts | None = None,
    until: Until = "minimum",
    warm_up: bool = True,
    observables: tuple[str, ...] = (),
) -> FitResult:
    """The minima of ``likelihood`` over ``space`` from ``starts`` random points of the priors.

    ``named_starts``: name -> values of free coordinates of one more start, the others in the middle
    of their priors. ``until="allowed"`` ends a start as soon as every term is within one standard
    deviation. ``warm_up=False`` leaves out Adam. ``observables`` are computed at every
    minimum. Raises ValueError for an unknown name or choice, and for a named start outside its
    prior, TypeError for what is no likelihood or space.

    >>> import jt3r
    >>> free = {"m_aprime": jt3r.Prior(0.01, 0.2), "m_phi": jt3r.Prior(0.05, 0.12)}
    >>> space = jt3r.Space(free, {"v": 10.0})
    >>> found = jt3r.fit(jt3r.Likelihood(("gm2",)), space, starts=8)
    >>> bool(found.converged.all())
    True
    """
    check(likelihood, space)
    named = named_starts or {}
    check_named(space, named)
    if until not in ("minimum", "allowed"):
        raise ValueError(f"until = {until!r}: allowed are minimum, allowed")
    if starts < 1:
        raise ValueError(f"starts = {starts}: must be at least 1")
    warn_of_float32(observables, likelihood.terms, "fit")
    total = len(named) + starts
    whole = ends_of(likelihood, space, range(total), starts_together(total), seed, named, until, warm_up)
    return assemble(likelihood, space, whole, tuple(named), tuple(observables), until, warm_up)


def ends_of(
    likelihood: Likelihood,
    space: Space,
    numbers: range,
    size: int,
    seed: int,
    named: Starts,
    until: Until = "minimum",
    warm_up: bool = True,
) -> Minima:
    """Where the starts of these ``numbers`` end, arrays of NumPy, ``size`` of them in a call."""
    parts = []
    for first in numbers[::size]:
        count = min(size, numbers.stop - first)
        parts.append((descend(likelihood, space, start_points(space, first, size, seed, named), until, warm_up, count), count))
    return joined(parts)


def check_named(space: Space, named: Starts) -> None:
    """Raise ValueError unless the named starts give values of free coordinates inside their
    priors.
    """
    for start, values in named.items():
        for name, value in values.items():
            if name not in space.free:
                raise ValueError(f"named_starts.{start}: " + unknown("free coordinate", name, space.free))
            if not space.free[name].min <= value <= space.free[name].max:
                raise ValueError(f"named_starts.{start}.{name} = {value}: outside the prior")


def start_points(space: Space, first: int, count: int, seed: int, named: Starts) -> np.ndarray:
    """Prior quantiles (count, n) of the starts from number ``first`` on: the named ones, then
    uniform ones.

    Each is a function of its number and of ``seed`` alone.
    """
    u = np.array(quickly_compiled(_uniform, len(space.names))(np.asarray(seed), np.arange(first, first + count)))
    for k, values in enumerate(named.values()):
        if first <= k < first + count:
            middle = {name: float(prior.value(jnp.asarray(0.5))) for name, prior in space.free.items()}
            u[k - first] = space.quantiles({**middle, **values})
    return u


def _uniform(n: int, seed: jax.Array, numbers: jax.Array) -> jax.Array:
    key = jax.random.key(seed)
    return jax.vmap(lambda number: jax.random.uniform(jax.random.fold_in(key, number), (n,)))(numbers)
