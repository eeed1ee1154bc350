"""The list of models: a model is a function from its point to couplings."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..additions import Origin, check_function, first_paragraph, origin_of, record
from ..couplings import Couplings
from ..names import Names
from ..parameter import Parameter, ParameterPoint, parameters_of
from .reads import emptied


@dataclass(frozen=True)
class Model:
    """A model of a light U(1): the class of its points, and the function that gives their
    couplings.
    """

    name: str
    point: type[ParameterPoint]
    couplings: Callable[[Any], Couplings]
    source: str
    origin: Origin | None = None

    @property
    def doc(self) -> str:
        """First paragraph of the docstring of its couplings."""
        return first_paragraph(self.couplings)

    @property
    def parameters(self) -> dict[str, Parameter]:
        """Its parameters by name."""
        return parameters_of(self.point)


_MODELS: dict[str, Model] = {}


def _row(model: Model) -> tuple[str, str]:
    return ", ".join(name for name, entry in model.parameters.items() if entry.default is None), model.doc


MODELS: Names[Model] = Names("model", _MODELS, _row, "jt3r.u1:MODELS")
"""Name -> model; prints as a table of parameters that must be given and meanings, and suggests
names.

>>> import jt3r
>>> jt3r.models["t3r"].name
't3r'
"""


def model(
    point: type[ParameterPoint], *, source: str, replace: bool = False
) -> Callable[[Callable[[Any], Couplings]], Callable[[Any], Couplings]]:
    """Register the decorated function of a ``point``, which returns ``Couplings``, as the model of
    the function's name.

    Raises ValueError if the name is taken, unless ``replace``, if the function has no docstring,
    and if the points belong to another model: a point must know its model.

    >>> import jt3r
    >>> class Twice(jt3r.Point):
    ...     "A point of T3R."
    >>> @jt3r.model(Twice, source="none", replace=True)
    ... def twice(point):
    ...     "A' of twice the mass."
    ...     return jt3r.models["t3r"].couplings(point.with_values(m_aprime=2 * point.m_aprime))
    >>> jt3r.models["twice"].doc
    "A' of twice the mass."
    """

    def register(function: Callable[[Any], Couplings]) -> Callable[[Any], Couplings]:
        name = function.__name__
        if name in _MODELS and not replace:
            raise ValueError(f"model {name!r} exists: choose another name, or say replace = True")
        check_function("model", function)
        if (other := _of(point)) and other.name != name:
            raise ValueError(f"points of {point.__name__} belong to the model {other.name!r}: derive a class of your own")
        origin = origin_of(function)
        if origin is not None:
            record("model", name, repr(origin), replaces=name in _MODELS, is_function=True)
        _MODELS[name] = Model(name, point, function, source, origin)
        return function

    return register


def _of(point_class: type) -> Model | None:
    return next((entry for entry in _MODELS.values() if entry.point is point_class), None)


def get(name: str) -> Model:
    """The model of a name. Raises KeyError with a suggestion if there is none."""
    return MODELS[name]


def is_of_jt3r(point: ParameterPoint) -> bool:
    """Whether a point belongs to a model that no user added."""
    found = _of(type(point))
    return found is not None and found.origin is None


def model_of(point: ParameterPoint | type[ParameterPoint]) -> Model:
    """The model that a point belongs to. Raises TypeError if it belongs to none."""
    point_class = point if isinstance(point, type) else type(point)
    found = _of(point_class)
    if found is None:
        raise TypeError(f"{point_class.__name__} is the point of no model; there are {', '.join(_MODELS)}")
    return found


def couplings_of(point: ParameterPoint | Couplings) -> Couplings:
    """Couplings at a point of any model; couplings are returned as they are. Raises TypeError for
    anything else.
    """
    if isinstance(point, Couplings):
        return point
    return model_of(point).couplings(emptied(point))
