"""Energy spectra of the A' that a search's beam makes at unit coupling, tabulated in mass.

Searches that differ in the rest share a table; with the tables at hand every search of one kind
runs the same program on its own numbers.
"""

import functools
import itertools
import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..constants import ALPHA_EM, M_E, M_PROTON
from ..data.inputs import inputs
from ..kernels import production
from ..kernels.numerics import chebyshev
from ..kernels.numerics.quadrature import log_legendre, unit_rule
from .load import DisplacedSearch
from .tables import OnDisk, Table

LIGHTEST, HEAVIEST = 5e-4, 2.0
"""Masses in GeV between which bremsstrahlung is tabulated; for electrons to 0.75 of the lowest
energy at most.
"""


class Nodes(NamedTuple):
    """Quadrature: energies; (fractions, transverse momenta) in each panel of a meson decay; panels
    of the electron's shower; Chebyshev points in mass.
    """

    energies: int = 48
    decay: tuple[int, int] = (24, 10)
    shower: tuple[int, int] = (16, 16)
    masses: int = 128


class Spectra(NamedTuple):
    """Channels on common energies (GeV).

    ``series`` holds, by channel, Chebyshev coefficients of ln(dN/dE dE), the accepted A' per beam
    particle at unit coupling times the weight of the energy: of mesons in m^2, from that of
    ``lightest`` if a spectrometer looks for pairs with mass, else 0, to m_P^2; of bremsstrahlung in
    ln m from ``lightest`` to ``heaviest``. ``longitudinal``, an A' in place of a pi0, is the same
    at any mass, but for pairs that a spectrometer sees.
    """

    energies: Real[Array, " n"]
    heaviest: Real[Array, ""]
    series: dict[str, Real[Array, "c n"]]
    lightest: Real[ArrayLike, ""] = LIGHTEST
    """2 m_l of the leptons that a spectrometer looks for, or LIGHTEST."""
    stretch: tuple[Real[ArrayLike, ""], Real[ArrayLike, ""]] | None = None
    """Beginning and depth in metres of the part of the volume that it is for; None for all."""


def log_weights(channel: str, spectra: Spectra, mass: Real[Array, "*b"]) -> Real[Array, "*b n"]:
    """ln(dN/dE dE) of a channel at the masses; -inf at and above the mass of a meson, that of the
    lightest below the table, without meaning above it.
    """
    meson, lightest = channel in ("pion", "eta"), jnp.asarray(spectra.lightest)
    if meson:
        least = jnp.where(lightest > LIGHTEST, lightest, 0)  # without leptons of mass the table begins at 0
        share = (mass**2 - least**2) / (inputs()[f"{channel}_mass"] ** 2 - least**2)
    else:
        share = jnp.log(mass / lightest) / jnp.log(spectra.heaviest / lightest)
    found = chebyshev.evaluate(jnp.sqrt(jnp.clip(jnp.where(share < 1, share, 0.5), 1e-12)), spectra.series[channel])
    return jnp.where(share[..., None] < 1, found, -jnp.inf) if meson else found


class _Production(NamedTuple):
    """What the spectra depend on: searches that differ in the rest share a table."""

    kind: str
    beam: float
    lowest: float
    angles: tuple[float, float, float]
    target: tuple[float, float, float]
    crossing: tuple[float, ...] = ()
    """Ends of the volume and numbers of the spectrometer that both leptons have to cross."""

    @property
    def threshold(self) -> float:
        """Twice the mass of a lepton that a spectrometer looks for, GeV; 0 without one."""
        return 2 * self.crossing[-1] if self.crossing else 0.0


SLICES = (0.0, 0.125, 1.0)
"""Ends of the parts of a volume, in units of its depth, in each of which pairs are followed as if
they decayed evenly. A' of short lifetime decay at its beginning, farther from the spectrometer: the
upper edges of NA62's dump are lower by up to 7 % without, and the same to 1 % with eight parts.
"""


def _production(search: DisplacedSearch) -> _Production:
    beam, lowest = search.beam_energy.value, search.min_energy.value
    return _Production(search.kind, beam, lowest, search.angles, search.target, search.crossing)


