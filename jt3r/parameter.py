"""What a parameter of a model is: its field, the one rule for its values, and points that are made
of such fields.
"""

import dataclasses
from collections.abc import Mapping
from functools import cache
from typing import Any, Self

import jax
import jax.numpy as jnp
import numpy as np

from .errors import unknown
from .kernels.numerics.promotion import as_float
from .kernels.numerics.pytree import Pytree

LIGHT_BELOW = 5.0
"""GeV. A mass of a light particle above this was most likely typed in MeV."""

FACTS = ("latex", "doc", "unit", "positive", "light")
"""What the field of a parameter says of it."""


@dataclasses.dataclass(frozen=True)
class Parameter:
    """A parameter of a point. ``default`` is None where it must be given; ``light``: the mass of a
    particle of MeV to GeV.

    Its ``check`` raises ValueError for a value that is not allowed.
    """

    name: str
    latex: str
    unit: str
    doc: str
    default: float | None
    positive: bool
    light: bool

    def check(self, value: Any) -> None:
        """Raise ValueError unless the value is allowed: real and finite numbers, above zero if the
        parameter is ``positive``.

        In an array NaN stands for no value, such as of a band that has ended. Traced values of JAX
        are left alone.
        """
        if value is None or isinstance(value, jax.core.Tracer) or not getattr(value, "is_fully_addressable", True):
            return
        allowed = f"must be a finite number{' above zero' if self.positive else ''}"
        try:
            array = np.asarray(value)
        except ValueError:
            raise ValueError(f"{self.name} = {value!r}: {allowed}, or an array of them") from None
        if not any(jnp.issubdtype(array.dtype, kind) for kind in (jnp.floating, jnp.integer)):
            raise ValueError(f"{self.name} = {value!r}: {allowed}, or an array of them")
        wrong = np.isinf(array) | (array <= 0 if self.positive else False) | (np.isnan(array) if array.ndim == 0 else False)
        if wrong.any():
            if array.ndim == 0:
                raise ValueError(f"{self.name} = {array}: {allowed}")
            raise ValueError(f"{self.name} = {array[wrong].flat[0]} among {array.size} values: each {allowed}")

    def doubt(self, value: float) -> str | None:
        """One line if a mass looks like MeV, else None."""
        if not self.light or not value > LIGHT_BELOW:
            return None
        return f"{self.name} = {value:g}: masses are in {self.unit}; did you mean {value / 1e3:g}?"


def field(latex: str, doc: str, default: Any = None, unit: str = "GeV", positive: bool = True, light: bool = False) -> Any:
    """The field of a parameter in a ``ParameterPoint``."""
    return dataclasses.field(
        default=default,
        metadata={"latex": latex, "doc": doc, "unit": unit, "positive": positive, "light": light},
    )


def _converted(value: Any) -> Any:
    return None if value is None else as_float(value)


class ParameterPoint(Pytree):
    """A point whose parameters are fields made by ``field``; other fields are static.

    Raises TypeError for a name that is none of them, with a suggestion, and for a value without a
    name; ValueError for one that is not allowed (``Parameter.check``), and for shapes that do not
    broadcast.
    """

    def __new__(cls, *args: Any, **values: Any) -> Self:
        if args:
            raise TypeError(f"{cls.__name__} takes its parameters by name: {cls.__name__}({_names(cls)[0]}=...)")
        _check(cls, values)
        return super().__new__(cls)

    def __post_init__(self) -> None:
        for name in parameters_of(type(self)):
            object.__setattr__(self, name, _converted(getattr(self, name)))
        _check_shapes(self)

    def with_values(self, **values: Any) -> Self:
        """A copy with these parameters replaced. Raises as the making of a point does."""
        if not parameters_of(type(self)).keys() >= values.keys():
            return dataclasses.replace(self, **values)
        _check(type(self), values)
        copy = object.__new__(type(self))  # no conversion of what stays: half the time
        for name in _names(type(self)):
            object.__setattr__(copy, name, _converted(values[name]) if name in values else getattr(self, name))
        _check_shapes(copy)
        return copy

    def __repr__(self) -> str:
        known = parameters_of(type(self))
        given = [f"{name}={_text(getattr(self, name))}{_unit(known[name])}" for name in known if _is_shown(self, known[name])]
        static = [f"{f.name}={getattr(self, f.name)!r}" for f in dataclasses.fields(self) if f.name not in known]
        return f"{type(self).__name__}({', '.join([*given, *static])})"


@cache
def parameters_of(point_class: type[ParameterPoint]) -> dict[str, Parameter]:
    """Name -> parameter of a class of points, in the order of its fields."""
    return {
        entry.name: Parameter(entry.name, default=_default(entry), **{key: entry.metadata[key] for key in FACTS})
        for entry in dataclasses.fields(point_class)
        if "latex" in entry.metadata
    }


def _default(entry: dataclasses.Field) -> float | None:
    return None if entry.default is dataclasses.MISSING else entry.default


@cache
def _names(point_class: type[ParameterPoint]) -> tuple[str, ...]:
    return tuple(entry.name for entry in dataclasses.fields(point_class))


def _check(point_class: type[ParameterPoint], values: Mapping[str, Any]) -> None:
    names, known = _names(point_class), parameters_of(point_class)
    for name, value in values.items():
        if name not in names:
            raise TypeError(unknown("parameter", name, names))
        if name in known:
            known[name].check(value)


def _check_shapes(point: ParameterPoint) -> None:
    values = {name: getattr(point, name) for name in parameters_of(type(point))}
    shapes = {name: value.shape for name, value in values.items() if isinstance(value, jax.Array) and value.ndim}
    try:
        np.broadcast_shapes(*shapes.values())
    except ValueError:
        text = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(f"shapes that do not broadcast: {text}") from None


def _is_shown(point: ParameterPoint, parameter: Parameter) -> bool:
    """All that is set, but for what is zero unless given."""
    value = getattr(point, parameter.name)
    if value is None or parameter.default != 0:
        return value is not None
    return isinstance(value, jax.core.Tracer) or not np.array_equal(np.asarray(value), 0.0)


def _unit(parameter: Parameter) -> str:
    return "" if parameter.unit == "1" else f" {parameter.unit}"


def _text(value: Any) -> str:
    if isinstance(value, jax.core.Tracer) or not hasattr(value, "ndim"):
        return str(value)
    array = np.asarray(value)
    if array.ndim == 0:
        return f"{array:.7g}"
    shape = " x ".join(map(str, array.shape))
    return f"[{shape} values]" if np.isnan(array).all() else f"[{np.nanmin(array):.7g} .. {np.nanmax(array):.7g}; {shape}]"
