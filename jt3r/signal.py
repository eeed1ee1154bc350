"""Expected numbers of A' decays in a displaced search, as logarithms.

The spectra depend on m_A' alone: on an open mesh of m_A' and V they are computed once per mass.
"""

import functools
import math
from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from jt3r.aprime import Couplings, Recipe
from jt3r.constants import ALPHA_EM
from jt3r.experiments import CouplingLimit, DisplacedSearch, inputs
from jt3r.kernels import chebyshev, production, widths
from jt3r.kernels.displaced import log_or_closed, log_sum_exp, log_weighted_sum, relative_decays
from jt3r.kernels.promotion import floats
from jt3r.kernels.quadrature import log_legendre, unit_rule

# 1/fb in 1/mb.
_MB_PER_FB = 1e12


class Nodes(NamedTuple):
    """Quadrature: energies of each group of channels; (fractions, transverse momenta, azimuths) of a meson decay;
    panels
    of the electron's shower; Chebyshev points in mass for spectra from mesons and electrons."""

    energies: int = 48
    decay: tuple[int, int, int] = (32, 16, 8)
    shower: tuple[int, int] = (16, 16)
    masses: int = 40


class Spectra(NamedTuple):
    """Channels on common energies (GeV): ln of the accepted A' per beam particle at unit coupling, with their
    weights."""

    energies: Real[Array, " n"]
    log_weights: dict[str, Real[Array, "*b n"]]


def log_exposure(search: DisplacedSearch) -> float:
    """ln of the number of collisions (collider), interacting protons or electrons, times the efficiency."""
    number = search.exposure.value
    if search.kind == "collider":
        number *= _MB_PER_FB * inputs()["collider_cross_section"]
    return math.log(number * search.efficiency.value)


def _energies(search: DisplacedSearch, highest: ArrayLike, count: int, dtype: jnp.dtype) -> tuple[Array, Array]:
    return log_legendre(jnp.asarray(search.min_energy.value, dtype), jnp.asarray(highest, dtype), count)


def _highest_meson_energy(search: DisplacedSearch) -> float:
    if search.kind == "collider":
        return search.beam_energy.value
    numbers = inputs()
    with jax.ensure_compile_time_eval():
        limit = production.highest_meson_energy(
            *floats(search.beam_energy.value, numbers["pion_mass"], numbers["nucleon_mass"])
        )
        return float(limit)


@functools.cache
def _meson_table(search: DisplacedSearch, meson: str, nodes: Nodes) -> np.ndarray:
    """Chebyshev coefficients in m^2/m_P^2 of ln dN/dE at the energy nodes, for one decay P -> gamma A' per meson.

    The spectrum of eta is that of pi0 with the mass of the eta, times eta_per_pion.
    """
    with jax.ensure_compile_time_eval():
        numbers = inputs()
        meson_mass, nucleon_mass = numbers[f"{meson}_mass"], numbers["nucleon_mass"]
        beam, highest = search.beam_energy.value, _highest_meson_energy(search)
        smallest, largest, azimuth = search.angles
        energies, _ = _energies(search, highest, nodes.energies, jnp.result_type(float))

        def mesons(energy: Array, transverse: Array) -> Array:
            if search.kind == "collider":
                return production.pion_spectrum_collider(energy, transverse, beam, nucleon_mass)
            mass_number, _, _ = search.target
            return production.pion_spectrum_fixed_target(energy, transverse, beam, mass_number, meson_mass, nucleon_mass)

        @jax.jit
        def at(ratio: Array) -> Array:
            mass = jnp.sqrt(ratio) * meson_mass
            spectrum = production.vectors_from_mesons(
                energies, mass, meson_mass, highest, largest, mesons, smallest, nodes.decay
            )
            yield_ratio = 1.0 if meson == "pion" else numbers["eta_per_pion"]
            # The spectrum of eta ends a little below that of pi0: those nodes hold less than 1e-60 of it.
            return jnp.log(spectrum * azimuth * yield_ratio + 1e-60)

        values = np.stack([np.asarray(at(ratio)) for ratio in chebyshev.points(nodes.masses)])
    return chebyshev.coefficients(values)


def _meson_spectra(search: DisplacedSearch, mass: Array, nodes: Nodes) -> Spectra:
    """pi0 and eta -> gamma A' at Br = 1; closed at and above the mass of the meson."""
    energies, weights = _energies(search, _highest_meson_energy(search), nodes.energies, mass.dtype)
    channels = {}
    for meson in ("pion", "eta"):
        ratio = mass / inputs()[f"{meson}_mass"]
        table = jnp.asarray(_meson_table(search, meson, nodes), mass.dtype)
        spectrum = chebyshev.evaluate(jnp.where(ratio < 1, ratio, 0.5), table)
        channels[meson] = jnp.where(ratio[..., None] < 1, spectrum + jnp.log(weights), -jnp.inf)
    return Spectra(energies, channels)


