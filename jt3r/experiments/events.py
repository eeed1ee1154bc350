"""Expected numbers of A' decays in a displaced search, as logarithms."""

import math

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from .. import decays
from ..couplings import Couplings, vector
from ..data.inputs import inputs
from ..kernels import production
from ..kernels.decays import widths
from ..kernels.numerics.promotion import floats
from ..kernels.numerics.pytree import Pytree
from ..kernels.production.displaced import log_folded_decays, log_or_closed, log_sum_exp
from ..production import MESONS, amplitude, proton
from . import spectra
from .load import DisplacedSearch
from .spectra import Nodes, Spectra

# 1/fb in 1/mb.
_MB_PER_FB = 1e12


class Beam(Pytree):
    """The numbers of a displaced search as arrays: searches of one kind run one program."""

    spectra: tuple[Spectra, ...]
    log_exposure: Real[ArrayLike, ""]
    """ln of the number of collisions, interacting protons or electrons, times the efficiency."""
    distance: Real[ArrayLike, ""]
    depth: Real[ArrayLike, ""]


def beam(search: DisplacedSearch, longitudinal: bool = False, nodes: Nodes | None = None) -> Beam:
    """The search's numbers, with its spectra (tabulated at the first call, about a second, and
    kept).
    """
    tables = spectra.tabulate(search, longitudinal, nodes)
    return Beam(tables, log_exposure(search), search.distance.value, search.depth.value)


def log_exposure(search: DisplacedSearch) -> float:
    """ln of the number of collisions (collider), interacting protons or electrons, times the
    efficiency.
    """
    number = search.exposure.value
    if search.kind == "collider":
        number = number * _MB_PER_FB * inputs()["collider_cross_section"]
    return math.log(number * search.efficiency.value)


def log_rate(channel: str, c: Couplings, direct: ArrayLike = 1.0) -> Real[Array, "*b"]:
    """ln of the factor by which a channel's unit-coupling spectrum is to be multiplied.

    With x the amplitude of ``jt3r.production.amplitude``: pi0 and eta 2 x^2 (1 - m^2/m_P^2)^3
    Br(gamma gamma); vector, from protons, its isovector and isoscalar couplings with the form
    factor of each; longitudinal and electron x^2.
    """
    mass, numbers = vector(c).mass, inputs()
    if channel == "vector":
        return log_or_closed(production.proton_coupling_squared(mass, *proton(c, direct)))
    strength = amplitude(c, channel, direct)
    if channel in MESONS:
        meson_mass, photons = numbers[f"{channel}_mass"], numbers[f"{channel}_to_photons"]
        return log_or_closed(production.branching_to_photon_vector(mass, strength, meson_mass, photons))
    return log_or_closed(strength**2)


def log_events(
    beam: Beam,
    c: Couplings,
    direct: ArrayLike = 1.0,
    sees: tuple[str, ...] = decays.VISIBLE,
    table: decays.Table | None = None,
) -> Real[Array, "*b"]:
    """ln of the expected number of decays into what the search ``sees`` inside its volume.

        N = exposure x efficiency x Br sum_channels int dE dN/dE(m, aperture) exp(-L/l)
            (1 - exp(-D/l)),  l = (p/m) c tau

    Br and c tau are the point's. Couplings broadcast, m and widths in GeV; on an open mesh the
    spectra are computed once per mass. -inf where every channel or every decay is closed, NaN for
    masses outside the tables (``spectra.LIGHTEST``, ``spectra.HEAVIEST``). ``table`` is the widths
    of the A', for who has them at hand.
    """
    table, (mass,) = table or decays.aprime(c), floats(vector(c).mass)
    total_width = decays.total(table)
    beam = jax.tree.map(lambda number: jnp.asarray(number, mass.dtype), beam)
    parts = []
    for group in beam.spectra:
        log_weights = [spectra.log_weights(channel, group, mass) for channel in group.series]
        found = log_folded_decays(
            group.energies,
            log_weights,
            lambda energy: widths.inverse_lab_decay_length(energy, mass, total_width),
            beam.distance,
            beam.depth,
        )
        parts += [number + log_rate(channel, c, direct) for channel, number in zip(group.series, found, strict=True)]
    total = log_sum_exp(jnp.stack(jnp.broadcast_arrays(*parts), axis=-1))
    for group in beam.spectra:
        total = jnp.where((mass > spectra.LIGHTEST) & (mass < group.heaviest), total, jnp.nan)
    return total + beam.log_exposure + log_or_closed(decays.share(table, sees))


class PionBeam(Pytree):
    """The numbers of the paper's estimator: ln of the pi0 made, the beam's energy and the distance
    to the volume.
    """

    log_pions: Real[ArrayLike, ""]
    energy: Real[ArrayLike, ""]
    distance: Real[ArrayLike, ""]


def pion_beam(search: DisplacedSearch) -> PionBeam:
    """The numbers of the paper's estimator; ValueError for an electron beam."""
    if search.kind == "electron_dump":
        raise ValueError(f"{search.name}: the paper's estimator counts pi0 and has no meaning for an electron beam")
    energy = search.beam_energy.value
    pions = inputs()[f"pions_per_collision.{search.kind}_{energy:.0f}"]
    made = log_exposure(search) - math.log(search.efficiency.value) + math.log(pions)
    return PionBeam(made, energy, search.distance.value)


def log_estimate(beam: PionBeam, c: Couplings, direct: ArrayLike = 1.0, table: decays.Table | None = None) -> Real[Array, "*b"]:
    """The paper's estimator, ln of N exp(-d/d_dec): every pi0 makes an A' of the highest energy.

    N = (pi0 made) Br(pi0 -> gamma A'), d the distance to the volume, d_dec at the beam energy.
    Source: 2105.07655, sec. V. -inf above the pi0 mass. ``table`` as in ``log_events``.
    """
    total_width = decays.total(table or decays.aprime(c))
    inverse_length = widths.inverse_lab_decay_length(beam.energy, vector(c).mass, total_width)
    return log_pions(beam, c, direct) - inverse_length * beam.distance


def log_pions(beam: PionBeam, c: Couplings, direct: ArrayLike = 1.0) -> Real[Array, "*b"]:
    """ln of the A' that pi0 make, by the same count."""
    return jnp.asarray(beam.log_pions) + log_rate("pion", c, direct)
