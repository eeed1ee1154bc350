"""The terms of searches: counts of events, published limits, cuts in mass."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import jax.numpy as jnp
from jax import Array

from ..catalogue import observables
from ..experiments import dark_higgs, limits, recast
from ..experiments import load as searches
from ..experiments.load import COSMOLOGY
from ..kernels.numerics import statistics
from ..parameter import ParameterPoint
from ..u1.registry import couplings_of
from .term import WALL, Options, Term, add


def counted(displaced: Sequence[searches.DisplacedSearch], point: Any) -> list[Array]:
    """The residual of each of the searches, all computed together: their signals share the widths
    of the A' and what makes it.
    """
    expected = limits.expected_together(tuple(displaced))(point)
    return [
        statistics.poisson(log_events, *limits.counts(search)) for log_events, search in zip(expected, displaced, strict=True)
    ]


def counted_terms(terms: Sequence[Term], point: ParameterPoint) -> dict[str, Array]:
    """The residuals of those of the terms that count the events of a displaced search. Raises
    ValueError, naming the first and what the point lacks: they read the same parameters.
    """
    found = {term.name: term.counted for term in terms if term.counted}
    if not found:
        return {}
    first = next(term for term in terms if term.counted)
    residuals = replace(first, function=lambda at, _: jnp.stack(counted(list(found.values()), at))).value(point)
    return dict(zip(found, residuals, strict=True))


def _search(search: searches.DisplacedSearch | searches.CouplingLimit) -> None:
    name = search.name.lower().replace("-", "_")
    displaced = search if isinstance(search, searches.DisplacedSearch) else None
    background, observed = limits.counts(search)

    def function(point: Any, _: Options) -> Array:
        if displaced:
            return counted([displaced], point)[0]
        return statistics.poisson(limits.log_events(search, point), background, observed)

    doc = f"Events of {search.label} that it sees, {search.status}: n = {observed:g} on b = {background:g}."
    data = (f"experiments.toml:{search.name}", "displaced_inputs.toml")
    add(
        name,
        "poisson",
        doc,
        search.events.source,
        observables["width_aprime"].declared,
        function,
        data,
        slow=True,
        counted=displaced,
        like=observables["width_aprime"],
        scenario="visible",
    )


def _table(search: searches.Recast) -> None:
    """The reads are those of the visible or invisible scenario as it follows from the point's own
    channels.
    """
    name = search.name.lower().replace("-", "_")

    def function(point: Any, _: Options) -> Array:
        return recast.residual(recast.excess(search).of(couplings_of(point)))

    star = ", by the model of a star, taken for one" if search.astrophysical else ""
    doc = f"{search.label}, published limit of {search.year}{star} at 90 % CL; rate at the weak end of what theory leaves open."
    width = observables["width_phi" if search.particle == "phi" else "width_aprime"]
    data, also = recast.data_of(search), recast.also_reads(search)
    reads = None if width.declared is None else (*width.declared, *also)
    add(name, "upper limit", doc, search.source, reads, function, data, slow=True, like=width, reads_more=bool(also))


def _dark_higgs(search: searches.ScalarDump) -> None:
    name, (background, observed) = search.name.lower().replace("-", "_"), limits.counts(search)

    def function(point: Any, _: Options) -> Array:
        return statistics.poisson(dark_higgs.log_events(dark_higgs.numbers(search), couplings_of(point)), background, observed)

    doc = f"Events of {search.label}: n = {observed:g} on b = {background:g}."
    width = observables["width_phi"]
    data = recast.data_of(search)
    add(name, "poisson", doc, search.nucleon.source, width.declared, function, data, slow=True, like=width)


def _cut(search: searches.MassCut) -> None:
    lower, upper = search.lightest.value, search.heaviest.value
    name = "cut_" + search.name.lower().replace("-", "_")

    def function(point: Any, _: Options) -> Array:
        return statistics.interval_wall(point.m_aprime, lower, upper, WALL * upper)

    doc = f"m_A' outside the interval of {search.label}, {search.status}, {search.scenario} scenario, at V = 10 GeV."
    scenario = "" if search.name in COSMOLOGY else search.scenario
    data = (f"experiments.toml:{search.name}",)
    add(name, "cut", doc, search.heaviest.source, ("m_aprime",), function, data, scenario=scenario)


def register(search: searches.Search) -> None:
    """The term of a search, in place of one of its name."""
    if isinstance(search, searches.Recast):
        _table(search)
    elif isinstance(search, searches.ScalarDump):
        _dark_higgs(search)
    elif not isinstance(search, searches.MassCut):
        _search(search)
    elif search.status != "favoured":  # an excess forbids nothing
        _cut(search)
