"""Counts of float64 values that are computed in float32 first, for devices whose float64 is slow:
a point goes to float64 only where a bound on the error of float32 does not decide.

The last stage of a counted map is sums, differences and products of numbers that extend over less
than the whole mesh, so have float64 at no cost. With u = 2^-24 and t = 2^-126, the unit of rounding
and the smallest normal number of float32 (smaller ones may be flushed to zero), S_a the largest |a|
of the tile and E_a what its float32 value may differ by, the usual forward analysis (Higham,
Accuracy and Stability of Numerical Algorithms, 2002, ch. 3) gives

    a given      S = max |a|      E = u S + t
    a + b, a - b S = S_a + S_b    E = e + u (S + e) + t,  e = E_a + E_b
    a b          S = S_a S_b      E = e + u (S + e) + t,  e = E_a S_b + E_b S_a + E_a E_b

It is doubled: for roundings of float64, smaller by 2^29, and for constants that a compiler joins,
(a - c) d. Where a number could overflow float32 the bound is infinite, and nothing is decided.
Points are taken in groups along the last axis. A group is decided if as many of its points hold
with a threshold moved inwards by the bound as with one moved outwards: then they are the same
points, and those of float64. The other groups are counted in float64, by the same operations.
"""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jt3r.kernels.numerics.jax_internals import ClosedJaxpr, Literal

GROUP = 1024
"""Points of a group at most: one in a group of so many is undecided in some hundred groups."""

BATCH = 2**12
"""Undecided groups that go to float64 at a time."""

UNIT, TINY = 2.0**-24, 2.0**-126

Holds = Callable[[jax.Array, Any], jax.Array]
"""Of values and a threshold: where the values hold, nowhere for NaN."""

_OPERATIONS: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "neg": operator.neg,
    "abs": abs,
}


@dataclass(frozen=True)
class _Single:
    """A float32 array, the largest size of the float64 one that it stands for, and what they may
    differ by.
    """

    value: jax.Array
    size: jax.Array
    error: jax.Array

    @classmethod
    def of(cls, exact: jax.Array) -> "_Single":
        size = jnp.max(jnp.where(jnp.isnan(exact), 0, jnp.abs(exact)))
        return cls._rounded(exact.astype(np.float32), size, jnp.zeros(()))

    @classmethod
    def _rounded(cls, value: jax.Array, size: jax.Array, error: jax.Array) -> "_Single":
        fits = 2 * (size + error) < np.finfo(np.float32).max
        return cls(value, size, jnp.where(fits, error + UNIT * (size + error) + TINY, jnp.inf))

    def __add__(self, other: "_Single") -> "_Single":
        return self._rounded(self.value + other.value, self.size + other.size, self.error + other.error)

    def __sub__(self, other: "_Single") -> "_Single":
        return self + -other

    def __mul__(self, other: "_Single") -> "_Single":
        error = self.error * other.size + other.error * self.size + self.error * other.error
        return self._rounded(self.value * other.value, self.size * other.size, error)

    def __neg__(self) -> "_Single":
        return _Single(-self.value, self.size, self.error)

    def __abs__(self) -> "_Single":
        return _Single(abs(self.value), self.size, self.error)


def _run(program: ClosedJaxpr, values: Sequence[Any], of: Callable[[jax.Array], Any]) -> Any:
    """The only result of a program of known operations; ``of`` makes its numbers what ``values``
    are.
    """
    table: dict[Any, Any] = dict(zip(program.jaxpr.invars, values, strict=True))
    table |= {variable: of(jnp.asarray(x)) for variable, x in zip(program.jaxpr.constvars, program.consts, strict=True)}
    for equation in program.jaxpr.eqns:
        read = [of(jnp.asarray(atom.val)) if isinstance(atom, Literal) else table[atom] for atom in equation.invars]
        table[equation.outvars[0]] = _OPERATIONS[equation.primitive.name](*read)
    return table[program.jaxpr.outvars[0]]