def _proton_spectra(search: DisplacedSearch, mass: Array, recipe: Recipe, nodes: Nodes) -> Spectra:
    """p -> p A' at unit coupling, transverse (`vector`) and in the recipe `full` longitudinal."""
    numbers = inputs()
    beam, nucleon_mass = search.beam_energy.value, numbers["nucleon_mass"]
    smallest, largest, azimuth = search.angles
    energies, weights = _energies(search, numbers["largest_fraction"] * beam, nodes.energies, mass.dtype)
    s = jnp.asarray(4 * beam**2 if search.kind == "collider" else 2 * nucleon_mass * beam, mass.dtype)
    left_over = production.proton_cross_section(s * (1 - energies / beam)) / production.proton_cross_section(s)
    mass = mass[..., None]

    def log_weights(splitting: Callable[..., Array]) -> Array:
        def below(angle: float) -> Array:
            limit = jnp.minimum(energies * angle, numbers["largest_transverse"])
            return splitting(energies / beam, mass, limit, nucleon_mass)

        seen = below(largest) - below(smallest) if smallest else below(largest)
        return log_or_closed(seen * left_over * azimuth * weights / beam)

    form_factor = jnp.log(production.proton_form_factor_squared(mass))
    channels = {"vector": log_weights(production.vector_splitting) + form_factor}
    if recipe == "full":
        channels["longitudinal"] = log_weights(production.pseudoscalar_splitting)
    return Spectra(energies, channels)


def _electron_energies(search: DisplacedSearch, count: int, dtype: jnp.dtype) -> tuple[Array, Array]:
    """A rule in s with ln(E_0/E) = s^4 ln(E_0/E_min): the spectrum at E -> E_0 goes like 1/|ln(E_0 - E)|."""
    lowest, beam = search.min_energy.value, search.beam_energy.value
    points, weights = unit_rule(count, dtype)
    points, weights = points[::-1], weights[::-1]
    depth = math.log(beam / lowest)
    energies = beam * jnp.exp(-depth * points**4)
    return energies, weights * energies * depth * 4 * points**3


def _electron_mass_range(search: DisplacedSearch) -> tuple[float, float]:
    """Masses in GeV between which electron bremsstrahlung is tabulated; the heaviest still moves at the lowest
    energy."""
    return 5e-4, 0.75 * search.min_energy.value


@functools.cache
def _electron_table(search: DisplacedSearch, nodes: Nodes) -> np.ndarray:
    """Chebyshev coefficients in ln m of ln dN/dE at the energy nodes, at mixing 1; twice the points, for four
    decades."""
    lightest, heaviest = _electron_mass_range(search)
    mass_number, charge_number, radiation_length = search.target
    with jax.ensure_compile_time_eval():
        energies, _ = _electron_energies(search, nodes.energies, jnp.result_type(float))

        @jax.jit
        def at(mass: Array) -> Array:
            return jnp.log(
                production.vectors_from_electrons(
                    energies,
                    mass,
                    search.beam_energy.value,
                    charge_number,
                    mass_number,
                    radiation_length,
                    inputs()["electron_mass"],
                    ALPHA_EM,
                    nodes.shower,
                )
            )

        masses = lightest * (heaviest / lightest) ** chebyshev.points(2 * nodes.masses)
        return chebyshev.coefficients(np.stack([np.asarray(at(mass)) for mass in masses]))


def _electron_spectra(search: DisplacedSearch, mass: Array, nodes: Nodes) -> Spectra:
    """e -> e A' at eps = 1; NaN for masses outside the table."""
    lightest, heaviest = _electron_mass_range(search)
    energies, weights = _electron_energies(search, nodes.energies, mass.dtype)
    share = jnp.log(mass / lightest) / math.log(heaviest / lightest)
    inside = (share > 0) & (share < 1)
    root = jnp.sqrt(jnp.where(inside, share, 0.5))
    spectrum = chebyshev.evaluate(root, jnp.asarray(_electron_table(search, nodes), mass.dtype)) + jnp.log(weights)
    return Spectra(energies, {"electron": jnp.where(inside[..., None], spectrum, jnp.nan)})


