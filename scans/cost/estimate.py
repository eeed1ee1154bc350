"""What a scan would take, from measured times, before anything is compiled.

All times are CPU seconds, both cores of the machine that ``times.toml`` names together: by the
clock it is between that and half of it. ``benchmarks/times.py`` measures them and writes that file.
The model has two parts.

Computing: a kind of scan does units of work (points, edges, starts, steps, ...). Each takes
``each`` seconds, and ``values`` values of every term of its likelihood, of ``point`` seconds each.
A mesh is computed in stages (``jt3r.scans.engine.staging``): what depends on some of the axes is
computed along those alone. So a value counts along the axes that its observable reads, and one that
takes less than ``FREE`` is made of functions of one axis and costs nothing beside its storage.

Starting and compiling: the first time ``cold`` seconds, ``programs`` times the seconds that a
program of each term or observable takes to compile (``compile``), and the making of the tables of
spectra of its searches (``tables``: a program for each sort of search, and a table for each search
that does not share another's). Later ``warm`` seconds and ``again`` times the same ``compile``:
kept programs are read, and some kinds trace them anew. In kinds that differentiate the likelihood
(``DIFFERENTIATE``) the ``compile`` of a search that is computed from spectra counts ``cold`` or
``warm`` times of ``derivatives``: that factor was measured in a fit with two of them.

An observable of a search from spectra is the integral of its events (``integrals``), a term of a
likelihood the fit of that integral, ten times cheaper (``programs``).

What was never measured, such as a user's own observable, counts as what three in four of the slow
terms and observables stay below if it says that it is slow, and else as quick.
"""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from math import prod
from statistics import quantiles
from typing import Any, NamedTuple

from jt3r.experiments import load as searches
from jt3r.experiments import spectra
from jt3r.registry import Observable, observables
from jt3r.u1 import MODELS

FREE = 3e-6
"""Seconds of a value below which stages leave next to nothing of it on a mesh, as of loop
functions and rates.
"""

OF_A_SEARCH = ("log_events_", "events_", "loglike_", "excluded_", "reach_")
"""What stands before the name of a search in the names of its observables."""


DIFFERENTIATE = ("fit", "profile", "nuts", "chees")
"""Kinds whose programs hold derivatives of the likelihood."""


class Program(NamedTuple):
    """Seconds of one value of a term or observable, and of compiling a program of it."""

    point: float = 5e-7
    compile: float = 0.5


class Compiling(NamedTuple):
    """Seconds of a command beside its computing: the first time, and with programs kept."""

    cold: float
    warm: float


@cache
def times() -> Mapping[str, Any]:
    """The file of measured times."""
    return tomllib.loads(files("jt3r.scans.cost").joinpath("times.toml").read_text(encoding="utf-8"))


def term_name(search: str) -> str:
    """The name of the term of a search."""
    return search.lower().replace("-", "_")


def term_of(observable: str) -> str:
    """The term of the search that an observable is of, which takes as long; else its own name."""
    rest = next((observable.removeprefix(start) for start in OF_A_SEARCH if observable.startswith(start)), observable)
    return rest if rest in map(term_name, searches.load()) else observable


def program_of(name: str) -> Program:
    """Of a term or an observable."""
    found = _measured(name)
    if found is not None:
        return found
    from jt3r.inference.terms import TERMS  # half a second, which scans without terms do not need

    entry = TERMS.get(name) or observables.get(name)
    if entry is None or not entry.slow:
        return Program()
    slow = [other for entries in (TERMS, observables) for other in entries if entries[other].slow]
    like = [row for row in map(_measured, slow) if row is not None]
    return Program(*(quantiles(each, n=4)[-1] for each in zip(*like, strict=True)))


def _measured(name: str) -> Program | None:
    programs, integrals = times()["programs"], times()["integrals"]
    row = programs.get(name) or integrals.get(term_of(name)) or programs.get(term_of(name))
    return Program(**row) if row else None


def seconds(kind: str, units: float, terms: Iterable[str] = ()) -> float:
    """Computing so many units of work of a kind of scan."""
    row = times()["kinds"][kind]
    return units * (row.get("each", 0.0) + row.get("values", 0.0) * sum(program_of(name).point for name in terms))


def mesh_seconds(names: Iterable[str], axes: Mapping[str, int], model: str, fixed: Iterable[str] = ()) -> float:
    """Values of observables over a mesh, each along the axes that it reads."""
    given, total = [*axes, *fixed], 0.0
    for name in names:
        point = program_of(name).point
        if point >= FREE:
            reads = _reads(observables[name], model, given)
            total += point * prod(count for axis, count in axes.items() if axis in reads)
    return total


def _reads(entry: Observable, model: str, given: list[str]) -> tuple[str, ...]:
    return entry.reads_of(MODELS[model].point, given)


def compiling(kind: str, names: Iterable[str] = ()) -> Compiling:
    """Of a kind with these terms and observables; a kind never measured counts as a grid."""
    kinds, names = times()["kinds"], list(dict.fromkeys(names))
    row = kinds.get(kind, kinds["grid"])
    factors = times()["derivatives"] if kind in DIFFERENTIATE else {"cold": 1.0, "warm": 1.0}
    spectral = {term_name(search.name) for search in _from_spectra()}
    own = sum(program_of(name).compile for name in names if term_of(name) in spectral)
    others = sum(program_of(name).compile for name in names if term_of(name) not in spectral)
    cold = row["cold"] + row.get("programs", 0.0) * (others + factors["cold"] * own) + tables(names)
    return Compiling(cold, min(cold, row["warm"] + row.get("again", 0.0) * (others + factors["warm"] * own)))


def tables(names: Iterable[str]) -> float:
    """Making the spectra that the searches among these terms and observables read and that do not
    come with jt3r: those of one beam, target and aperture are made once.
    """
    wanted = {term_of(name) for name in names}
    made = {
        (search.kind, search.beam_energy.value, search.min_energy.value, search.angles, search.target)
        for search in _from_spectra()
        if term_name(search.name) in wanted
        and not all(table.ships(*arguments) for table, *arguments in spectra.parts(search, longitudinal=False))
    }
    rows = times()["tables"]
    sorts = {sort for sort, *_ in made}
    return sum(rows[sort]["program"] for sort in sorts) + sum(rows[sort]["table"] for sort, *_ in made)


def _from_spectra() -> list[searches.DisplacedSearch]:
    return [search for search in searches.load().values() if isinstance(search, searches.DisplacedSearch)]
