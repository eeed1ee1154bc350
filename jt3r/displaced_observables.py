"""Observables of the A': lifetime, branching ratios, and events, verdicts and likelihood of every computed search."""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array

from jt3r import aprime, limits
from jt3r import experiments as searches
from jt3r.kernels import widths
from jt3r.registry import observable


@observable(unit="m", latex=r"c\tau_{A'}", source="2105.07655, sec. V, fig. 6", reads=("m_aprime", "v"))
def ctau_aprime(point: Any) -> Array:
    """c tau of the A' with nu_s and eta too heavy."""
    return aprime.ctau(point.m_aprime, point.v)


@observable(unit="1", latex=r"\mathrm{Br}(A' \to e e)", source="2105.07655, sec. III", reads=("m_aprime", "v"))
def br_aprime_ee(point: Any) -> Array:
    """Br(A' -> e+ e-) of the visible scenario; three photons below 2 m_e are counted here."""
    mixing = aprime.kinetic_mixing(aprime.gauge_coupling(point.m_aprime, point.v))
    electrons = aprime.width_electrons(point.m_aprime, mixing)
    return widths.branching_ratio(electrons, aprime.width_visible(point.m_aprime, point.v))


@observable(unit="1", latex=r"\mathrm{Br}(A' \to \mu\mu)", source="2105.07655, sec. III", reads=("m_aprime", "v"))
def br_aprime_mumu(point: Any) -> Array:
    """Br(A' -> mu+ mu-) of the visible scenario."""
    muons = aprime.width_muons(point.m_aprime, aprime.gauge_coupling(point.m_aprime, point.v))
    return widths.branching_ratio(muons, aprime.width_visible(point.m_aprime, point.v))


def _register(search: searches.Search) -> None:
    """events_NAME, loglike_NAME and excluded_NAME or reach_NAME; names in lower case, - as _."""
    name = search.name.lower().replace("-", "_")
    source, label = "data/experiments.toml", search.label.replace("&", r"\&")

    def add(prefix: str, latex: str, function: Callable[[Any], Array]) -> None:
        function.__name__ = f"{prefix}_{name}"
        function.__doc__ = f"{label}: {prefix}."
        observable(unit="1", latex=latex, source=source, reads=("m_aprime", "v"))(function)

    add("events", rf"N_\mathrm{{{label}}}", lambda p: jnp.exp(limits.log_events(search.name, p.m_aprime, p.v)))
    add(
        "loglike",
        rf"\ln L_\mathrm{{{label}}}",
        lambda p: limits.log_likelihood(search.name, p.m_aprime, p.v),
    )
    add(
        "excluded" if search.status == "excluded" else "reach",
        rf"\mathrm{{{label}}}",
        lambda p: (limits.log_signal(search.name, p.m_aprime, p.v) > 0).astype(jnp.result_type(float)),
    )


for _search in searches.load().values():
    if not isinstance(_search, searches.MassCut):
        _register(_search)
