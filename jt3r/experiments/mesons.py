"""Branching ratios of mesons into A' or phi' from the couplings of a model, what muons radiate, and
the squared couplings that searches bound.

Every function takes ``Couplings`` and reads nothing else. Source of each formula: the kernel that
it calls.
"""

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, ArrayLike, Real

from ..constants import ALPHA_EM, CONSTANTS, M_E, M_PI
from ..couplings import CHARGES, ELECTRIC_CHARGE, Couplings, Number, StrangeBottom, lepton, mixed, scalar, vector
from ..data.inputs import inputs
from ..data.load import read_toml
from ..flavour import on_shell
from ..kernels import production
from ..kernels.decays import kaon_pion as chiral
from ..kernels.decays import leptonic, vector_meson
from ..kernels.numerics import chebyshev
from ..kernels.numerics.pytree import Pytree, static
from ..kernels.production.lepton_radiation import Kind
from ..kernels.units import GEV_MINUS2_IN_CM2, HBAR_GEV_S
from ..production import amplitude
from .tables import OnDisk, Table

INPUTS = {name: entry["value"] for name, entry in read_toml("rare_decays.toml").items()}
KAON, PI0 = INPUTS["kaon_mass"], inputs()["pion_mass"]
WIDTHS = {"pion": HBAR_GEV_S / INPUTS["pion_lifetime"], "kaon": HBAR_GEV_S / INPUTS["kaon_lifetime"]}
_MASSES = {"pion": M_PI, "kaon": KAON}
_LEPTONS = {"e": M_E, "mu": CONSTANTS["m_mu"].value}
_FERMI_G8 = INPUTS["fermi"] / 2**0.5 * INPUTS["v_ud"] * INPUTS["v_us"]


def _part(c: Couplings, hand: str, fermion: str) -> Number | float:
    """Coupling of one handedness, mixing included."""
    coupling, mixing = getattr(getattr(vector(c), hand), fermion), mixed(vector(c), fermion)
    given = [part for part in (coupling, mixing) if part is not None]
    return sum(given[1:], start=given[0]) if given else 0.0


def _vector(c: Couplings, fermion: str) -> Number | float:
    return (_part(c, "left", fermion) + _part(c, "right", fermion)) / 2


def _effective(c: Couplings, weights: dict[str, float]) -> Number:
    """Coupling in units of the photon's to a combination of quarks: sum w_q g_q/(e sum w_q Q_q)."""
    total = sum(weight * _vector(c, quark) for quark, weight in weights.items())
    charge = ELECTRIC_CHARGE * sum(weight * CHARGES[quark] for quark, weight in weights.items())
    return jnp.asarray(total / charge)


def pi0_mixing(c: Couplings) -> Number:
    """eps_pi = tr(tau_3 Q V)/(e tr(tau_3 Q^2)): eps + g/(2 e) for U(1)_T3R. The axial part drops
    out by charge conjugation.
    """
    return _effective(c, {"u": CHARGES["u"], "d": -CHARGES["d"]})


def eta_mixing(c: Couplings) -> Number:
    """eps_eta for eta = (uu + dd - ss)/sqrt3: eps + 9 g/(8 e); a pure octet would have 3 g/(2 e),
    30 % more.
    """
    return _effective(c, {"u": CHARGES["u"], "d": CHARGES["d"], "s": -CHARGES["s"]})


def phi_eta_mixing(c: Couplings) -> Number:
    """eps_phi of phi -> eta A': the strange quark's coupling over its charge; u and d of opposite
    couplings add nothing.
    """
    return _effective(c, {"s": 1.0})


def pi0_gamma(c: Couplings) -> Number:
    """Br(pi0 -> gamma A')."""
    return production.branching_to_photon_vector(vector(c).mass, pi0_mixing(c), PI0, inputs()["pion_to_photons"])


