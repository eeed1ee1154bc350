"""Energy spectra of the A' that a search's beam makes at unit coupling, tabulated in mass.

The tables are made once for a search; after that every search of one kind runs the same program on
its own numbers.
"""

import functools
import math
from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Real

from ..constants import ALPHA_EM, M_E, M_PROTON
from ..data.inputs import inputs
from ..kernels import production
from ..kernels.numerics import chebyshev
from ..kernels.numerics.quadrature import log_legendre, unit_rule
from .load import DisplacedSearch
from .tables import on_disk

LIGHTEST, HEAVIEST = 5e-4, 2.0
"""Masses in GeV between which bremsstrahlung is tabulated; for electrons to 0.75 of the lowest
energy at most.
"""


class Nodes(NamedTuple):
    """Quadrature: energies; (fractions, transverse momenta, azimuths) of a meson decay; panels of
    the electron's shower; Chebyshev points in mass.
    """

    energies: int = 48
    decay: tuple[int, int, int] = (24, 12, 8)
    shower: tuple[int, int] = (16, 16)
    masses: int = 128


class Spectra(NamedTuple):
    """Channels on common energies (GeV).

    ``series`` holds, by channel, Chebyshev coefficients of ln(dN/dE dE), the accepted A' per beam
    particle at unit coupling times the weight of the energy: of mesons in (m/m_P)^2, of
    bremsstrahlung in ln m from LIGHTEST to ``heaviest``. ``longitudinal``, an A' in place of a pi0,
    is the same at any mass.
    """

    energies: Real[Array, " n"]
    heaviest: Real[Array, ""]
    series: dict[str, Real[Array, "c n"]]


def tabulate(search: DisplacedSearch, longitudinal: bool, nodes: Nodes | None = None) -> tuple[Spectra, ...]:
    """The spectra of a search, without or with the longitudinal A'."""
    nodes, made = nodes or Nodes(), _production(search)
    # Pions themselves end as (1 - E/E_max)^3.45, their decays as a higher power: half as many energies more.
    of_mesons = nodes._replace(energies=3 * nodes.energies // 2) if longitudinal else nodes
    with jax.ensure_compile_time_eval():
        if made.kind == "electron_dump":
            return (_electrons(made, nodes),)
        mesons, protons = _mesons(made, of_mesons), _protons(made, nodes)
    if not longitudinal:
        mesons = mesons._replace(series={name: series for name, series in mesons.series.items() if name != "longitudinal"})
    return mesons, protons


def log_weights(channel: str, spectra: Spectra, mass: Real[Array, "*b"]) -> Real[Array, "*b n"]:
    """ln(dN/dE dE) of a channel at the masses; -inf at and above the mass of a meson, without
    meaning outside the table.
    """
    if channel in ("pion", "eta"):
        ratio = mass / inputs()[f"{channel}_mass"]
        found = chebyshev.evaluate(jnp.where(ratio < 1, ratio, 0.5), spectra.series[channel])
        return jnp.where(ratio[..., None] < 1, found, -jnp.inf)
    if channel == "longitudinal":
        return jnp.broadcast_to(spectra.series[channel][0], (*mass.shape, spectra.energies.size))
    share = jnp.log(mass / LIGHTEST) / jnp.log(spectra.heaviest / LIGHTEST)
    inside = (share > 0) & (share < 1)
    return chebyshev.evaluate(jnp.sqrt(jnp.where(inside, share, 0.5)), spectra.series[channel])


class _Production(NamedTuple):
    """What the spectra depend on: searches that differ in the rest share a table."""

    kind: str
    beam: float
    lowest: float
    angles: tuple[float, float, float]
    target: tuple[float, float, float]


def _production(search: DisplacedSearch) -> _Production:
    beam, lowest = search.beam_energy.value, search.min_energy.value
    return _Production(search.kind, beam, lowest, search.angles, search.target)


def _masses(count: int, heaviest: float) -> np.ndarray:
    return LIGHTEST * (heaviest / LIGHTEST) ** chebyshev.points(count)


def _series(log_values: Array) -> Array:
    return jnp.asarray(chebyshev.coefficients(np.asarray(log_values)))


def _kept(make: Callable[[_Production, Nodes], Spectra]) -> Callable[[_Production, Nodes], Spectra]:
    """Spectra as a flat table on disk, and back."""

    @on_disk
    @functools.wraps(make)
    def table(made: _Production, nodes: Nodes) -> dict[str, Array]:
        found = make(made, nodes)
        return {"energies": found.energies, "heaviest": found.heaviest} | found.series

    @functools.wraps(make)
    def spectra(made: _Production, nodes: Nodes) -> Spectra:
        found = table(made, nodes)
        return Spectra(found.pop("energies"), found.pop("heaviest"), found)

    return spectra


@functools.cache
@_kept
def _mesons(made: _Production, nodes: Nodes) -> Spectra:
    """pi0 and eta -> gamma A' at Br = 1, and pi0 themselves (``longitudinal``); eta has the
    spectrum of pi0 with its own mass, times the input eta_per_pion_*.
    """
    numbers = inputs()
    highest = made.beam
    if made.kind == "beam_dump":
        at = (jnp.asarray(x) for x in (made.beam, numbers["pion_mass"], M_PROTON))
        highest = float(production.highest_meson_energy(*at))
    energies, weights = log_legendre(jnp.asarray(made.lowest), jnp.asarray(highest), nodes.energies)
    series = {}
    for meson, each in (("pion", 1.0), ("eta", numbers[f"eta_per_pion_{'collider' if made.kind == 'collider' else 'dump'}"])):
        spectrum = _meson_spectra(
            jnp.asarray(chebyshev.points(nodes.masses)),
            energies,
            jnp.asarray(numbers[f"{meson}_mass"]),
            jnp.asarray(highest),
            jnp.asarray(made.beam),
            jnp.asarray(made.angles),
            jnp.asarray(made.target[0]),
            made.kind == "collider",
            nodes.decay,
        )
        # The spectrum of eta ends a little below that of pi0: those nodes hold less than 1e-60 of it.
        series[meson] = _series(jnp.log(spectrum * made.angles[2] * each + 1e-60) + jnp.log(weights))
    at = (jnp.asarray(x) for x in (made.beam, made.angles, made.target[0]))
    pions = _pions(energies, *at, made.kind == "collider")
    series["longitudinal"] = (jnp.log(pions * made.angles[2] + 1e-60) + jnp.log(weights))[None]
    return Spectra(energies, jnp.asarray(HEAVIEST), series)


@functools.partial(jax.jit, static_argnames="collider")
def _pions(energies: Array, beam: Array, angles: Array, mass_number: Array, collider: bool) -> Array:
    """dN/dE of pi0 inside the aperture."""
    spectrum = functools.partial(_pion_spectrum, beam, mass_number, jnp.asarray(inputs()["pion_mass"]), collider)
    return production.mesons_within(energies, angles[1], spectrum, angles[0])


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
    meson_mass: Array,
    highest: Array,
    beam: Array,
    angles: Array,
    mass_number: Array,
    collider: bool,
    nodes: tuple[int, int, int],
) -> Array:
    """dN/dE at each m^2/m_P^2 (rows) and energy: one program for all fixed targets, one for
    colliders.
    """
    mesons = functools.partial(_pion_spectrum, beam, mass_number, meson_mass, collider)

    def at(ratio: Array) -> Array:
        mass = jnp.sqrt(ratio) * meson_mass
        return production.vectors_from_mesons(energies, mass, meson_mass, highest, angles[1], mesons, angles[0], nodes)

    return jax.lax.map(at, ratios)


