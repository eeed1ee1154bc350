"""Observables of the A', phi' and eta_2: widths, branching ratios, lifetimes, and events of every
computed search.
"""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array

from .. import decays
from ..couplings import Couplings
from ..parameter import ParameterPoint
from ..registry import observable, observables
from . import limits, recast
from . import load as searches

PAPER = "arXiv:2105.07655"
APRIME, OPENS_APRIME = ("m_aprime", "v", "m_mu"), ("m_eta", "delta", "m_nu_s", "width_invisible", "kinetic_mixing")
PHI, OPENS_PHI = ("m_phi", "v", "m_mu"), ("m_aprime", "m_eta", "delta")
_READ: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {"aprime": (APRIME, OPENS_APRIME), "phi": (PHI, OPENS_PHI)}

TEX = str.maketrans({"→": r"\to ", "π": r"\pi ", "η": r"\eta ", "γ": r"\gamma ", "ν": r"\nu ", "μ": r"\mu ", "φ": r"\phi "})
"""Letters of the labels of searches, for typesetting."""


def _typeset(label: str) -> str:
    return rf"\mathrm{{{label}}}".replace(" ", r"\ ").translate(TEX)


@observable(unit="m", latex=r"c\tau_{A'}", source=f"{PAPER}, Sec. V, Fig. 6", of=Couplings, reads=APRIME, opens=OPENS_APRIME)
def ctau_aprime(c: Couplings) -> Array:
    """c tau of the A' by all its open channels."""
    return decays.ctau(decays.aprime(c))


@observable(unit="GeV", latex=r"\Gamma_{A'}", source=f"{PAPER}, Sec. III", of=Couplings, reads=APRIME, opens=OPENS_APRIME)
def width_aprime(c: Couplings) -> Array:
    """Total width of the A'."""
    return decays.total(decays.aprime(c))


@observable(unit="m", latex=r"c\tau_{\phi'}", source=f"{PAPER}, Sec. III", of=Couplings, reads=PHI, opens=OPENS_PHI)
def ctau_phi(c: Couplings) -> Array:
    """c tau of the phi' by all its open channels."""
    return decays.ctau(decays.phi(c))


@observable(unit="GeV", latex=r"\Gamma_{\phi'}", source=f"{PAPER}, Sec. III", of=Couplings, reads=PHI, opens=OPENS_PHI)
def width_phi(c: Couplings) -> Array:
    """Total width of the phi'."""
    return decays.total(decays.phi(c))


@observable(
    unit="m", latex=r"c\tau_{\eta_2}", source=f"{PAPER}, Sec. II; virtual A', kernels/decays/three_body.py", of=Couplings
)
def ctau_eta2(c: Couplings) -> Array:
    """c tau of the heavier dark-matter state, eta_2 -> eta_1 A' or eta_1 and a pair."""
    return decays.ctau(decays.eta(c))


_PARTICLES = {"aprime": ("A'", decays.aprime), "phi": (r"\phi'", decays.phi)}
_SHARES: list[tuple[str, str, str, tuple[str, ...], str]] = [
    ("aprime", "ee", r"e e", ("ee", "three_photons"), "A' -> e+ e-; three photons below 2 m_e are counted here"),
    ("aprime", "mumu", r"\mu\mu", ("mumu",), "A' -> mu+ mu-"),
    ("aprime", "pipi", r"\pi\pi", ("pipi",), "A' -> pi+ pi-, valid to 0.9 GeV"),
    ("aprime", "sterile", r"\nu\nu", ("neutrinos",), "A' -> neutrinos; in U(1)_T3R the sterile one, if m_nu_s is given"),
    ("aprime", "eta", r"\eta_1 \eta_2", ("eta1_eta2",), "A' -> eta_1 eta_2 of dark matter"),
    ("aprime", "visible", r"\mathrm{visible}", decays.VISIBLE, "A' -> anything a detector sees"),
    ("aprime", "invisible", r"\mathrm{invisible}", decays.INVISIBLE, "A' -> neutrinos, dark matter or anything else unseen"),
    ("phi", "gammagamma", r"\gamma\gamma", ("gammagamma",), "phi' -> gamma gamma"),
    ("phi", "mumu", r"\mu\mu", ("mumu",), "phi' -> mu+ mu-"),
    ("phi", "aprimeaprime", "A' A'", ("aprimeaprime",), "phi' -> A' A'"),
    (
        "phi",
        "etaeta",
        r"\eta\eta",
        ("etaeta", "eta2eta2"),
        "phi' -> dark matter, eta_1 eta_1 and, with a splitting, eta_2 eta_2",
    ),
    (
        "phi",
        "eta",
        r"\eta\eta",
        ("etaeta", "eta2eta2"),
        "phi' -> dark matter, eta_1 eta_1 and, with a splitting, eta_2 eta_2; older name",
    ),
]
_WIDTH_READS = {
    "gammagamma": PHI,
    "mumu": PHI,
    "aprimeaprime": ("m_phi", "v", "m_aprime"),
    "etaeta": ("m_phi", "v", "m_eta"),
}
_WIDTHS = [
    ("phi", "gammagamma", "gammagamma", r"\gamma\gamma", "phi' -> gamma gamma by loops of charged leptons and pions"),
    ("phi", "mumu", "mumu", r"\mu\mu", "phi' -> mu+ mu-, Yukawa coupling m_mu/(sqrt2 V) in U(1)_T3R"),
    ("phi", "aprimeaprime", "aprimeaprime", "A' A'", "phi' -> A' A', m_phi'^3 sqrt(1-4x) (1-4x+12x^2)/(64 pi V^2) in U(1)_T3R"),
    ("phi", "etaeta", "etaeta", r"\eta_1\eta_1", "phi' -> eta_1 eta_1, m_eta^2 m_phi' beta^3/(32 pi V^2) in U(1)_T3R"),
    ("phi", "eta", "etaeta", r"\eta_1\eta_1", "phi' -> eta_1 eta_1, m_eta^2 m_phi' beta^3/(32 pi V^2) in U(1)_T3R; older name"),
]


