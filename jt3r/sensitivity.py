"""Functions of a point over many points: mapped over parameters, and their exact derivatives
element by element.
"""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax import Array

from .errors import unknown
from .parameter import ParameterPoint, parameters_of
from .point import Point
from .programs.slopes import value_and_slopes


def vmap(function: Callable[[Any], Any], over: str | Sequence[str]) -> Callable[[Any], Any]:
    """``jax.vmap`` of a function of a point, of any model, over the parameters named in ``over``,
    along the first axis of each.

    The other parameters are the same for all; ``over`` is what ``in_axes`` says for arguments. For
    functions of one point, such as gradients and Hessians: observables and likelihoods take arrays
    as they are.

    The mapped function raises TypeError for a name that is no parameter of the point, with the one
    that was meant, and ValueError if the point does not give each of them values along an axis, the
    same number of them.

    >>> import jax, jax.numpy as jnp, jt3r
    >>> points = jt3r.Point(m_aprime=jnp.array([0.05, 0.11]), m_phi=jnp.array([0.0794, 0.0792]))
    >>> pull = jt3r.observables["pull_gm2"]
    >>> slope = jt3r.vmap(jax.grad(pull), over=("m_aprime", "m_phi"))(points)
    >>> slope.m_phi.shape, slope.v.shape
    ((2,), (2,))
    """
    names = (over,) if isinstance(over, str) else tuple(over)

    def mapped(point: ParameterPoint) -> Any:
        for name in names:
            if name not in (known := parameters_of(type(point))):
                raise TypeError(unknown("parameter", name, known))
        values = {name: getattr(point, name) for name in names}
        lengths = {name: value.shape[0] if value is not None and value.ndim else None for name, value in values.items()}
        if None in lengths.values() or len(set(lengths.values())) > 1:
            text = ", ".join(f"{name} has {n or 'no axis'}" for name, n in lengths.items())
            raise ValueError(f"vmap over {', '.join(names)}: the same number of values must be given for each; {text}")
        return jax.vmap(lambda varied: function(point.with_values(**varied)))(values)

    return mapped


def derivative(function: Callable[[Point], Array], point: Point, parameter: str) -> Array:
    """d function / d parameter at ``point``, of the point's broadcast shape, in units of the
    function over GeV.

    Forward mode with a unit tangent: on a mesh every value depends on one element of the parameter,
    so one pass gives the derivative at each. Raises TypeError if the point does not set the
    parameter.
    """
    value = getattr(point, parameter)
    _, tangent = jax.jvp(lambda x: function(point.with_values(**{parameter: x})), (value,), (jnp.ones_like(value),))
    return tangent


def values_and_slopes(
    function: Callable[[Any], Any], point: ParameterPoint, parameters: Sequence[str]
) -> tuple[Any, dict[str, Any]]:
    """What a function of a point gives, a pytree of arrays, and its ``derivative`` in each of
    several parameters, by name. The function itself is traced once for all.
    """
    leaves = [getattr(point, name) for name in parameters]

    def at(*values: Array) -> Any:
        return function(point.with_values(**dict(zip(parameters, values, strict=True))))

    found, slopes = value_and_slopes(at, range(len(leaves)), leaves)
    nothing = jax.tree.map(jnp.zeros_like, found)
    return found, {name: slopes.get(k, nothing) for k, name in enumerate(parameters)}


def barbieri_giudice(function: Callable[[Point], Array], point: Point, parameters: tuple[str, ...]) -> Array:
    r"""Largest logarithmic derivative, :math:`\max_p |\partial\ln f/\partial\ln p|`: by how many
    per cent f moves for one.

    Source: R. Barbieri, G. F. Giudice, Nucl. Phys. B 306, 63 (1988), eq. (5).
    """
    slopes = [jnp.abs(getattr(point, p) * derivative(function, point, p)) for p in parameters]
    largest = slopes[0]
    for slope in slopes[1:]:
        largest = jnp.maximum(largest, slope)
    return largest / jnp.abs(function(point))
