"""One table of channels for each particle: name -> partial width in GeV, from the couplings of a
point.

Every width, branching ratio, lifetime and visible share anywhere is read from these tables. A
channel that the model does not have is not in its table; one that is closed has width 0. Particles
that a point does not give open nothing.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from .constants import ALPHA_EM, CONSTANTS, M_E, M_PI, M_TAU
from .couplings import (
    Absent,
    Couplings,
    Number,
    Scalar,
    Vector,
    dark_current,
    dark_matter,
    is_given,
    lepton,
    mixed,
    own,
    scalar,
    vector,
)
from .data.channels import INVISIBLE as INVISIBLE
from .data.channels import VISIBLE as VISIBLE
from .errors import NotGiven
from .kernels.decays import hadronic, three_body, widths
from .kernels.loops import photon_loops

Table = dict[str, Array]
Loops = Literal["muon", "muon+pion"]

RHO = hadronic.Rho(CONSTANTS["m_rho"].value, CONSTANTS["width_rho"].value, M_PI)


def _masses(c: Couplings) -> dict[str, Number | float]:
    return {"e": M_E, "mu": c.m_mu if c.m_mu is not None else CONSTANTS["m_mu"].value, "tau": M_TAU}


def aprime(c: Couplings) -> Table:
    """Widths of the A': ee, mumu, tautau, pipi, three_photons, neutrinos, eta1_eta2, invisible.

    Of hadrons pi+ pi- alone, by the isovector coupling (``kernels.decays.hadronic``): valid to 0.9
    GeV, and for couplings that have an isoscalar part below 3 m_pi. Three photons, by mixing, below
    2 m_e alone.
    """
    a = vector(c)
    table: Table = {}
    for fermion, mass in _masses(c).items():
        found = lepton(a, fermion)
        if found is not None:
            table[2 * fermion] = widths.vector_to_fermions(a.mass, mass, *found)
    pion = _pion(a)
    if pion is not None:
        table["pipi"] = hadronic.vector_to_pions(a.mass, pion, RHO)
    if a.mixing is not None:
        table["three_photons"] = widths.vector_to_three_photons(a.mass, a.mixing, M_E, ALPHA_EM)
    if a.neutrinos is not None:
        mass = 0.0 if a.neutrino_mass is None else a.neutrino_mass
        table["neutrinos"] = widths.vector_to_majorana(a.mass, mass, a.neutrinos)
    current = dark_current(a)
    if current is not None and is_given(c.eta):
        second = c.eta.mass if c.eta.splitting is None else c.eta.mass + c.eta.splitting
        table["eta1_eta2"] = widths.vector_to_fermion_pair(a.mass, c.eta.mass, second, *current)
    if a.invisible is not None:
        table["invisible"] = a.invisible
    return table


def _pion(a: Vector) -> Number | None:
    """Vector coupling of pi+: of u less that of d, and the mixing."""
    up, down, mixing = own(a, "u"), own(a, "d"), mixed(a, "e")
    parts = [up[0] if up else None, -down[0] if down else None, None if mixing is None else -mixing]
    given = [part for part in parts if part is not None]
    return sum(given[1:], start=given[0]) if given else None


def phi(c: Couplings, loops: Loops = "muon+pion") -> Table:
    """Widths of the phi': gammagamma, ee, mumu, tautau, aprimeaprime, etaeta and, with a splitting,
    eta2eta2.

    gamma gamma from the loops of charged leptons and, unless loops = "muon", of pions. pi pi, open
    above 0.279 GeV, is left out.
    """
    p, masses = scalar(c), _masses(c)
    table = {"gammagamma": photons(p, masses, loops)}
    for fermion, mass in masses.items():
        yukawa = getattr(p.yukawa, fermion)
        if yukawa is not None:
            table[2 * fermion] = widths.scalar_to_fermions(p.mass, mass, yukawa)
    if is_given(p.aprime) and is_given(c.aprime):
        table["aprimeaprime"] = widths.scalar_to_vectors(p.mass, c.aprime.mass, p.aprime)
    if is_given(p.eta) and is_given(c.eta):
        table["etaeta"] = widths.scalar_to_majorana(p.mass, c.eta.mass, p.eta)
        if c.eta.splitting is not None:
            heavier = c.eta.mass + c.eta.splitting
            table["eta2eta2"] = widths.scalar_to_majorana(p.mass, heavier, p.eta * heavier / c.eta.mass)
    return table


@partial(jax.jit, static_argnames="loops")
def photons(p: Scalar, masses: Mapping[str, Number | float], loops: Loops = "muon+pion") -> Array:
    """Gamma(phi' -> gamma gamma) in GeV from the loops of charged leptons and, unless loops =
    "muon", charged pions.
    """
    amplitude = None
    for fermion, mass in masses.items():
        yukawa = getattr(p.yukawa, fermion)
        if yukawa is not None:
            part = photon_loops.fermion_amplitude(p.mass, mass, yukawa)
            amplitude = part if amplitude is None else amplitude + part
    if p.pion is not None and loops == "muon+pion":
        part = photon_loops.scalar_amplitude(p.mass, M_PI, p.pion)
        amplitude = part if amplitude is None else amplitude + part
    return jnp.zeros_like(p.mass) if amplitude is None else widths.scalar_to_photons(p.mass, amplitude, ALPHA_EM)


def eta(c: Couplings) -> Table:
    """Widths of eta_2: eta1_aprime where the splitting exceeds m_A', else pairs by a virtual A':
    eta1_ee, eta1_mumu, ...

    Of leptons by their vector couplings; neutrinos if they are massless.
    """
    a, dark = vector(c), dark_matter(c)
    splitting = jnp.zeros_like(dark.mass) if dark.splitting is None else dark.splitting
    current = dark_current(a) or (jnp.zeros_like(dark.mass), 0.0)
    table = {"eta1_aprime": widths.fermion_to_vector(dark.mass, splitting, a.mass, *current)}
    pairs: dict[str, tuple[Number | float, Number]] = {}
    for fermion, mass in _masses(c).items():
        found = lepton(a, fermion)
        if found is not None:
            pairs[f"eta1_{2 * fermion}"] = (mass, found[0])
    if a.neutrinos is not None and a.neutrino_mass is None:
        pairs["eta1_neutrinos"] = (0.0, a.neutrinos / np.sqrt(2).item())
    for name, (mass, g) in pairs.items():
        table[name] = three_body.fermion_to_pair(dark.mass, splitting, a.mass, current[0], mass, g, current[1])
    return table


def total(table: Table, channels: Iterable[str] | None = None) -> Array:
    """The sum of the widths of these channels, or of all; 0 where the table has none of them."""
    chosen = [table[name] for name in (table if channels is None else channels) if name in table]
    return sum(chosen[1:], start=chosen[0]) if chosen else jnp.zeros(())


def share(table: Table, channels: Iterable[str]) -> Array:
    """The branching ratio into these channels together; 1 where they are all there are, 0 if it is
    stable.
    """
    inside = [name for name in table if name in set(channels)]
    outside = [name for name in table if name not in inside]
    if not outside:
        return widths.branching_ratio(total(table), total(table))
    return widths.branching_ratio(total(table, inside), total(table))


_NEED = {"aprimeaprime": "aprime", "etaeta": "eta", "eta2eta2": "eta", "eta1_eta2": "eta"}
"""Channels that another particle opens."""


def require(table: Table, channels: Iterable[str], c: Couplings) -> None:
    """Raises NotGiven if the table has none of these channels because the point does not give the
    particle that they need.
    """
    missing = [name for name in channels if name not in table]
    absent = [getattr(c, _NEED[name]) for name in missing if name in _NEED]
    lacking = [particle.parameter for particle in absent if isinstance(particle, Absent)]
    if len(lacking) == len(list(channels)):
        raise NotGiven(lacking[0])


def ctau(table: Table) -> Array:
    """c tau in metres."""
    return widths.proper_decay_length(total(table))
