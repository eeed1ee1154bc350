"""The one list of observables: whatever lists, scans, plots, stores or differentiates them reads
it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, fields
from functools import partial, wraps
from operator import getitem
from typing import Any

from jax import Array

from . import u1 as _u1  # noqa: F401  its models are registered
from .additions import Origin, check_function, first_paragraph, origin_of, record
from .couplings import Couplings
from .errors import NotGiven
from .names import Names
from .parameter import ParameterPoint, parameters_of
from .point import PARAMETERS, Point
from .programs.one_point import at_one, is_one_by_hand
from .u1.reads import filled, given, read_by
from .u1.registry import couplings_of, is_of_jt3r, model_of


@dataclass(frozen=True)
class Reader:
    """A named function of a point that says which parameters it reads.

    They are found by tracing the function, or ``like``, one that reads the same and is traced
    sooner. ``declared`` are those of U(1)_T3R, known without tracing as long as the point gives
    none of ``opens``, which it may read once they are given. ``value`` raises NotGiven for what a
    point lacks, and ValueError for what its model does not have.
    """

    name: str
    declared: tuple[str, ...] | None
    opens: tuple[str, ...] = ()
    like: Callable[[Any], Array] | None = None

    def of(self, point: ParameterPoint) -> Array:
        """The value at a point. Raises NotGiven for what the point lacks."""
        raise NotImplementedError

    @property
    def reads(self) -> tuple[str, ...]:
        """Parameters of U(1)_T3R that it reads, where no more are given than it needs."""
        return self.reads_of(Point, ())

    def reads_of(self, point_class: type[ParameterPoint], given: Collection[str]) -> tuple[str, ...]:
        """Parameters of a model's points that it reads where these are given, and those that it
        lacks.
        """
        if self.declared is not None and point_class is Point and not set(given) & set(self.opens):
            return self.declared
        return read_by(self.of if self.like is None else self.like, point_class, frozenset(given))

    def reads_at(self, point: ParameterPoint) -> tuple[str, ...]:
        """Parameters that it reads at this point."""
        return self.reads_of(type(point), [name for name in parameters_of(type(point)) if getattr(point, name) is not None])

    def value(self, point: ParameterPoint) -> Array:
        """``of``, where an error names this and everything that it lacks."""
        try:
            return self.of(point)
        except NotGiven as error:
            lacking = [name for name in self.reads_at(point) if getattr(point, name) is None]
            raise NotGiven(", ".join(lacking) or error.parameter, self.name) from None
        except AttributeError as error:
            if not isinstance(error.obj, ParameterPoint):
                raise
            raise ValueError(f"{self.name} needs {error.name}, which the model {model_of(point).name} does not have") from None


@dataclass(frozen=True, kw_only=True)
class Observable(Reader):
    """A function of a point, and what a reader of its values must know.

    ``unit`` is "1" for a pure number; ``latex`` is typeset without dollar signs; ``reads`` are the
    parameters it depends on. ``data`` are the files under jt3r/data that its numbers come from
    beside the constants and measurements, a table of them after a colon. A ``slow`` one takes
    seconds to compile or to tabulate before its first value: reports of a point give it only on
    request. ``check`` raises ValueError for known values of a point that it is not for. ``origin``
    is the user's file of one that is not jt3r's; ``by_couplings``: whether it reads the couplings
    alone. Calling it raises ValueError if the point does not set what it reads. At one point a call
    by hand, or its gradient, is one compiled program, kept between processes; not with functions of
    a user, whose code may change.
    """

    function: Callable[[Any], Array]
    unit: str
    latex: str
    source: str
    slow: bool = False
    data: tuple[str, ...] = ()
    check: Callable[[Any], None] | None = None
    origin: Origin | None = None
    by_couplings: bool = False

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        """A registered one is pickled as its name: its function may be made on the spot."""
        if _OBSERVABLES.get(self.name) is self:
            return getitem, (observables, self.name)
        return partial(Observable, **{field.name: getattr(self, field.name) for field in fields(self)}), ()

    @property
    def doc(self) -> str:
        """First paragraph of the function's docstring."""
        return first_paragraph(self.function)

    def of(self, point: ParameterPoint) -> Array:
        return given(self.function(filled(point)))

    def __call__(self, point: ParameterPoint | Couplings) -> Array:
        """Value at ``point``, in ``unit``, of the point's broadcast shape. Raises ValueError if a
        parameter it reads is not set, TypeError for what is neither a point nor couplings.
        """
        if isinstance(point, Couplings):
            return self.function(point)
        if not isinstance(point, ParameterPoint):
            raise TypeError(f"{self.name} is a function of a point, such as jt3r.Point(...), not of {type(point).__name__}")
        if self.origin is None and is_of_jt3r(point) and is_one_by_hand(point):
            if self.check is not None:  # the program does not see values
                self.check(point)
            return at_one(self.value, self.name, point)
        return self.value(point)