@functools.cache
@_kept
def _protons(made: _Production, nodes: Nodes) -> Spectra:
    """p -> p A' at unit coupling, transverse, without the form factor."""
    limit = inputs()["largest_transverse"]
    smallest, largest, azimuth = made.angles
    energies, weights = _proton_energies(made, nodes.energies)
    s = 4 * made.beam**2 if made.kind == "collider" else 2 * M_PROTON * made.beam
    left_over = production.proton_cross_section(s * (1 - energies / made.beam)) / production.proton_cross_section(s)
    masses = jnp.asarray(_masses(nodes.masses, HEAVIEST))[:, None]
    outer, inner = (
        production.vector_splitting(energies / made.beam, masses, jnp.minimum(energies * angle, limit), M_PROTON)
        for angle in (largest, smallest)
    )
    log_values = jnp.log(outer - inner) + jnp.log(left_over * azimuth * weights / made.beam)
    return Spectra(energies, jnp.asarray(HEAVIEST), {"vector": _series(log_values)})


def _proton_energies(made: _Production, count: int) -> tuple[Array, Array]:
    """Two panels in ln E that meet where the aperture lets through all transverse momenta that
    bremsstrahlung may have.
    """
    limit, (smallest, largest, _) = inputs()["largest_transverse"], made.angles
    highest = inputs()["largest_fraction"] * made.beam
    if smallest * highest > limit:
        highest = limit / smallest  # harder A' pass inside the aperture's inner edge
    meet = limit / largest
    if not 1.2 * made.lowest < meet < highest / 1.2:
        meet = math.sqrt(made.lowest * highest)
    ends = jnp.asarray([made.lowest, meet]), jnp.asarray([meet, highest])
    energies, weights = log_legendre(*ends, count // 2)
    return energies.ravel(), weights.ravel()


@functools.cache
@_kept
def _electrons(made: _Production, nodes: Nodes) -> Spectra:
    """e -> e A' at eps = 1, on a rule in s with ln(E_0/E) = s^4 ln(E_0/E_min): at E -> E_0 it goes
    like 1/|ln(E_0 - E)|.
    """
    mass_number, charge_number, radiation_length = made.target
    heaviest = min(HEAVIEST, 0.75 * made.lowest)
    points, weights = (x[::-1] for x in unit_rule(nodes.energies, jnp.result_type(float)))
    depth = math.log(made.beam / made.lowest)
    energies = made.beam * jnp.exp(-depth * points**4)
    spectrum = _electron_spectra(
        jnp.asarray(_masses(nodes.masses, heaviest)),
        energies,
        jnp.asarray(made.beam),
        jnp.asarray(charge_number),
        jnp.asarray(mass_number),
        jnp.asarray(radiation_length),
        nodes.shower,
    )
    log_values = jnp.log(spectrum) + jnp.log(weights * energies * depth * 4 * points**3)
    return Spectra(energies, jnp.asarray(heaviest), {"electron": _series(log_values)})


@functools.partial(jax.jit, static_argnames=("nodes",))
def _electron_spectra(
    masses: Array,
    energies: Array,
    beam: Array,
    charge_number: Array,
    mass_number: Array,
    radiation_length: Array,
    nodes: tuple[int, int],
) -> Array:
    """dN/dE at each mass (rows) and energy: one program for all targets."""
    target = (charge_number, mass_number, radiation_length, M_E, ALPHA_EM)
    return jax.lax.map(lambda mass: production.vectors_from_electrons(energies, mass, beam, *target, nodes), masses)