def _share(particle: str, name: str, label: str, channels: tuple[str, ...], doc: str) -> None:
    symbol, table = _PARTICLES[particle]

    def branching_ratio(c: Couplings) -> Array:
        found = table(c)
        decays.require(found, channels, c)
        return decays.share(found, channels)

    branching_ratio.__name__ = f"br_{particle}_{name}"
    branching_ratio.__doc__ = f"Br({doc.split(';')[0].split(',')[0]}) among all open channels. {doc}."
    reads: tuple[str, ...]
    reads, opens = _READ[particle]
    if "etaeta" in channels:
        reads = (*reads, "m_eta")
    if "eta1_eta2" in channels and len(channels) == 1:
        reads = (*reads, "m_eta")
    if channels == ("aprimeaprime",):
        reads = (*reads, "m_aprime")
    observable(
        unit="1",
        latex=rf"\mathrm{{Br}}({symbol} \to {label})",
        source=f"{PAPER}, Sec. III; jt3r/decays.py",
        of=Couplings,
        reads=reads,
        opens=tuple(name for name in opens if name not in reads),
    )(branching_ratio)


def _width(particle: str, name: str, channel: str, label: str, doc: str) -> None:
    symbol, table = _PARTICLES[particle]

    def width(c: Couplings) -> Array:
        found = table(c)
        decays.require(found, (channel,), c)
        return decays.total(found, (channel,))

    width.__name__ = f"width_{particle}_{name}"
    width.__doc__ = f"Width of {doc}."
    latex = rf"\Gamma({symbol}\to {label})"
    source, reads = f"{PAPER}, Sec. III; jt3r/decays.py", _WIDTH_READS[channel]
    observable(unit="GeV", latex=latex, source=source, of=Couplings, reads=reads)(width)


for _row in _SHARES:
    _share(*_row)
for _entry in _WIDTHS:
    _width(*_entry)


def _register(search: searches.DisplacedSearch | searches.CouplingLimit, replace: bool = False) -> None:
    """events_NAME, log_events_NAME, loglike_NAME and excluded_NAME or reach_NAME; names in lower
    case, - as _.
    """
    name = search.name.lower().replace("-", "_")
    label = _typeset(search.label)
    verdict = "excluded" if search.status == "excluded" else "reach"
    source = f"{search.events.source}; each number of the search: data/experiments.toml"

    def add(prefix: str, latex: str, doc: str, function: Callable[[ParameterPoint], Array]) -> None:
        function.__name__ = f"{prefix}_{name}"
        function.__doc__ = doc
        data = (f"experiments.toml:{search.name}", "displaced_inputs.toml")
        width = observables["width_aprime"]
        facts: dict[str, Any] = {"unit": "1", "latex": latex, "source": source, "data": data}
        observable(**facts, reads=width.declared, opens=width.opens, like=width.of, slow=True, replace=replace)(function)

    def events(point: ParameterPoint) -> Array:
        return jnp.exp(log_events(point))

    def log_events(point: ParameterPoint) -> Array:
        return limits.log_events(search, point)

    def loglike(point: ParameterPoint) -> Array:
        return limits.log_likelihood(search, point)

    def decided(point: ParameterPoint) -> Array:
        return (limits.log_signal(search, point) > 0).astype(jnp.result_type(float))

    add("events", f"N({label})", f"Expected events of {search.label}, decays that it sees, recipe direct.", events)
    add("log_events", rf"\ln N({label})", f"Logarithm of events_{name}, finite where those are 0.", log_events)
    add("loglike", rf"\Delta\ln L({label})", f"Log-likelihood of {search.label} less that without signal.", loglike)
    what = "excludes" if verdict == "excluded" else "would see"
    add(verdict, rf"\mathrm{{{verdict}}}({label})", f"1 where {search.label} {what} the point, else 0.", decided)


def _register_table(search: searches.Recast | searches.ScalarDump, replace: bool = False) -> None:
    """excluded_NAME: the verdict of a published table of limits, or of a dump for phi'."""
    name = search.name.lower().replace("-", "_")

    def excluded(c: Couplings) -> Array:
        return (recast.excess(search).of(c) > 0).astype(jnp.result_type(float))

    excluded.__name__ = f"excluded_{name}"
    excluded.__doc__ = f"1 where {search.label} excludes the point, else 0; rate at the weak end of what theory leaves open."
    source = search.source if isinstance(search, searches.Recast) else search.nucleon.source
    data = recast.data_of(search)
    latex = rf"\mathrm{{excluded}}({_typeset(search.label)})"
    width = observables["width_phi" if search.particle == "phi" else "width_aprime"]
    also = recast.also_reads(search)
    reads = None if width.declared is None else (*width.declared, *also)
    observable(
        unit="1",
        latex=latex,
        source=source,
        of=Couplings,
        reads=reads,
        opens=width.opens,
        like=None if also else width.of,
        slow=True,
        data=data,
        replace=replace,
    )(excluded)


def register(search: searches.Search, replace: bool = False) -> None:
    """The observables of a search. Raises ValueError if one exists, unless ``replace``."""
    if isinstance(search, searches.Recast | searches.ScalarDump):
        _register_table(search, replace)
    elif not isinstance(search, searches.MassCut):
        _register(search, replace)


for _search in searches.load().values():
    register(_search)