class MixedTile:
    """A tile of ``shape`` whose values ``combine`` makes of float64 ``values``, arrays of its rank
    or without axes, as last stages have them.
    """

    def __init__(self, combine: Callable[[list[jax.Array]], list[jax.Array]], values: list[jax.Array], shape: tuple[int, ...]):
        self._program = jax.make_jaxpr(combine)(values)
        self._shape, chunks = shape, -(-shape[-1] // GROUP)
        self._group = -(-shape[-1] // chunks)
        self._groups = (*shape[:-1], chunks)
        self._exact = [self._cut(x) if x.ndim else x for x in values]

    def _cut(self, x: jax.Array) -> jax.Array:
        """``x`` with its last axis, filled up by NaN, cut into groups and their points."""
        if x.shape[-1] == 1:
            return x[..., None]
        filling = [(0, 0)] * (x.ndim - 1) + [(0, self._groups[-1] * self._group - x.shape[-1])]
        return jnp.pad(x, filling, constant_values=jnp.nan).reshape(*x.shape[:-1], self._groups[-1], self._group)

    @staticmethod
    def suits(combine: Callable[[list[jax.Array]], list[jax.Array]], values: list[jax.Array], shape: tuple[int, ...]) -> bool:
        """Whether the values of a tile of ``shape`` are float64 and made by operations whose error
        is bounded here.
        """
        program = jax.make_jaxpr(combine)(values)
        known = all(equation.primitive.name in _OPERATIONS for equation in program.jaxpr.eqns)
        double = all(x.dtype == np.float64 and x.ndim in (0, len(shape)) for x in [*values, *program.consts])
        return known and double and program.out_avals[0].shape == shape

    def _single(self) -> tuple[jax.Array, jax.Array]:
        """Float32 values of the mesh of groups, their points last, and the bound on their error."""
        found = _run(self._program, [_Single.of(x) for x in self._exact], _Single.of)
        return found.value, 2 * found.error

    def _double(self, step: Callable[[Any, jax.Array, jax.Array], Any], undecided: jax.Array, found: Any) -> Any:
        """``found`` after a ``step`` for each batch of undecided groups, of the values before, of
        the batch's, NaN where it has no group, and of the groups' numbers.
        """
        (number,) = jnp.nonzero(undecided, size=-(-undecided.size // BATCH) * BATCH, fill_value=undecided.size)
        number = number.astype(np.int32)

        def batch(k: jax.Array, found: Any) -> Any:
            which = jax.lax.dynamic_slice_in_dim(number, k * BATCH, BATCH)
            place = jnp.unravel_index(jnp.minimum(which, undecided.size - 1), self._groups)
            value = _run(self._program, [self._of_groups(x, place) for x in self._exact], lambda x: x)
            return step(found, jnp.where((which < undecided.size)[:, None], value, jnp.nan), which)

        return jax.lax.fori_loop(0, (jnp.sum(undecided, dtype=np.int32) + BATCH - 1) // BATCH, batch, found)

    def _of_groups(self, x: jax.Array, place: Sequence[jax.Array]) -> jax.Array:
        """What the groups at ``place`` need of ``x``, (groups, points or 1)."""
        if x.ndim == 0:
            return x
        return x[tuple(at if n > 1 else 0 for at, n in zip(place, x.shape[:-1], strict=True))].reshape(-1, x.shape[-1])

    def count(self, holds: Holds, thresholds: jax.Array) -> jax.Array:
        """How many float64 values hold, for each threshold."""
        value, error = self._single()
        given = jnp.asarray(thresholds, np.float64)
        slack = error + 4 * UNIT * (jnp.abs(given) + error) + TINY  # thresholds are rounded too

        def held(moved: jax.Array) -> jax.Array:
            """Points of each group that hold, (thresholds, groups): not in a loop, which would keep
            the values of the whole mesh in memory.
            """
            return jnp.stack([jnp.sum(holds(value, t), axis=-1, dtype=np.int32).ravel() for t in moved.astype(np.float32)])

        inside, outside = held(given - slack), held(given + slack)
        undecided = (inside != outside) | ~jnp.isfinite(slack)[:, None]

        def exactly(one: tuple[jax.Array, jax.Array, jax.Array]) -> jax.Array:
            threshold, undecided, decided = one

            def add(total: jax.Array, exact: jax.Array, _: jax.Array) -> jax.Array:
                return total + jnp.sum(holds(exact, threshold), dtype=np.int32)

            return self._double(add, undecided, decided)

        decided = jnp.sum(jnp.where(undecided, 0, inside), axis=1, dtype=int)
        return jax.lax.map(exactly, (given, undecided, decided))

    def best(self) -> tuple[jax.Array, jax.Array]:
        """The smallest float64 value by size, the first of equal ones, and its flat index; NaN and
        0 where all are NaN or infinite.
        """
        value, error = self._single()
        least = jnp.min(jnp.where(jnp.isnan(value), jnp.inf, jnp.abs(value)), axis=-1).ravel()
        undecided = (jnp.isfinite(least) & (least <= jnp.min(least) + (2 + 4 * UNIT) * error)) | ~jnp.isfinite(error)

        def smaller(found: tuple[jax.Array, jax.Array], exact: jax.Array, which: jax.Array) -> tuple[jax.Array, jax.Array]:
            size = jnp.where(jnp.isnan(exact), jnp.inf, jnp.abs(exact)).ravel()
            place = jnp.argmin(size)
            group, point = which[place // self._group].astype(int), place % self._group
            closer = ~(jnp.abs(found[0]) <= size[place]) & jnp.isfinite(size[place])
            index = group // self._groups[-1] * self._shape[-1] + group % self._groups[-1] * self._group + point
            return jnp.where(closer, exact.ravel()[place], found[0]), jnp.where(closer, index.astype(int), found[1])

        return self._double(smaller, undecided, (jnp.full((), jnp.nan), jnp.zeros((), int)))