def eta_gamma(c: Couplings) -> Number:
    """Br(eta -> gamma A')."""
    mass, photons = inputs()["eta_mass"], inputs()["eta_to_photons"]
    return production.branching_to_photon_vector(vector(c).mass, eta_mixing(c), mass, photons)


def phi_eta(c: Couplings) -> Number:
    """Br(phi -> eta A')."""
    numbers = (INPUTS["phi_mass"], inputs()["eta_mass"], INPUTS["phi_to_eta_photon"], INPUTS["phi_eta_pole"])
    return vector_meson.branching(vector(c).mass, phi_eta_mixing(c), *numbers)


_PAIRS = [(i, j) for i in range(5) for j in range(i, 5)]
_TABLE_POINTS = 72
_THRESHOLD = 3.5
"""Power of 1 - m/m_max with which the three-body rate opens, divided out of the table."""


class _Rates(Pytree):
    """Factors of Br of a decay into three bodies, one of them a light particle, tabulated in its
    mass: relative error below 1e-7 for A', for phi', whose rate goes as ln m, 1e-6 above 10 MeV and
    1e-3 above 1 MeV.
    """

    heaviest: float = static()
    series: Real[Array, "c n"]

    def __call__(self, mass: Number) -> Real[Array, "*b n"]:
        share = jnp.asarray(mass) / self.heaviest
        is_open = (share > 0) & (share < 1)
        safe = jnp.where(is_open, share, 0.5)
        opening = jnp.where(is_open, (1 - safe) ** _THRESHOLD / safe**2, 0)
        return chebyshev.evaluate(jnp.sqrt(safe), self.series) * opening[..., None]


def _series(meson: str, fermion: str, width: Callable[[np.ndarray], ArrayLike]) -> Table:
    """The table of widths in GeV (n, masses), of a decay of the meson with this charged lepton."""
    share = chebyshev.points(_TABLE_POINTS)
    rates = np.asarray(width(_heaviest(meson, fermion) * share)) / WIDTHS[meson] * share**2 / (1 - share) ** _THRESHOLD
    return {"series": jnp.asarray(chebyshev.coefficients(rates.T))}


def _heaviest(meson: str, fermion: str) -> float:
    return _MASSES[meson] - _LEPTONS[fermion]


def _constant(meson: str) -> Array:
    mixing = INPUTS["v_ud" if meson == "pion" else "v_us"]
    return leptonic.weak_constant(INPUTS["fermi"], mixing, INPUTS[f"{meson}_constant"])


@OnDisk
def vector_series(meson: str, fermion: str) -> Table:
    """Of P -> l nu A': what multiplies the products of pairs of the five ``leptonic.Charges``."""

    def width(mass: np.ndarray) -> np.ndarray:
        # Unit charges alone and in pairs, all in one program: (15, 1) charges against (72,) masses.
        charges = np.array([np.maximum(np.eye(5)[i], np.eye(5)[j]) for i, j in _PAIRS])
        given = leptonic.Charges(*charges.T[..., None])
        rates = np.asarray(leptonic.vector_width(mass, given, _MASSES[meson], _LEPTONS[fermion], _constant(meson)))
        alone = {pair[0]: rate for pair, rate in zip(_PAIRS, rates, strict=True) if pair[0] == pair[1]}
        return np.stack([rate if i == j else rate - alone[i] - alone[j] for (i, j), rate in zip(_PAIRS, rates, strict=True)])

    return _series(meson, fermion, width)


@OnDisk
def scalar_series(meson: str, fermion: str) -> Table:
    """Of P -> l nu phi': what multiplies the square of the lepton's coupling."""

    def width(mass: np.ndarray) -> Array:
        return leptonic.scalar_width(mass, 1.0, _MASSES[meson], _LEPTONS[fermion], _constant(meson))[None]

    return _series(meson, fermion, width)


_BEAM_HEAVIEST = 1.0
_PAIR_RANGE = (0.2, 10.0)
"""Masses in GeV that the tables of what muons radiate reach."""


