"""Checks that cards share: names are known and stand once, and what is computed from parameters finds them given."""

from collections.abc import Collection, Iterable
from typing import Annotated, Any

from pydantic import AfterValidator

from jt3r import observables
from jt3r.errors import unknown
from jt3r.experiments import load as searches
from jt3r.inference.terms import Term
from jt3r.point import PARAMETERS
from jt3r.registry import Observable


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
