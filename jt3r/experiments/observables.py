"""Observables of the A' and phi': lifetime, branching ratios, and events, verdicts and likelihood of every computed search."""

from collections.abc import Callable

import jax.numpy as jnp
from jaxtyping import Array

from .. import aprime
from ..dark import relic as dark
from ..kernels.decays import widths
from ..point import Point
from ..registry import observable
from ..u1 import t3r
from . import limits, recast
from . import load as searches

APRIME_DATA, PHI_DATA = ("displaced_inputs.toml",), ("dark.toml",)
RARE_DATA = ("limit_tables.csv", "rare_decays.toml", *APRIME_DATA)


@observable(unit="m", latex=r"c\tau_{A'}", source="2105.07655, sec. V, fig. 6", reads=("m_aprime", "v"), data=APRIME_DATA)
def ctau_aprime(point: Point) -> Array:
    """c tau of the A' with nu_s and eta too heavy."""
    return aprime.ctau(point.m_aprime, point.v)


@observable(
    unit="1", latex=r"\mathrm{Br}(A' \to e e)", source="2105.07655, sec. III", reads=("m_aprime", "v"), data=APRIME_DATA
)
def br_aprime_ee(point: Point) -> Array:
    """Br(A' -> e+ e-) of the visible scenario; three photons below 2 m_e are counted here."""
    mixing = aprime.kinetic_mixing(aprime.gauge_coupling(point.m_aprime, point.v))
    electrons = aprime.width_electrons(point.m_aprime, mixing)
    return widths.branching_ratio(electrons, aprime.width_visible(point.m_aprime, point.v))


@observable(
    unit="1", latex=r"\mathrm{Br}(A' \to \mu\mu)", source="2105.07655, sec. III", reads=("m_aprime", "v"), data=APRIME_DATA
)
def br_aprime_mumu(point: Point) -> Array:
    """Br(A' -> mu+ mu-) of the visible scenario."""
    muons = aprime.width_muons(point.m_aprime, aprime.gauge_coupling(point.m_aprime, point.v))
    return widths.branching_ratio(muons, aprime.width_visible(point.m_aprime, point.v))


def _share(point: Point, invisible: Array) -> Array:
    """Br of an invisible channel beside e+ e- and mu+ mu-."""
    return widths.branching_ratio(invisible, invisible + aprime.width_visible(point.m_aprime, point.v))


@observable(
    unit="1", latex=r"\mathrm{Br}(A' \to \nu_s \nu_s)", source="2105.07655, sec. III", reads=("m_aprime", "v"), data=APRIME_DATA
)
def br_aprime_sterile(point: Point) -> Array:
    """Br(A' -> nu_s nu_s) for massless sterile neutrinos, beside e+ e- and mu+ mu-."""
    g = aprime.gauge_coupling(point.m_aprime, point.v)
    return _share(point, aprime.width_sterile_neutrinos(point.m_aprime, 0.0, g))


@observable(
    unit="1",
    latex=r"\mathrm{Br}(A' \to \eta_1 \eta_2)",
    source="2105.07655, sec. III",
    reads=("m_aprime", "v", "m_eta", "delta"),
    data=APRIME_DATA,
)
def br_aprime_eta(point: Point) -> Array:
    """Br(A' -> eta_1 eta_2) of dark matter, beside e+ e- and mu+ mu-."""
    g = aprime.gauge_coupling(point.m_aprime, point.v)
    return _share(point, aprime.width_eta(point.m_aprime, point.m_eta, point.delta, g))


@observable(unit="GeV", latex=r"\Gamma(\phi'\to\mu\mu)", source="2105.07655, sec. II", reads=("m_phi", "v", "m_mu"))
def width_phi_mumu(point: Point) -> Array:
    """Width of the dark Higgs into mu+ mu-, Yukawa coupling m_mu/(sqrt2 V)."""
    return widths.scalar_to_fermions(point.m_phi, point.m_mu, point.m_mu / (2**0.5 * point.v))


