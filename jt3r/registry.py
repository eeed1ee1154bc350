"""The one list of observables: whatever lists, scans, plots, stores or differentiates them reads it."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from operator import getitem
from typing import Any

from jax import Array

from .names import Names
from .point import PARAMETERS, Point


@dataclass(frozen=True)
class Observable:
    """A function of the parameter point, and what a reader of its values must know.

    `unit` is "1" for a pure number; `latex` is typeset without dollar signs; `reads` are the parameters it depends on.
    `data` are the files under jt3r/data that its numbers come from beside the constants and measurements, a table of them
    after a colon. A `slow` one takes seconds to compile or to tabulate before its first value: reports of a point give it
    only on request. Calling it raises ValueError if the point does not set what it reads.
    """

    name: str
    function: Callable[[Point], Array]
    unit: str
    latex: str
    source: str
    reads: tuple[str, ...]
    slow: bool = False
    data: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        """A registered one is pickled as its name: its function may be made on the spot."""
        if _OBSERVABLES.get(self.name) is self:
            return getitem, (observables, self.name)
        return Observable, tuple(getattr(self, field.name) for field in fields(self))

    @property
    def doc(self) -> str:
        """First line of the function's docstring."""
        return (self.function.__doc__ or "").strip().splitlines()[0]

    def __call__(self, point: Point) -> Array:
        """Value at `point`, in `unit`, of the point's broadcast shape. Raises ValueError if a parameter it reads is not set."""
        missing = [name for name in self.reads if getattr(point, name) is None]
        if missing:
            raise ValueError(f"{self.name} needs {', '.join(missing)}, which the point does not set")
        return self.function(point)


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


def observable(
    *, unit: str, latex: str, source: str, reads: tuple[str, ...], slow: bool = False, data: tuple[str, ...] = ()
) -> Callable[[Callable[[Point], Array]], Callable[[Point], Array]]:
    """Register the decorated function of a `Point` under its own name. Raises ValueError if the name is taken.

    Raises it too if `reads` names what is no parameter. The new one is then in `jt3r.observables`, for Python, cards, files
    and pictures alike.

    >>> import jt3r
    >>> @jt3r.observable(unit="1", latex=r"m_{A'}/m_{\\phi'}", source="none", reads=("m_aprime", "m_phi"))
    ... def mass_ratio(point):
    ...     "Mass of the dark photon over that of the dark Higgs."
    ...     return point.m_aprime / point.m_phi
    >>> float(jt3r.observables["mass_ratio"](jt3r.Point(m_aprime=0.2, m_phi=0.1)))
    2.0
    """

    def register(function: Callable[[Point], Array]) -> Callable[[Point], Array]:
        name = function.__name__
        if name in _OBSERVABLES:
            raise ValueError(f"observable {name!r} is registered twice")
        if unknown := set(reads) - set(PARAMETERS):
            raise ValueError(f"observable {name!r} reads {sorted(unknown)}, which are no parameters")
        _OBSERVABLES[name] = Observable(name, function, unit, latex, source, reads, slow, data)
        return function

    return register
