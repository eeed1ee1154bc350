"""Published tables of mass -> limit, recast for any couplings: rate of the model over the rate that
is allowed.
"""

import functools
import math
from collections.abc import Callable, Mapping
from importlib import resources
from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from .. import decays
from ..couplings import Couplings, Number, scalar, vector
from ..kernels.decays import widths
from ..kernels.numerics import statistics
from ..kernels.numerics.pytree import Pytree, static
from ..kernels.production.displaced import log_or_closed
from ..parameter import ParameterPoint
from ..u1.registry import couplings_of
from . import dark_higgs, mesons
from .flight import decays_within
from .load import Recast, ScalarDump

_DEVIATIONS = 1.2815515655446004
"""Quantile of the normal distribution at 90 %, one-sided."""
_LARGEST = 20.0
_ROWS = 128

Widths = Mapping[str, decays.Table]
"""The channels of ``aprime`` or ``phi``, or of both."""

Strength = Literal["weakest", "central", "strongest"]
"""Which end of the range that theory leaves to a rate: the weakest excludes the least."""


def photon_squared(c: Couplings) -> Number:
    """G^2 of phi' in GeV^-2, as an axion-like particle has it: Gamma(gamma gamma) = G^2 m^3/(64 pi)
    (arXiv:2109.03244).
    """
    return 64 * math.pi * decays.phi(c)["gammagamma"] / scalar(c).mass ** 3


RATES: dict[str, Callable[[Couplings], Number]] = {
    "pi0_gamma": lambda c: mesons.pi0_mixing(c) ** 2,
    "eta_gamma": lambda c: mesons.eta_mixing(c) ** 2,
    "phi_eta": lambda c: mesons.phi_eta_mixing(c) ** 2,
    "electron": mesons.electron_squared,
    "muon": mesons.muon_squared,
    "muon_beam": mesons.muon_beam,
    "muon_beam_phi": mesons.muon_beam_phi,
    "muon_pairs": mesons.muon_pairs,
    "muon_pairs_phi": mesons.muon_pairs_phi,
    "muon_phi": lambda c: jnp.square(jnp.asarray(scalar(c).yukawa.mu)),
    "photon_phi": photon_squared,
    "ee_mumu_phi": mesons.ee_mumu_phi,
    "pi_e_nu": mesons.pion_electron,
    "K_e_nu": mesons.kaon_electron,
    "K_mu_nu": mesons.kaon_muon,
    "K_mu_nu_phi": mesons.kaon_muon_phi,
    "K_pi": mesons.kaon_pion,
    "K_pi_phi": mesons.kaon_pion_phi,
    "B_K": mesons.b_kaon,
    "B_Kst": mesons.b_kaon_star,
    "B_K_phi": mesons.b_kaon_phi,
    "B_Kst_phi": mesons.b_kaon_star_phi,
}
"""What a table may bound. Those before a cross section in fb (``ee_mumu_phi``) are squared
couplings, as a dark photon's eps^2 or, of the muon, g^2 of a vector that would be seen as often;
``photon_phi`` in GeV^-2; the rest are branching ratios.
"""

_VECTOR, _SCALAR = ("C9_bsmumu", "C9_bsee", "C9p_bsmumu", "C9p_bsee"), ("CS_bsmumu", "CSp_bsmumu", "lambda_portal")
CHANGES_FLAVOUR = {"B_K": _VECTOR, "B_Kst": _VECTOR, "B_K_phi": _SCALAR, "B_Kst_phi": _SCALAR}
"""Rates that read parameters of U(1)_T3R beside those of the particle's own decays, and which."""

TABULATED = ("pi_e_nu", "K_e_nu", "K_mu_nu", "K_mu_nu_phi")
"""Rates of three bodies, which are tables: those that do not come with jt3r take seconds to
make.
"""


def also_reads(search: Recast | ScalarDump) -> tuple[str, ...]:
    """What a search's rate reads of a point of U(1)_T3R beside what the particle's decays do."""
    return CHANGES_FLAVOUR.get(search.rate, ()) if isinstance(search, Recast) else ()


def data_of(search: Recast | ScalarDump) -> tuple[str, ...]:
    """The files under jt3r/data, and tables of them after a colon, that a verdict uses."""
    own = f"recasts.toml:{search.name}"
    if isinstance(search, ScalarDump):
        return own, f"experiments.toml:{search.dump}", "displaced_inputs.toml"
    by_angles = ("flavour_inputs.toml", "dark.toml") if search.particle == "phi" else ("flavour_inputs.toml",)
    angles = by_angles if also_reads(search) else ()
    return own, "limit_tables.csv", "rare_decays.toml", "displaced_inputs.toml", *angles


