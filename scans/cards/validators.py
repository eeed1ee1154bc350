"""Checks that cards share: names are known and stand once, and what is computed from parameters finds them given."""

import warnings
from collections.abc import Callable, Collection, Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from jt3r import observables
from jt3r.errors import unknown
from jt3r.experiments import load as searches
from jt3r.inference.terms import Term
from jt3r.point import PARAMETERS
from jt3r.registry import Observable
from jt3r.units import convert, quantity


def known(kind: str, names: Collection[str]) -> AfterValidator:
    """Of a name, a list of names, or a table by names: each is among `names`, and none is listed twice."""

    def check(given: Any) -> Any:
        seen: set[str] = set()
        for name in [given] if isinstance(given, str) else given:
            if name not in names:
                raise ValueError(unknown(kind, name, names))
            if name in seen:
                raise ValueError(f"{kind} {name!r} is listed twice")
            seen.add(name)
        return given

    return AfterValidator(check)


def in_own_units(unit_of: Callable[[str], str | None]) -> BeforeValidator:
    """Of a table by names: "110 MeV" and an axis or a prior with `unit = "MeV"` become numbers in the unit of the name."""

    def lowered(table: Any) -> Any:
        if not isinstance(table, dict):
            return table
        return {name: entry if (unit := unit_of(name)) is None else _named(name, entry, unit) for name, entry in table.items()}

    return BeforeValidator(lowered)


def _named(name: str, entry: Any, unit: str) -> Any:
    try:
        if not isinstance(entry, dict):
            return _number(entry, unit, unit)
        given = entry.get("unit", unit)
        if not isinstance(given, str):
            raise ValueError(f'unit = {given!r}: must be a text such as "MeV"')
        rest = {key: value for key, value in entry.items() if key != "unit"}
        return {key: _numbers(value, given, unit) if key in ("min", "max", "values") else value for key, value in rest.items()}
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _numbers(value: Any, given: str, unit: str) -> Any:
    return [_number(entry, given, unit) for entry in value] if isinstance(value, list) else _number(value, given, unit)


def _number(value: Any, given: str, unit: str) -> Any:
    """Texts bring their own unit, or are in the one given; what is neither text nor number is left for pydantic to refuse."""
    if isinstance(value, str):
        return quantity(value, unit, given)
    return convert(value, given, unit) if isinstance(value, int | float) and given != unit else value


def check_parameter(name: str, ends: tuple[float, ...]) -> None:
    """Raise ValueError unless a parameter may take these values; one line of warning where a mass looks like MeV."""
    for value in ends:
        PARAMETERS[name].check(value)
    if doubt := PARAMETERS[name].doubt(ends[-1]):
        warnings.warn(doubt, RuntimeWarning, stacklevel=2)


Observables = Annotated[list[str], known("observable", observables)]
Searches = Annotated[list[str], known("search", searches.load())]


def data_of(entries: Iterable[Observable | Term]) -> set[str]:
    """The files that the entries rest on, as `Observable.data` names them."""
    return {file for entry in entries for file in entry.data}


def check_reads(entries: Iterable[Observable | Term], given: Collection[str], where: str) -> None:
    """Raise ValueError unless each parameter that the entries read is `given` or has a default; `where` says how to give it."""
    for entry in entries:
        for parameter in entry.reads:
            if parameter not in given and PARAMETERS[parameter].default is None:
                kind = type(entry).__name__.lower()
                raise ValueError(f"{kind} {entry.name!r} needs {parameter!r}: give it {where}")
