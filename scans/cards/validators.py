"""Checks that cards share: names are known and stand once, and what is computed from parameters
finds them given.
"""

import warnings
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from jt3r import observables
from jt3r.errors import one_line, unknown
from jt3r.experiments import load as searches
from jt3r.inference.term import Term
from jt3r.registry import Observable
from jt3r.u1 import MODELS
from jt3r.units import convert, quantity


def known(kind: str, names: Collection[str]) -> AfterValidator:
    """Of a name, a list of names, or a table by names: each is among ``names``, and none is listed
    twice.
    """

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


def in_own_units(kind: str, units: Callable[[], Mapping[str, str]]) -> BeforeValidator:
    """Of a table by names: "110 MeV" and an axis or a prior with ``unit = "MeV"`` become numbers in
    the unit of the name.

    ``units`` gives the names, each a ``kind``, with their units. Raises ValueError for another
    name.
    """

    def lowered(table: Any) -> Any:
        if not isinstance(table, dict):
            return table
        found = units()
        if wrong := [name for name in table if name not in found]:
            raise ValueError(unknown(kind, wrong[0], found))
        return {name: _named(name, entry, found[name]) for name, entry in table.items()}

    return BeforeValidator(lowered)


def _named(name: str, entry: Any, unit: str) -> Any:
    if not isinstance(entry, dict):
        return _number(name, entry, unit, unit)
    given = entry.get("unit", unit)
    if not isinstance(given, str):
        raise ValueError(f'{name}.unit = {given!r}: must be a text such as "MeV"')
    table = {key: value for key, value in entry.items() if key != "unit"}
    for key in [key for key in ("min", "max", "values") if key in table]:
        where, value = f"{name}.{key}", table[key]
        several = isinstance(value, list)
        table[key] = [_number(where, one, given, unit) for one in value] if several else _number(where, value, given, unit)
    return table


def _number(where: str, value: Any, given: str, unit: str) -> Any:
    """Texts bring their unit; pydantic refuses what is no number."""
    try:
        if isinstance(value, str) and any(c.isdigit() for c in value):
            if not any(c.isalpha() for c in value.strip("eE+-.0123456789 ")):
                raise ValueError("is a text; a number stands without quotes, or with its unit inside")
            return quantity(value, unit, given)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return convert(value, given, unit) if is_number and given != unit else value
    except ValueError as error:
        raise ValueError(f"{where} = {value!r}: {error}") from None


def parameter_units() -> dict[str, str]:
    """The parameters of all models with their units."""
    return {name: entry.unit for model in MODELS.values() for name, entry in model.parameters.items()}


def check_parameter(name: str, ends: tuple[float, ...], model: str) -> None:
    """Raise ValueError unless the model has the parameter and it may take these values.

    One line of warning where a mass looks like MeV.
    """
    parameters = MODELS[model].parameters
    if name not in parameters:
        raise ValueError(unknown("parameter", name, parameters))
    for value in ends:
        parameters[name].check(value)
    if doubt := parameters[name].doubt(ends[-1]):
        warnings.warn(doubt, RuntimeWarning, stacklevel=2)


Observables = Annotated[list[str], known("observable", observables)]
Searches = Annotated[list[str], known("search", searches.load())]


def data_of(entries: Iterable[Observable | Term]) -> set[str]:
    """The files that the entries use, as ``Observable.data`` names them."""
    return {file for entry in entries for file in entry.data}


def check_reads(entries: Iterable[Observable | Term], given: Collection[str], where: str, model: str) -> None:
    """Raise ValueError unless each parameter that the entries read is ``given`` or has a default;
    ``where`` says how.

    Raises it too for what the model does not have.
    """
    parameters = MODELS[model].parameters
    for entry in entries:
        kind = type(entry).__name__.lower()
        try:
            reads = entry.reads_of(MODELS[model].point, [name for name in given if name in parameters])
        except (AttributeError, ValueError) as error:
            raise ValueError(f"{kind} {entry.name!r} is not one of model {model!r}: {one_line(error)}") from None
        for parameter in reads:
            if parameter not in given and parameters[parameter].default is None:
                raise ValueError(f"{kind} {entry.name!r} needs {parameter!r}: give it {where}")
