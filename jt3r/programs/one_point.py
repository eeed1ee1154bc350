"""A function of one point, called by hand: its value is one compiled program, its value and slopes
another, both kept.

Called plainly JAX would compile each operation for itself, a derivative of it again, and keep none.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any

import jax
import jax.numpy as jnp
from jax import Array
from jax.custom_derivatives import SymbolicZero

from ..kernels.numerics.jax_internals import QUICK_TO_COMPILE, by_hand
from ..parameter import ParameterPoint
from .cache import cached
from .simplify import without_repetition
from .slopes import value_and_slopes


def is_one_by_hand(point: ParameterPoint) -> bool:
    """Whether all parameters are single numbers that are known, as under ``jax.grad`` they are but
    under ``jax.jit`` they are not.
    """
    values = jax.tree.leaves(point)
    return all(getattr(value, "shape", None) == () for value in values) and by_hand(values)


def at_one(function: Callable[[Any], Array], name: str, point: ParameterPoint) -> Array:
    """function(point) at one point, ``name`` being what tells the function from all others of
    jt3r. May be differentiated.
    """
    leaves, tree = jax.tree.flatten(point)
    return _of_leaves(function, f"{name} of {type(point).__module__} {tree}", tree)(*leaves)


@lru_cache(maxsize=512)
def _of_leaves(function: Callable[[Any], Array], name: str, tree: Any) -> Callable[..., Array]:
    def plain(*leaves: Array) -> Array:
        return function(jax.tree.unflatten(tree, leaves))

    value = jax.custom_jvp(cached(plain, f"value of {name}", QUICK_TO_COMPILE))

    @lru_cache
    def moved(which: tuple[int, ...]) -> Callable[..., tuple[Array, dict[int, Array]]]:
        found: Callable[..., Any] = without_repetition(partial(value_and_slopes, plain, which))
        return cached(lambda *leaves: found(leaves), f"value and slopes {which} of {name}", QUICK_TO_COMPILE)

    def with_slopes(leaves: Sequence[Array], tangents: Sequence[Any]) -> tuple[Array, Array]:
        if any(isinstance(leaf, jax.core.Tracer) for leaf in leaves):  # of a second derivative
            known = [jnp.zeros_like(x) if isinstance(t, SymbolicZero) else t for x, t in zip(leaves, tangents, strict=True)]
            return jax.jvp(plain, tuple(leaves), tuple(known))
        which = tuple(k for k, tangent in enumerate(tangents) if not isinstance(tangent, SymbolicZero))
        found, slopes = moved(which)(*leaves)
        return found, _along(found, slopes, {k: tangents[k] for k in slopes})

    value.defjvp(with_slopes, symbolic_zeros=True)
    return value


@jax.jit
def _along(value: Array, slopes: dict[int, Array], tangents: dict[int, Array]) -> Array:
    return sum((slope * tangents[k] for k, slope in slopes.items()), jnp.zeros_like(value))