def _beam(kind: Kind, mass: ArrayLike) -> np.ndarray:
    """sigma(mu N -> mu N X)/g^2 in cm^2 at NA64mu, of scattered muons that it looks for."""
    nucleus = (INPUTS["muon_target_charge"], INPUTS["muon_target_mass"])
    shares = (INPUTS["muon_share"], 1.0)
    numbers = (_LEPTONS["mu"], INPUTS["muon_beam"], nucleus, M_E, ALPHA_EM, shares)
    return np.asarray(production.lepton_bremsstrahlung(kind, mass, *numbers))


@OnDisk
def beam_series(kind: Kind) -> Table:
    """ln of NA64mu's cross section over that of a light vector of the same coupling; of an axial
    vector, over (2 m_mu/m)^2 of it.
    """
    mass = _BEAM_HEAVIEST * chebyshev.points(_TABLE_POINTS)
    found = _beam(kind, mass) / _beam("vector", 1e-4)
    if kind == "axial":
        found = found * (mass / (2 * _LEPTONS["mu"])) ** 2
    return {"series": jnp.asarray(chebyshev.coefficients(np.log(found)[:, None]))}


@OnDisk
def pair_series(kind: Kind) -> Table:
    """ln of sigma(e+ e- -> mu+ mu- X)/[g^2 sigma(e+ e- -> mu+ mu-)] at 10.58 GeV."""
    low, high = _PAIR_RANGE
    mass = low * (high / low) ** chebyshev.points(_TABLE_POINTS)
    found = np.asarray(production.lepton_pairs(kind, mass, _LEPTONS["mu"], INPUTS["pair_energy"]))
    return {"series": jnp.asarray(chebyshev.coefficients(np.log(found)[:, None]))}


TABLES = (
    (vector_series, "pion", "e"),
    (vector_series, "kaon", "e"),
    (vector_series, "kaon", "mu"),
    (scalar_series, "kaon", "mu"),
    *((beam_series, kind) for kind in ("vector", "axial", "scalar")),
    *((pair_series, kind) for kind in ("vector", "axial", "scalar")),
)
"""What is tabulated, for which meson and charged lepton, or which boson."""


@functools.cache
def _series_of(series: OnDisk, kind: Kind) -> Array:
    with jax.ensure_compile_time_eval():
        return series(kind)["series"]


def _tabulated(series: OnDisk, kind: Kind, place: Number) -> Number:
    """exp of a table at a place in (0, 1), 0 beyond."""
    inside = (place > 0) & (place < 1)
    found = chebyshev.evaluate(jnp.sqrt(jnp.where(inside, place, 0.5)), _series_of(series, kind))[..., 0]
    return jnp.where(inside, jnp.exp(found), 0)


def beam_share(kind: Kind, mass: Number) -> Number:
    """What NA64mu would count of a boson of unit coupling over a light vector, by the cross section
    alone: relative error 1e-7; 0 above 1 GeV.
    """
    found = _tabulated(beam_series, kind, mass / _BEAM_HEAVIEST)
    return found * (2 * _LEPTONS["mu"] / mass) ** 2 if kind == "axial" else found


def pair_share(kind: Kind, mass: Number) -> Number:
    """sigma(e+ e- -> mu+ mu- X)/[g^2 sigma(e+ e- -> mu+ mu-)] at 10.58 GeV: relative error 1e-6; 0
    outside 0.2 to 10 GeV.
    """
    low, high = _PAIR_RANGE
    return _tabulated(pair_series, kind, jnp.log(mass / low) / np.log(high / low))


@functools.cache
def _rates(series: OnDisk, meson: str, fermion: str) -> _Rates:
    with jax.ensure_compile_time_eval():
        return _Rates(_heaviest(meson, fermion), series(meson, fermion)["series"])