@observable(unit="GeV", latex=r"\Gamma(\phi'\to\eta\eta)", source="2105.07655, sec. III A", reads=("m_phi", "v", "m_eta"))
def width_phi_eta(point: Point) -> Array:
    """Width of the dark Higgs into eta eta: m_eta^2 m_phi' (1 - 4 r)^(3/2)/(32 pi V^2)."""
    return widths.scalar_to_majorana(point.m_phi, point.m_eta, dark.eta_yukawa(point.m_eta, point.v))


def _phi_visible(point: Point) -> Array:
    return dark.width_phi_gammagamma(point.m_phi, point.v, point.m_mu) + width_phi_mumu(point)


@observable(
    unit="1",
    latex=r"\mathrm{Br}(\phi'\to\gamma\gamma)",
    source="2105.07655, sec. III",
    reads=("m_phi", "v", "m_mu"),
    data=PHI_DATA,
)
def br_phi_gammagamma(point: Point) -> Array:
    """Br(phi' -> gamma gamma) beside mu+ mu-, with eta too heavy."""
    return widths.branching_ratio(dark.width_phi_gammagamma(point.m_phi, point.v, point.m_mu), _phi_visible(point))


@observable(
    unit="1",
    latex=r"\mathrm{Br}(\phi'\to\mu\mu)",
    source="2105.07655, sec. III",
    reads=("m_phi", "v", "m_mu"),
    data=PHI_DATA,
)
def br_phi_mumu(point: Point) -> Array:
    """Br(phi' -> mu+ mu-) beside gamma gamma, with eta too heavy."""
    return widths.branching_ratio(width_phi_mumu(point), _phi_visible(point))


@observable(
    unit="1",
    latex=r"\mathrm{Br}(\phi'\to\eta\eta)",
    source="2105.07655, sec. III A",
    reads=("m_phi", "v", "m_eta", "m_mu"),
    data=PHI_DATA,
)
def br_phi_eta(point: Point) -> Array:
    """Br(phi' -> eta eta) of dark matter, beside gamma gamma and mu+ mu-."""
    invisible = width_phi_eta(point)
    return widths.branching_ratio(invisible, invisible + _phi_visible(point))


def _register(search: searches.DisplacedSearch | searches.CouplingLimit) -> None:
    """events_NAME, log_events_NAME, loglike_NAME and excluded_NAME or reach_NAME; names in lower case, - as _."""
    name = search.name.lower().replace("-", "_")
    label = rf"\mathrm{{{search.label}}}".replace(" ", r"\ ")
    verdict = "excluded" if search.status == "excluded" else "reach"
    source = f"{search.events.source}; each number of the search: data/experiments.toml"

    def add(prefix: str, latex: str, doc: str, function: Callable[[Point], Array]) -> None:
        function.__name__ = f"{prefix}_{name}"
        function.__doc__ = doc
        data = (f"experiments.toml:{search.name}", *APRIME_DATA)
        observable(unit="1", latex=latex, source=source, reads=("m_aprime", "v"), slow=True, data=data)(function)

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


def _register_table(search: searches.Recast | searches.ScalarDump) -> None:
    """excluded_NAME: the verdict of a published table of limits, or of a dump for phi'."""
    name = search.name.lower().replace("-", "_")

    def excluded(point: Point) -> Array:
        return (recast.excess(search).of(t3r.couplings(point)) > 0).astype(jnp.result_type(float))

    excluded.__name__ = f"excluded_{name}"
    excluded.__doc__ = f"1 where {search.label} excludes the point, else 0; rate at the weak end of what theory leaves open."
    source = search.source if isinstance(search, searches.Recast) else search.nucleon.source
    data = RARE_DATA if isinstance(search, searches.Recast) else APRIME_DATA
    latex = rf"\mathrm{{excluded}}(\mathrm{{{search.label}}})".replace(" ", r"\ ")
    observable(
        unit="1",
        latex=latex,
        source=source,
        reads=("m_phi", "v") if search.particle == "phi" else ("m_aprime", "v"),
        slow=True,
        data=(f"recasts.toml:{search.name}", *data),
    )(excluded)


for _search in searches.load().values():
    if isinstance(_search, searches.Recast | searches.ScalarDump):
        _register_table(_search)
    elif not isinstance(_search, searches.MassCut):
        _register(_search)