def tabulate(search: DisplacedSearch, longitudinal: bool, nodes: Nodes | None = None) -> tuple[Spectra, ...]:
    """The spectra of a search, without or with the longitudinal A'."""
    with jax.ensure_compile_time_eval():
        return tuple(_spectra(table, *arguments) for table, *arguments in parts(search, longitudinal, nodes))


def parts(search: DisplacedSearch, longitudinal: bool, nodes: Nodes | None = None) -> list[tuple[OnDisk, _Production, Nodes]]:
    """What ``tabulate`` puts together: tables, and what each is made of."""
    nodes, made = nodes or Nodes(), _production(search)
    if made.crossing:  # the share of pairs that are seen falls steeply with the energy at both ends
        nodes = nodes._replace(energies=2 * nodes.energies)
        return [part for stretch in _slices(made) for part in _parts(stretch, longitudinal, nodes)]
    return _parts(made, longitudinal, nodes)


def _slices(made: _Production) -> list[_Production]:
    begin, end, *numbers = made.crossing
    ends = [begin + share * (end - begin) for share in SLICES]
    return [made._replace(crossing=(*stretch, *numbers)) for stretch in itertools.pairwise(ends)]


def _parts(made: _Production, longitudinal: bool, nodes: Nodes) -> list[tuple[OnDisk, _Production, Nodes]]:
    if made.kind == "electron_dump":
        return [(electrons, made, nodes)]
    if not longitudinal:
        return [(mesons, made, nodes), (protons, made, nodes)]
    # Pions themselves end as (1 - E/E_max)^3.45, their decays as a higher power: half as many energies more.
    finer = nodes._replace(energies=3 * nodes.energies // 2)
    return [(mesons, made, finer), (protons, made, nodes), (pions, made, finer)]


@functools.cache
def _spectra(table: OnDisk, made: _Production, nodes: Nodes) -> Spectra:
    found = table(made, nodes)
    stretch = (made.crossing[0], made.crossing[1] - made.crossing[0]) if made.crossing else None
    return Spectra(found.pop("energies"), found.pop("heaviest"), found, max(LIGHTEST, made.threshold), stretch)


def _masses(count: int, heaviest: float, threshold: float = 0.0) -> np.ndarray:
    lightest = max(LIGHTEST, threshold)
    return lightest * (heaviest / lightest) ** chebyshev.points(count)


def _ratios(count: int, meson_mass: float, threshold: float) -> np.ndarray:
    """(m/m_P)^2 from that of the threshold to 1."""
    least = (threshold / meson_mass) ** 2
    return least + (1 - least) * chebyshev.points(count)


def _mesons_above(threshold: float) -> dict[str, float]:
    """Meson -> mass of those that decay into an A' above the threshold, GeV."""
    masses = {meson: inputs()[f"{meson}_mass"] for meson in ("pion", "eta")}
    return {meson: mass for meson, mass in masses.items() if mass > threshold}


def _series(log_values: Array) -> Array:
    return jnp.asarray(chebyshev.coefficients(np.asarray(log_values)))


@OnDisk
def mesons(made: _Production, nodes: Nodes) -> Table:
    """pi0 and eta -> gamma A' at Br = 1; eta has the spectrum of pi0 with its own mass, times the
    input eta_per_pion_*.
    """
    numbers, collider = inputs(), made.kind == "collider"
    beam, lowest, mass_number = (jnp.asarray(x) for x in (made.beam, made.lowest, made.target[0]))
    energies, weights, highest = _meson_energies(beam, lowest, made.kind == "beam_dump", nodes.energies)
    boost = _boost(beam, collider)
    angles, each = jnp.asarray(made.angles), {"pion": 1.0, "eta": numbers[f"eta_per_pion_{'collider' if collider else 'dump'}"]}
    series, seen = {}, pairs(made) if made.crossing else {}
    for meson, number in _mesons_above(made.threshold).items():
        ratios = jnp.asarray(_ratios(nodes.masses, number, made.threshold))
        mass, per_pion = jnp.asarray(number), jnp.asarray(each[meson])
        log_values = _meson_spectra(
            ratios, energies, weights, mass, highest, beam, boost, angles, mass_number, per_pion, collider, nodes.decay
        )
        if seen:
            log_values = log_values + _between(seen[meson], chebyshev.points(nodes.masses), energies, made)
        series[meson] = _series(log_values)
    return {"energies": energies, "heaviest": jnp.asarray(HEAVIEST), **series}


@OnDisk
def pions(made: _Production, nodes: Nodes) -> Table:
    """pi0 themselves, in place of which a longitudinal A' is made."""
    collider, mass_number = made.kind == "collider", jnp.asarray(made.target[0])
    beam, lowest, angles = (jnp.asarray(x) for x in (made.beam, made.lowest, made.angles))
    energies, weights, _ = _meson_energies(beam, lowest, made.kind == "beam_dump", nodes.energies)
    boost = _boost(beam, collider)
    found = _pions(energies, weights, beam, boost, angles, mass_number, collider, 4 * nodes.decay[1] // 3)[None]
    if made.crossing:
        found = _series(found + _between(pairs(made)["longitudinal"], chebyshev.points(nodes.masses), energies, made))
    return {"energies": energies, "heaviest": jnp.asarray(HEAVIEST), "longitudinal": found}


def _boost(beam: Array, collider: bool) -> Array:
    return jnp.ones(()) if collider else production.centre_of_mass_boost(beam, jnp.asarray(M_PROTON))


@functools.partial(jax.jit, static_argnames=("fixed_target", "count"))
def _meson_energies(beam: Array, lowest: Array, fixed_target: bool, count: int) -> tuple[Array, Array, Array]:
    """Energies, their weights, and the highest energy of a pion."""
    pion = jnp.asarray(inputs()["pion_mass"])
    highest = production.highest_meson_energy(beam, pion, jnp.asarray(M_PROTON)) if fixed_target else beam
    return *log_legendre(lowest, highest, count), highest


@functools.partial(jax.jit, static_argnames=("collider", "nodes"))
def _pions(
    energies: Array, weights: Array, beam: Array, boost: Array, angles: Array, mass_number: Array, collider: bool, nodes: int
) -> Array:
    """ln(dN/dE dE) of pi0 inside the aperture."""
    mass = jnp.asarray(inputs()["pion_mass"])
    spectrum = functools.partial(_pion_spectrum, beam, mass_number, mass, collider)
    kink = jnp.sqrt(jnp.maximum((energies / boost) ** 2 - mass**2, 0))  # where x_F = 0
    pions = production.mesons_within(energies, angles[1], spectrum, angles[0], kink, nodes)
    return jnp.log(pions * angles[2] + 1e-60) + jnp.log(weights)


def _pion_spectrum(
    beam: Array, mass_number: Array, meson_mass: Array, collider: bool, energy: Array, transverse: Array
) -> Array:
    if collider:
        return production.pion_spectrum_collider(energy, transverse, beam, M_PROTON)
    return production.pion_spectrum_fixed_target(energy, transverse, beam, mass_number, meson_mass, M_PROTON)


@functools.partial(jax.jit, static_argnames=("collider", "nodes"))
def _meson_spectra(
    ratios: Array,
    energies: Array,
    weights: Array,
    meson_mass: Array,
    highest: Array,
    beam: Array,
    boost: Array,
    angles: Array,
    mass_number: Array,
    per_pion: Array,
    collider: bool,
    nodes: tuple[int, int],
) -> Array:
    """ln(dN/dE dE) at each m^2/m_P^2 (rows) and energy: one program for all fixed targets, one for
    colliders.
    """
    mesons = functools.partial(_pion_spectrum, beam, mass_number, meson_mass, collider)

    def at(ratio: Array) -> Array:
        mass = jnp.sqrt(ratio) * meson_mass
        numbers = (energies, mass, meson_mass, highest, angles[1])
        return production.vectors_from_mesons(*numbers, mesons, angles[0], boost, nodes)

    # The spectrum of eta ends a little below that of pi0: those nodes hold less than 1e-60 of it.
    return jnp.log(jax.lax.map(at, ratios) * angles[2] * per_pion + 1e-60) + jnp.log(weights)


@OnDisk
def protons(made: _Production, nodes: Nodes) -> Table:
    """p -> p A' at unit coupling, transverse, without the form factor."""
    s = 4 * made.beam**2 if made.kind == "collider" else 2 * M_PROTON * made.beam
    masses = jnp.asarray(_masses(nodes.masses, HEAVIEST, made.threshold))[:, None]
    angles = jnp.asarray(made.angles)
    energies, log_values = _proton_spectra(
        masses, jnp.asarray(_panels(made)), jnp.asarray(made.beam), s, angles, nodes.energies
    )
    if made.crossing:
        log_values = log_values + _between(pairs(made)["vector"], chebyshev.points(nodes.masses), energies, made)
    return {"energies": energies, "heaviest": jnp.asarray(HEAVIEST), "vector": _series(log_values)}


@functools.partial(jax.jit, static_argnames="count")
def _proton_spectra(masses: Array, panels: Array, beam: Array, s: ArrayLike, angles: Array, count: int) -> tuple[Array, Array]:
    """Energies, and ln(dN/dE dE) at each mass (rows) and energy: one program for all beams."""
    energies, weights = (x.ravel() for x in log_legendre(panels[0], panels[1], count // 2))
    left_over = production.proton_cross_section(s * (1 - energies / beam)) / production.proton_cross_section(jnp.asarray(s))
    return energies, jnp.log(_splitting(energies, masses, beam, angles)) + jnp.log(left_over * angles[2] * weights / beam)


@jax.jit
def _splitting(energies: Array, masses: Array, beam: Array, angles: Array) -> Array:
    """dN/dz between the two polar angles, at each mass (rows) and energy."""
    inner, outer = (
        production.vector_splitting(
            energies / beam, masses, jnp.minimum(energies * angle, inputs()["largest_transverse"]), M_PROTON
        )
        for angle in (angles[0], angles[1])
    )
    return outer - inner


def _panels(made: _Production) -> list[list[float]]:
    """Lower and upper ends of two panels in ln E that meet where the aperture lets through all
    transverse momenta that bremsstrahlung may have.
    """
    limit, (smallest, largest, _) = inputs()["largest_transverse"], made.angles
    highest = inputs()["largest_fraction"] * made.beam
    if smallest * highest > limit:
        highest = limit / smallest  # harder A' pass inside the aperture's inner edge
    meet = limit / largest
    if not 1.2 * made.lowest < meet < highest / 1.2:
        meet = math.sqrt(made.lowest * highest)
    return [[made.lowest, meet], [meet, highest]]


RINGS, PAIR_MASSES, PAIR_ENERGIES = 16, 32, 20
"""Rings of polar angle, masses and energies at which pairs are followed through a spectrometer."""
FEWEST = 3e-4
"""Added to the share of pairs that are seen: it is interpolated as a logarithm."""


@OnDisk
def pairs(made: _Production) -> Table:
    """ln of the share of each channel's A' that a spectrometer sees, with FEWEST added, at
    PAIR_MASSES Chebyshev points of the mass, in the variable of the channel's spectrum, and
    PAIR_ENERGIES of ln E: mean over rings of polar angle, weighted by what is emitted into each.
    """
    beam, lowest, mass_number = (jnp.asarray(x) for x in (made.beam, made.lowest, made.target[0]))
    highest = production.highest_meson_energy(beam, jnp.asarray(inputs()["pion_mass"]), jnp.asarray(M_PROTON))
    energies = lowest * (made.beam / lowest) ** jnp.asarray(chebyshev.points(PAIR_ENERGIES))
    boost, ones = _boost(beam, False), jnp.ones(PAIR_ENERGIES)
    limits = np.linspace(*made.angles[:2], RINGS + 1)
    vectors = jnp.asarray(_masses(PAIR_MASSES, HEAVIEST, made.threshold))
    meson_masses = _mesons_above(made.threshold)
    ratios = {meson: jnp.asarray(_ratios(PAIR_MASSES, mass, made.threshold)) for meson, mass in meson_masses.items()}
    masses = {meson: jnp.sqrt(ratios[meson]) * mass for meson, mass in meson_masses.items()}
    masses |= {"vector": vectors, "longitudinal": vectors}
    nothing = jnp.zeros((PAIR_MASSES, PAIR_ENERGIES))
    emitted, seen = dict.fromkeys(masses, nothing), dict.fromkeys(masses, nothing)
    follow = functools.partial(_pairs_seen, crossing=made.crossing)
    for smallest, largest in itertools.pairwise(limits):
        ring = jnp.asarray([smallest, largest, 1.0])
        given = (highest, beam, boost, ring, mass_number, jnp.asarray(1.0), False, Nodes().decay)
        into = {
            meson: jnp.exp(_meson_spectra(ratios[meson], energies, ones, jnp.asarray(mass), *given))
            for meson, mass in meson_masses.items()
        }
        into["vector"] = _splitting(energies, vectors[:, None], beam, ring)
        into["longitudinal"] = jnp.exp(_pions(energies, ones, beam, boost, ring, mass_number, False, Nodes().decay[1]))
        for channel, weight in into.items():
            emitted[channel] += weight + 1e-60
            seen[channel] += weight * follow(energies, masses[channel], ring)
    return {channel: jnp.log(seen[channel] / emitted[channel] + FEWEST) for channel in masses}


@functools.partial(jax.jit, static_argnames="crossing")
def _pairs_seen(energies: Array, masses: Array, ring: Array, crossing: tuple[float, ...]) -> Array:
    begin, end, *numbers = crossing
    return production.shares_of_pairs_seen(energies, masses, ring[0], ring[1], begin, end, production.Spectrometer(*numbers))


def _between(log_shares: Array, at: ArrayLike, energies: Array, made: _Production) -> Array:
    """``pairs`` of a channel at other Chebyshev points of its mass (rows) and other energies."""
    by_mass = chebyshev.evaluate(jnp.sqrt(jnp.asarray(at)), _series(log_shares))
    place = jnp.log(energies / made.lowest) / math.log(made.beam / made.lowest)
    return chebyshev.evaluate(jnp.sqrt(place), _series(by_mass.T)).T


@OnDisk
def electrons(made: _Production, nodes: Nodes) -> Table:
    """e -> e A' at eps = 1, on a rule in s with ln(E_0/E) = s^4 ln(E_0/E_min): at E -> E_0 it goes
    like 1/|ln(E_0 - E)|.
    """
    mass_number, charge_number, radiation_length = (jnp.asarray(x) for x in made.target)
    heaviest = min(HEAVIEST, 0.75 * made.lowest)
    masses, beam, depth = (
        jnp.asarray(x) for x in (_masses(nodes.masses, heaviest), made.beam, math.log(made.beam / made.lowest))
    )
    energies, log_values = _electron_spectra(
        masses, beam, depth, charge_number, mass_number, radiation_length, nodes.energies, nodes.shower
    )
    return {"energies": energies, "heaviest": jnp.asarray(heaviest), "electron": _series(log_values)}


@functools.partial(jax.jit, static_argnames=("count", "nodes"))
def _electron_spectra(
    masses: Array,
    beam: Array,
    depth: Array,
    charge_number: Array,
    mass_number: Array,
    radiation_length: Array,
    count: int,
    nodes: tuple[int, int],
) -> tuple[Array, Array]:
    """Energies, and ln(dN/dE dE) at each mass (rows) and energy: one program for all targets."""
    points, weights = (x[::-1] for x in unit_rule(count, jnp.result_type(float)))
    energies = beam * jnp.exp(-depth * points**4)
    target = (charge_number, mass_number, radiation_length, M_E, ALPHA_EM)
    spectrum = jax.lax.map(lambda mass: production.vectors_from_electrons(energies, mass, beam, *target, nodes), masses)
    return energies, jnp.log(spectrum) + jnp.log(weights * energies * depth * 4 * points**3)