def _with_vector(c: Couplings, meson: str, down: str, fermion: str) -> Number:
    numbers, charges = _rates(vector_series, meson, fermion)(vector(c).mass), _charges(c, down, fermion)
    return jnp.asarray(sum(numbers[..., n] * charges[i] * charges[j] for n, (i, j) in enumerate(_PAIRS)))


def _charges(c: Couplings, down: str, fermion: str) -> leptonic.Charges:
    """A neutrino has the left-handed coupling of its charged lepton, by SU(2), and no electric
    charge.
    """
    own_left = getattr(vector(c).left, fermion)
    return leptonic.Charges(
        contact=_part(c, "right", "u") - _part(c, "right", down),
        meson=_vector(c, "u") - _vector(c, down),
        left=_part(c, "left", fermion),
        right=_part(c, "right", fermion),
        neutrino=0.0 if own_left is None else own_left,
    )


def pion_electron(c: Couplings) -> Number:
    """Br(pi+ -> e+ nu A')."""
    return _with_vector(c, "pion", "d", "e")


def kaon_electron(c: Couplings) -> Number:
    """Br(K+ -> e+ nu A')."""
    return _with_vector(c, "kaon", "s", "e")


def kaon_muon(c: Couplings) -> Number:
    """Br(K+ -> mu+ nu A')."""
    return _with_vector(c, "kaon", "s", "mu")


def kaon_muon_phi(c: Couplings) -> Number:
    """Br(K+ -> mu+ nu phi') by the muon's coupling."""
    return _rates(scalar_series, "kaon", "mu")(scalar(c).mass)[..., 0] * jnp.square(jnp.asarray(scalar(c).yukawa.mu))


def kaon_pion(c: Couplings, octet: float = INPUTS["octet_low"], plet: float = INPUTS["plet_low"]) -> Number:
    """Br(K+ -> pi+ A') at lowest order with g_8 and g_27; the error is not known, see
    ``kernels.decays.kaon_pion``.
    """
    right, left = (chiral.Quarks(*(_part(c, hand, quark) for quark in ("u", "d", "s"))) for hand in ("right", "left"))
    numbers = (KAON, M_PI, inputs()["chiral_constant"])
    found = chiral.vector_amplitude(-_FERMI_G8 * octet, -_FERMI_G8 * plet, right, left, *numbers)
    return chiral.to_vector(vector(c).mass, found, KAON, M_PI) / WIDTHS["kaon"]


def kaon_pion_phi(c: Couplings, octet: float = INPUTS["octet_low"]) -> Number:
    """Br(K+ -> pi+ phi') by the octet, without the weak mass term."""
    found = chiral.scalar_amplitude(-_FERMI_G8 * octet, scalar(c).pion, KAON, M_PI, inputs()["chiral_constant"])
    return chiral.to_scalar(scalar(c).mass, found, KAON, M_PI) / WIDTHS["kaon"]


def pion_share(c: Couplings) -> Number:
    """What a rate with a pi0 is multiplied by to have a longitudinal A' in its place: F^2/(2 V^2)
    for U(1)_T3R (``jt3r.production.amplitude``).
    """
    return amplitude(c, "longitudinal") ** 2


def _changing(particle: Any) -> StrangeBottom:
    return particle.strange_bottom or StrangeBottom(jnp.zeros(()), jnp.zeros(()))


def b_kaon(c: Couplings) -> Number:
    """Br(B+ -> K+ A') by what changes b into s, and by B+ -> K+ pi0 with A' in place of the pion;
    added without interference, whose phase is not known.
    """
    found = _changing(vector(c))
    rate = on_shell.width_b_to_k(vector(c).mass, found.left, found.right) * on_shell.lifetime("K")
    return rate + pion_share(c) * INPUTS["b_to_kaon_pion"]