@functools.cache
def tables() -> dict[str, np.ndarray]:
    """Rows (mass in GeV, limit, upper end of a band or NaN) by search, from
    ``data/limit_tables.csv``.
    """
    found: dict[str, list[list[float]]] = {}
    text = resources.files("jt3r.data").joinpath("limit_tables.csv").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith(("#", "search,")):
            name, *numbers = line.split(",")
            found.setdefault(name, []).append([float(number) if number else np.nan for number in numbers])
    return {name: np.array(rows) for name, rows in found.items()}


class Table(Pytree):
    """The numbers of a table search as arrays: those that bound the same rate in the same channels
    run one program.
    """

    log_mass: Real[Array, " n"]
    log_limit: Real[Array, " n"]
    log_upper: Real[Array, " n"]
    log_factor: Real[ArrayLike, ""]
    """ln of what the rate is multiplied by: the chosen end of what theory leaves open, over the
    published Br.
    """
    length: Real[ArrayLike, ""]
    energy: Real[ArrayLike, ""]
    rate: str = static()
    sees: tuple[str, ...] = static()
    particle: str = static()
    flight: str = static()
    """Name of a spectrum, ``fixed`` for one energy, or nothing where any decay counts."""
    displaced: bool = static()
    band: bool = static()
    """Whether a squared coupling above ``log_upper`` is allowed too."""


@functools.cache
def table(search: Recast, strength: Strength = "weakest") -> Table:
    """The table of a search, or of the one that it shares a table with, filled up to one length;
    KeyError where limit_tables.csv has no rows of it.
    """
    rows = tables()[search.table or search.name]
    rows = np.concatenate([rows, np.repeat(rows[-1:], _ROWS - len(rows), axis=0)])
    factor = {"weakest": search.weakest, "central": 1.0, "strongest": search.strongest}[strength] / search.table_share
    named = isinstance(search.flight, str)
    log_mass, log_limit, log_upper = np.log(rows).T
    return Table(
        log_mass=log_mass,
        log_limit=log_limit,
        log_upper=log_upper,
        log_factor=math.log(factor) if factor else -math.inf,
        length=search.length,
        energy=1.0 if named else float(search.flight),
        rate=search.rate,
        sees=search.sees,
        particle=search.particle,
        flight="" if search.length == 0 else str(search.flight) if named else "fixed",
        displaced=search.displaced,
        band=search.band,
    )


def particle(which: str, c: Couplings, widths_of: Widths | None = None) -> tuple[Number, decays.Table, tuple[str, ...]]:
    """Mass, channels and names of the invisible channels of A' or phi'."""
    channels = (widths_of or {}).get(which)
    if which == "phi":
        return scalar(c).mass, channels or decays.phi(c), ("etaeta", "eta2eta2")
    return vector(c).mass, channels or decays.aprime(c), decays.INVISIBLE


@jax.jit
def log_strength(table: Table, c: Couplings, widths_of: Widths | None = None) -> Array:
    """ln(rate/allowed rate): positive means excluded; -inf where the search says nothing.
    Everything may be differentiated. ``widths_of`` as in ``log_strengths``.
    """
    return log_strengths((table,), c, widths_of)[0]


def log_strengths(tables: tuple[Table, ...], c: Couplings, widths_of: Widths | None = None) -> list[Array]:
    """``log_strength`` of several tables, all of them read at once: finding the rows is a loop,
    which compiles for longer than all else. ``widths_of`` particles, for who has them at hand.
    """
    found = [particle(table.particle, c, widths_of) for table in tables]
    covered, limits, uppers = _read(tables, [mass for mass, _, _ in found])
    strengths = []
    for table, limit, upper, (mass, channels, invisible) in zip(tables, limits, uppers, found, strict=True):
        if table.displaced:
            strengths.append(_log_band(table, c, mass, channels, limit, upper))
            continue
        if table.band:
            strengths.append(_log_between(table, c, channels, limit, upper))
            continue
        share = decays.share(channels, invisible if table.sees == ("invisible",) else table.sees)
        if table.particle == "phi" and table.sees == ("invisible",):
            share = share + _unseen_pairs(c, channels, (widths_of or {}).get("aprime"))
        if table.flight:
            flight = jnp.asarray(table.energy, mass.dtype) if table.flight == "fixed" else table.flight
            share = share * decays_within(table.length, flight, mass, decays.total(channels))
        strengths.append(log_or_closed(RATES[table.rate](c)) + log_or_closed(share) + table.log_factor - limit)
    return [jnp.where(inside, strength, -jnp.inf) for inside, strength in zip(covered, strengths, strict=True)]


