"""Exact derivatives of an observable in the parameters of a point, element by element."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import Array

from .point import Point


def derivative(function: Callable[[Point], Array], point: Point, parameter: str) -> Array:
    """d function / d parameter at `point`, of the point's broadcast shape, in units of the function over GeV.

    Forward mode with a unit tangent: on a mesh every value depends on one element of the parameter, so one pass gives
    the derivative at each. Raises TypeError if the point does not set the parameter.
    """
    value = getattr(point, parameter)
    _, tangent = jax.jvp(lambda x: function(point.with_values(**{parameter: x})), (value,), (jnp.ones_like(value),))
    return tangent


def gradient(function: Callable[[Point], Array], point: Point, parameters: tuple[str, ...]) -> dict[str, Array]:
    """`derivative` in each of several parameters, by name, for functions that take seconds to compile.

    All parameters carry a tangent each time, zero but for one, so that JAX compiles one program for all: less to compile, more
    to compute than `derivative`.
    """
    values = {name: getattr(point, name) for name in parameters}

    def slope(parameter: str) -> Array:
        tangents = {name: jnp.full_like(value, name == parameter) for name, value in values.items()}
        return jax.jvp(lambda x: function(point.with_values(**x)), (values,), (tangents,))[1]

    return {name: slope(name) for name in parameters}


def barbieri_giudice(function: Callable[[Point], Array], point: Point, parameters: tuple[str, ...]) -> Array:
    r"""Largest logarithmic derivative, :math:`\max_p |\partial\ln f/\partial\ln p|`: by how many per cent f moves for one.

    Source: R. Barbieri, G. F. Giudice, Nucl. Phys. B 306, 63 (1988), eq. (5).
    """
    slopes = [jnp.abs(getattr(point, p) * derivative(function, point, p)) for p in parameters]
    largest = slopes[0]
    for slope in slopes[1:]:
        largest = jnp.maximum(largest, slope)
    return largest / jnp.abs(function(point))
