"""Which parameters a function of a point reads: found by tracing it and leaving out what its value
does not depend on.

Structure counts: c tau reads m_eta once m_eta is given.
"""

from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
from jax import Array

from ..couplings import Absent
from ..errors import NotGiven
from ..kernels.numerics.jax_internals import alive
from ..parameter import ParameterPoint, parameters_of


def filled(point: ParameterPoint) -> ParameterPoint:
    """A copy in which ``Absent`` stands for each parameter that is not given, so that reading one
    says what is missing.
    """
    return _copy(point, lambda name, value: Absent(name) if value is None else value)


def given(value: Any) -> Any:
    """The value of a function of a filled point. Raises NotGiven if it is a parameter itself, as it
    stands, that the point does not give.
    """
    if isinstance(value, Absent):
        raise NotGiven(value.parameter)
    return value


def emptied(point: ParameterPoint) -> ParameterPoint:
    """Inverse of ``filled``."""
    return _copy(point, lambda name, value: None if isinstance(value, Absent) else value)


def _copy(point: ParameterPoint, change: Callable[[str, Any], Any]) -> ParameterPoint:
    copy = object.__new__(type(point))
    for name in point.__dataclass_fields__:
        object.__setattr__(copy, name, change(name, getattr(point, name)))
    return copy


@lru_cache(maxsize=4096)
def read_by(function: Callable[[Any], Array], point_class: type[ParameterPoint], given: frozenset[str]) -> tuple[str, ...]:
    """Parameters that function(point) depends on where ``given`` are set beside those with a
    default, and what it lacks.

    In the order of the point's fields. The function may raise NotGiven for what it lacks: that it
    needs, even where the value does not move with it (the electron's g-2 with m_phi). Raises what
    else it raises.
    """
    known = parameters_of(point_class)
    names = {name for name in known if name in given or known[name].default is not None}
    lacking: set[str] = set()
    while True:
        try:
            used = _used(function, point_class, [name for name in known if name in names])
        except NotGiven as error:
            if error.parameter in names:
                raise
            names.add(error.parameter)
            lacking.add(error.parameter)
        else:
            return tuple(name for name in known if name in used or name in lacking)


def _used(function: Callable[[Any], Array], point_class: type[ParameterPoint], names: list[str]) -> Collection[str]:
    one = jax.ShapeDtypeStruct((), jnp.result_type(float))
    closed = jax.make_jaxpr(lambda *values: function(point_class(**dict(zip(names, values, strict=True)))))(*[one] * len(names))
    return {name for name, used in zip(names, alive(closed.jaxpr), strict=True) if used}