def _unseen_pairs(c: Couplings, phi: decays.Table, aprime: decays.Table | None) -> Array | float:
    """Br(phi' -> A' A') with both of them unseen."""
    if "aprimeaprime" not in phi:
        return 0.0
    unseen = decays.share(aprime or decays.aprime(c), decays.INVISIBLE)
    return decays.share(phi, ("aprimeaprime",)) * unseen**2


def _read(tables: tuple[Table, ...], masses: list[Array]) -> tuple[Array, Array, Array]:
    """Whether each table says something at its mass, and ln of its limit and of its upper end
    there.
    """
    at = jnp.log(jnp.stack(jnp.broadcast_arrays(*masses)))
    log_mass, limits, uppers = (
        jnp.stack([jnp.asarray(getattr(table, name), at.dtype) for table in tables])
        for name in ("log_mass", "log_limit", "log_upper")
    )
    over = (slice(None), *(None,) * (at.ndim - 1))
    first, last = log_mass[:, 0][over], log_mass[:, -1][over]
    covered = (at >= first) & (at <= last)
    at = jnp.where(covered, at, first)
    read = jax.vmap(jnp.interp)
    upper = read(at, log_mass, uppers) if any(table.displaced or table.band for table in tables) else at
    return covered, read(at, log_mass, limits), upper


def _log_band(table: Table, c: Couplings, mass: Array, channels: decays.Table, lower: Array, upper: Array) -> Array:
    """Of a dump whose exclusion is a band in eps^2: its lower edge bounds production times decays,
    the upper one the lifetime.

    N goes as eps_e^2 Gamma_ee where the particle lives long: eps^4 at the lower edge. At the upper
    edge it lives too shortly.
    """
    log_one = log_or_closed(widths.vector_to_fermions(mass, mesons.M_E, mesons.ELECTRIC_CHARGE))
    visible = log_or_closed(decays.total(channels, table.sees))
    enough = log_or_closed(RATES[table.rate](c)) + visible - log_one - 2 * lower
    return jnp.minimum(enough, upper + log_one - log_or_closed(decays.total(channels)))


def _log_between(table: Table, c: Couplings, channels: decays.Table, lower: Array, upper: Array) -> Array:
    """Of a star, which a particle cools or heats: it does neither where it couples too weakly to be
    made or so strongly that it stays inside, and nothing is said where it mostly decays otherwise.

    ln of the least of rate/lower, upper/rate and width seen/width of the rest.
    """
    log_rate = log_or_closed(RATES[table.rate](c))
    rest = decays.total(channels, [name for name in channels if name not in table.sees])
    seen = log_or_closed(decays.total(channels, table.sees))
    mostly = jnp.where(rest > 0, seen - jnp.log(jnp.where(rest > 0, rest, 1)), jnp.inf)
    return jnp.minimum(jnp.minimum(log_rate - lower, upper - log_rate) + table.log_factor, mostly)


class TableExcess(Pytree):
    """ln(rate/allowed rate), or of events over those needed, of one search: positive means
    excluded.
    """

    search: Table | dark_higgs.Dump
    log_needed: float = static(default=0.0)
    """ln of the number that it is relative to: 0 for a table of limits."""

    def of(self, c: Couplings, widths_of: Widths | None = None) -> Array:
        """For any couplings; ``widths_of`` particles, for who has them at hand."""
        if isinstance(self.search, Table):
            return log_strength(self.search, c, widths_of)
        return dark_higgs.log_strength(self.search, c, (widths_of or {}).get("phi"))

    def __call__(self, where: ParameterPoint | Couplings) -> Array:
        """At a point of any model, or for couplings."""
        return self.of(couplings_of(where))


@functools.cache
def excess(search: Recast | ScalarDump, strength: Strength = "weakest") -> TableExcess:
    """The search ready for any couplings."""
    if isinstance(search, ScalarDump):
        return TableExcess(dark_higgs.numbers(search), math.log(dark_higgs.dump(search).events.value))
    return TableExcess(table(search, strength))


def residual(log_strength: Array) -> Array:
    """A 90 % CL limit as a half-Gaussian about 0: 1.28 times the rate over the allowed one; at most
    exp(20) of it.
    """
    return statistics.upper_limit(jnp.exp(jnp.minimum(log_strength, _LARGEST)), 1.0, _DEVIATIONS)