_OBSERVABLES: dict[str, Observable] = {}


def _row(entry: Observable) -> tuple[str, str]:
    return "" if entry.unit == "1" else entry.unit, entry.doc


observables: Names[Observable] = Names("observable", _OBSERVABLES, _row, "jt3r:observables")
"""Name -> observable; prints as a table of units and meanings, and suggests names.

>>> observables["pull_gm2"].unit
'1'
>>> observables["pull_g2"]
Traceback (most recent call last):
    ...
jt3r.names.UnknownName: observable 'pull_g2' is unknown; did you mean 'pull_gm2'?
"""


def values_at(entries: Collection[Observable], point: ParameterPoint) -> list[Array]:
    """Values of several observables at a point, whose couplings are computed once.

    Raises NotGiven for what the point lacks.
    """
    couplings = couplings_of(point) if any(entry.by_couplings for entry in entries) else None
    return [given(entry.function(couplings)) if entry.by_couplings else entry.of(point) for entry in entries]


def observable(
    *,
    unit: str,
    latex: str,
    source: str,
    of: type = Point,
    reads: tuple[str, ...] | None = None,
    opens: tuple[str, ...] = (),
    like: Callable[[Any], Array] | None = None,
    slow: bool = False,
    data: tuple[str, ...] = (),
    check: Callable[[Any], None] | None = None,
    replace: bool = False,
) -> Callable[[Callable[[Any], Array]], Callable[[Any], Array]]:
    """Register the decorated function under its own name: a function of a point or, with ``of`` =
    Couplings, of couplings.

    The new one is then in ``jt3r.observables``, for Python, cards, files and pictures alike; one of
    couplings is computed for every model. ``opens`` and ``like``: see ``Reader``; ``slow``,
    ``data`` and ``check``: see ``Observable``. Raises ValueError
    if the name is taken, unless ``replace``, if there is no docstring, if the function takes more
    than one argument, and if ``reads``, which is found by tracing unless given, names what is no
    parameter.

    >>> import jt3r
    >>> @jt3r.observable(unit="1", latex=r"m_{A'}/m_{\\phi'}", source="none")
    ... def mass_ratio(point):
    ...     "Mass of the dark photon over that of the dark Higgs."
    ...     return point.m_aprime / point.m_phi
    >>> float(jt3r.observables["mass_ratio"](jt3r.Point(m_aprime=0.2, m_phi=0.1)))
    2.0
    """

    def register(function: Callable[[Any], Array]) -> Callable[[Any], Array]:
        name = function.__name__
        if name in _OBSERVABLES and not replace:
            raise ValueError(f"observable {name!r} exists: choose another name, or say replace = True")
        check_function("observable", function)
        if unknown := set(reads or ()) - set(PARAMETERS):
            raise ValueError(f"observable {name!r} reads {sorted(unknown)}, which are no parameters")
        made = _of_couplings(function) if of is Couplings else function
        origin = origin_of(function)
        if origin is not None:
            record("observable", name, repr(origin), replaces=name in _OBSERVABLES, is_function=True)
        _OBSERVABLES[name] = Observable(
            name,
            reads,
            opens,
            like,
            function=made,
            unit=unit,
            latex=latex,
            source=source,
            slow=slow,
            data=data,
            check=check,
            origin=origin,
            by_couplings=of is Couplings,
        )
        return made

    return register


def _of_couplings(function: Callable[[Couplings], Array]) -> Callable[[Any], Array]:
    """The same as a function of a point of any model; couplings it takes as they are."""

    @wraps(function)
    def at(point: Any) -> Array:
        return function(couplings_of(point))

    return at