def b_kaon_star(c: Couplings) -> Number:
    """Br(B0 -> K*0 A'), as that of B+ -> K+ A'."""
    found = _changing(vector(c))
    rate = on_shell.width_b_to_kst(vector(c).mass, found.left, found.right) * on_shell.lifetime("Kst")
    return rate + pion_share(c) * INPUTS["b_to_kaon_star_pion"]


def b_kaon_phi(c: Couplings) -> Number:
    """Br(B+ -> K+ phi') by what changes b into s."""
    found = _changing(scalar(c))
    return on_shell.width_b_to_k_phi(scalar(c).mass, found.left, found.right) * on_shell.lifetime("K")


def b_kaon_star_phi(c: Couplings) -> Number:
    """Br(B0 -> K*0 phi') by what changes b into s."""
    found = _changing(scalar(c))
    return on_shell.width_b_to_kst_phi(scalar(c).mass, found.left, found.right) * on_shell.lifetime("Kst")


def electron_squared(c: Couplings) -> Number:
    """(g_V/e)^2 of the electron: eps^2 for kinetic mixing."""
    found = lepton(vector(c), "e")
    return jnp.zeros_like(vector(c).mass) if found is None else (found[0] / ELECTRIC_CHARGE) ** 2


def muon_squared(c: Couplings) -> Number:
    """g_V^2 + g_A^2 of the muon: what a fast muon radiates transversely."""
    found = lepton(vector(c), "mu")
    return jnp.zeros_like(vector(c).mass) if found is None else found[0] ** 2 + found[1] ** 2


def muon_beam(c: Couplings) -> Number:
    """g_V^2 of a light vector of which NA64mu would count as many as of A': the axial coupling
    counts for more, (2 m_mu/m)^2 of it the longitudinal A'. Muons are taken as unpolarised: g_V g_A
    drops out.
    """
    found = lepton(vector(c), "mu")
    if found is None:
        return jnp.zeros_like(vector(c).mass)
    mass = vector(c).mass
    return found[0] ** 2 * beam_share("vector", mass) + found[1] ** 2 * beam_share("axial", mass)


def muon_beam_phi(c: Couplings) -> Number:
    """g_V^2 of a light vector of which NA64mu would count as many as of phi'."""
    return jnp.square(jnp.asarray(scalar(c).yukawa.mu)) * beam_share("scalar", scalar(c).mass)


def muon_pairs(c: Couplings) -> Number:
    """g_V^2 of a vector of the same mass of which e+ e- -> mu+ mu- X makes as many as of A'."""
    found = lepton(vector(c), "mu")
    if found is None:
        return jnp.zeros_like(vector(c).mass)
    mass = jnp.clip(vector(c).mass, 1.001 * _PAIR_RANGE[0], 0.999 * _PAIR_RANGE[1])
    return found[0] ** 2 + found[1] ** 2 * pair_share("axial", mass) / pair_share("vector", mass)


def muon_pairs_phi(c: Couplings) -> Number:
    """g_V^2 of a vector of the same mass of which e+ e- -> mu+ mu- X makes as many as of phi'."""
    mass = jnp.clip(scalar(c).mass, 1.001 * _PAIR_RANGE[0], 0.999 * _PAIR_RANGE[1])
    return jnp.square(jnp.asarray(scalar(c).yukawa.mu)) * pair_share("scalar", mass) / pair_share("vector", mass)


_CM2_IN_FB = 1e39


def ee_mumu_phi(c: Couplings) -> Number:
    """sigma(e+ e- -> mu+ mu- phi') in fb at 10.58 GeV, at lowest order, muons taken as massless in
    that of mu+ mu- alone (1e-7).
    """
    pairs = 4 * np.pi * ALPHA_EM**2 / (3 * INPUTS["pair_energy"] ** 2) * GEV_MINUS2_IN_CM2 * _CM2_IN_FB
    return jnp.square(jnp.asarray(scalar(c).yukawa.mu)) * pairs * pair_share("scalar", scalar(c).mass)