def spectra(
    search: DisplacedSearch, mass: Real[ArrayLike, "*b"], recipe: Recipe = "direct", nodes: Nodes | None = None
) -> list[Spectra]:
    """Every channel of a search at unit coupling, for m_A' in GeV.

    Spectra from mesons and electrons are interpolated in mass between Chebyshev points; their tables are made once
    for a
    search (about a second) and kept.
    """
    nodes = nodes or Nodes()
    (mass,) = floats(mass)
    if search.kind == "electron_dump":
        return [_electron_spectra(search, mass, nodes)]
    return [_meson_spectra(search, mass, nodes), _proton_spectra(search, mass, recipe, nodes)]


def log_rate(channel: str, mass: Real[ArrayLike, "*b"], couplings: Couplings) -> Real[Array, "*b"]:
    """ln of the factor by which a channel's unit-coupling spectrum is to be multiplied.

    pi0: 2 eps_pi^2 (1 - m^2/m_pi^2)^3 Br(gamma gamma), eps_pi = eps + g/(2 e); eta: eps_eta = eps + 9 g/(8 e);
    proton: (e eps + g/2)^2; longitudinal: y^2; electron: eps^2.
    """
    numbers = inputs()
    charge = (4 * jnp.pi * ALPHA_EM) ** 0.5
    if channel in ("pion", "eta"):
        share = {"pion": 1 / 2, "eta": 9 / 8}[channel]
        effective = couplings.mixing + share * couplings.direct / charge
        return log_or_closed(
            production.branching_to_photon_vector(mass, effective, numbers[f"{channel}_mass"], numbers[f"{channel}_to_photons"])
        )
    strength = {
        "vector": charge * couplings.mixing + couplings.direct / 2,
        "longitudinal": couplings.yukawa,
        "electron": couplings.mixing,
    }[channel]
    return log_or_closed(strength**2)


def log_events(
    search: DisplacedSearch,
    mass: Real[ArrayLike, "*b"],
    couplings: Couplings,
    total_width: Real[ArrayLike, "*b"],
    visible_branching: Real[ArrayLike, "*b"] = 1.0,
    recipe: Recipe = "direct",
    nodes: Nodes | None = None,
) -> Real[Array, "*b"]:
    """ln of the expected number of visible decays inside the volume.

        N = exposure x efficiency x Br sum_channels int dE dN/dE(m, aperture) exp(-L/l)(1 - exp(-D/l)),  l = (p/m) c tau

    Arguments broadcast, widths in GeV. -inf where every channel or every decay is closed.
    """
    mass, total_width, visible_branching = floats(mass, total_width, visible_branching)
    parts = []
    for group in spectra(search, mass, recipe, nodes):
        inverse_length = widths.inverse_lab_decay_length(group.energies, mass[..., None], total_width[..., None])
        decays, log_slowest = relative_decays(inverse_length, search.distance.value, search.depth.value)
        parts += [
            log_weighted_sum(log_weights, decays) + log_slowest + log_rate(channel, mass, couplings)
            for channel, log_weights in group.log_weights.items()
        ]
    total = log_sum_exp(jnp.stack(jnp.broadcast_arrays(*parts), axis=-1))
    return total + log_exposure(search) + log_or_closed(visible_branching)


def log_estimate(
    search: DisplacedSearch,
    mass: Real[ArrayLike, "*b"],
    couplings: Couplings,
    total_width: Real[ArrayLike, "*b"],
) -> Real[Array, "*b"]:
    """The paper's estimator, ln of N exp(-d/d_dec): every pi0 makes an A' of the highest energy.

    N = (pi0 made) Br(pi0 -> gamma A'), d the distance to the volume, d_dec at the beam energy. Source: 2105.07655,
    sec. V. Only for proton beams; -inf above the pi0 mass.
    """
    if search.kind == "electron_dump":
        raise ValueError(f"{search.name}: the paper's estimator counts pi0 and has no meaning for an electron beam")
    beam = search.beam_energy.value
    produced = log_exposure(search) - math.log(search.efficiency.value)
    produced += math.log(inputs()[f"pions_per_collision.{search.kind}_{beam:.0f}"])
    inverse_length = widths.inverse_lab_decay_length(beam, mass, total_width)
    return produced + log_rate("pion", mass, couplings) - inverse_length * search.distance.value


def needed(search: DisplacedSearch | CouplingLimit, recipe: Recipe) -> float:
    """ln of the number that is excluded or claimed: the search's own, or 1 for the paper's estimator."""
    return 0.0 if recipe == "paper_estimator" else math.log(search.events.value)
