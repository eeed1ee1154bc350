"""Observables of the A': lifetime, branching ratios, and events, verdicts and likelihood of every computed search."""

from collections.abc import Callable

import jax.numpy as jnp
from jaxtyping import Array

from jt3r import aprime, limits
from jt3r import experiments as searches
from jt3r.kernels import widths
from jt3r.point import Point
from jt3r.registry import observable


@observable(unit="m", latex=r"c\tau_{A'}", source="2105.07655, sec. V, fig. 6", reads=("m_aprime", "v"))
def ctau_aprime(point: Point) -> Array:
    """c tau of the A' with nu_s and eta too heavy."""
    return aprime.ctau(point.m_aprime, point.v)


@observable(unit="", latex=r"\mathrm{Br}(A' \to e e)", source="2105.07655, sec. III", reads=("m_aprime", "v"))
def br_aprime_ee(point: Point) -> Array:
    """Br(A' -> e+ e-) of the visible scenario; three photons below 2 m_e are counted here."""
    mixing = aprime.kinetic_mixing(aprime.gauge_coupling(point.m_aprime, point.v))
    electrons = aprime.width_electrons(point.m_aprime, mixing)
    return widths.branching_ratio(electrons, aprime.width_visible(point.m_aprime, point.v))


@observable(unit="", latex=r"\mathrm{Br}(A' \to \mu\mu)", source="2105.07655, sec. III", reads=("m_aprime", "v"))
def br_aprime_mumu(point: Point) -> Array:
    """Br(A' -> mu+ mu-) of the visible scenario."""
    muons = aprime.width_muons(point.m_aprime, aprime.gauge_coupling(point.m_aprime, point.v))
    return widths.branching_ratio(muons, aprime.width_visible(point.m_aprime, point.v))


def _register(search: searches.DisplacedSearch | searches.CouplingLimit) -> None:
    """events_NAME, log_events_NAME, loglike_NAME and excluded_NAME or reach_NAME; names in lower case, - as _."""
    name = search.name.lower().replace("-", "_")
    label = rf"\mathrm{{{search.label}}}".replace(" ", r"\ ")
    verdict = "excluded" if search.status == "excluded" else "reach"
    source = f"{search.events.source}; each number of the search: data/experiments.toml"

    def add(prefix: str, latex: str, doc: str, function: Callable[[Point], Array]) -> None:
        function.__name__ = f"{prefix}_{name}"
        function.__doc__ = doc
        observable(unit="", latex=latex, source=source, reads=("m_aprime", "v"), slow=True)(function)

    def events(point: Point) -> Array:
        return jnp.exp(log_events(point))

    def log_events(point: Point) -> Array:
        return limits.log_events(search.name, point.m_aprime, point.v)

    def loglike(point: Point) -> Array:
        return limits.log_likelihood(search.name, point.m_aprime, point.v)

    def decided(point: Point) -> Array:
        return (limits.log_signal(search.name, point.m_aprime, point.v) > 0).astype(jnp.result_type(float))

    add("events", f"N({label})", f"Expected events of {search.label}, visible decays, recipe direct.", events)
    add("log_events", rf"\ln N({label})", f"Logarithm of events_{name}, finite where those are 0.", log_events)
    add("loglike", rf"\Delta\ln L({label})", f"Log-likelihood of {search.label} less that without signal.", loglike)
    what = "excludes" if verdict == "excluded" else "would see"
    add(verdict, rf"\mathrm{{{verdict}}}({label})", f"1 where {search.label} {what} the point, else 0.", decided)


for _search in searches.load().values():
    if not isinstance(_search, searches.MassCut):
        _register(_search)
