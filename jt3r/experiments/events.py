"""Expected numbers of A' decays in a displaced search, as logarithms."""

import functools
import math
from collections.abc import Callable, Mapping, Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from .. import decays
from ..couplings import Couplings, vector
from ..data.inputs import inputs
from ..kernels import production
from ..kernels.decays import widths
from ..kernels.numerics import spline
from ..kernels.numerics.batching import in_batches
from ..kernels.numerics.jax_internals import QUICK_TO_COMPILE, usable
from ..kernels.numerics.promotion import floats
from ..kernels.numerics.pytree import Pytree, static
from ..kernels.production.displaced import log_folded_decays, log_or_closed, log_sum_exp
from ..production import MESONS, amplitude, proton
from . import spectra
from .load import DisplacedSearch
from .spectra import Nodes, Spectra

# 1/fb in 1/mb.
_MB_PER_FB = 1e12


BATCH = 4096
"""Masses of a batch on a CPU: each has 48 or 96 energies of a spectrum, for every channel."""


class Beam(Pytree):
    """The numbers of a displaced search as arrays: searches of one kind run one program."""

    spectra: tuple[Spectra, ...]
    log_exposure: Real[ArrayLike, ""]
    """ln of the number of collisions, interacting protons or electrons, times the efficiency."""
    distance: Real[ArrayLike, ""]
    depth: Real[ArrayLike, ""]
    mass_steps: int = static(default=256)
    """Values of a fit in mass: N to 1e-6, see tests/jt3r/experiments/test_events.py. Six times as
    many where a spectrometer sees pairs, as light A' of high energy stay in its hole.
    """
    lifetime_steps: int = static(default=256)
    """Values of a fit in lifetime. A quarter more where the volume has parts."""


def beam(search: DisplacedSearch, longitudinal: bool = False, nodes: Nodes | None = None) -> Beam:
    """The search's numbers, with its spectra (those of a beam of one's own take ten seconds, and
    are kept).
    """
    tables = spectra.tabulate(search, longitudinal, nodes)
    steps = (1536, 320) if search.crossing else (256, 256)
    return Beam(tables, log_exposure(search), search.distance.value, search.depth.value, *steps)


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
    inside = functools.partial(_log_decays, beam)
    decaying = in_batches(inside, mass, total_width, size=BATCH) if mass.size > BATCH else inside(mass, total_width)
    channels = [channel for group in beam.spectra for channel in group.series]
    parts = [number + log_rate(channel, c, direct) for channel, number in zip(channels, decaying, strict=True)]
    total = log_sum_exp(jnp.stack(jnp.broadcast_arrays(*parts), axis=-1))
    for group in beam.spectra:
        total = jnp.where((mass > spectra.LIGHTEST) & (mass < group.heaviest), total, jnp.nan)
    return total + beam.log_exposure + log_or_closed(decays.share(table, sees))


def _log_decays(beam: Beam, mass: Array, total_width: Array) -> list[Array]:
    """ln of the decays inside the volume, of each channel of each spectrum at unit coupling."""
    found: list[Array] = []
    for group in beam.spectra:
        found += log_folded_decays(
            group.energies,
            [spectra.log_weights(channel, group, mass) for channel in group.series],
            lambda energy: widths.inverse_lab_decay_length(energy, mass, total_width),
            *(group.stretch or (beam.distance, beam.depth)),
        )
    return found


class FittedBeam(Pytree):
    """``Beam`` with ln of each channel's decays at unit coupling fitted once, over mass and
    lifetime: an evaluation reads sixteen numbers of a channel in place of an integral over
    energies.
    """

    series: Real[Array, "c n m"]
    """Splines in ln m, from LIGHTEST to ``heaviest``, and in ln(L/l), l the decay length in metres
    of the hardest A' and L the distance, of ln(decays) + L/l.
    """
    heaviest: Real[Array, " c"]
    """GeV."""
    hardest: Real[Array, " c"]
    """Highest energy of a channel's A', GeV."""
    log_exposure: Real[ArrayLike, ""]
    distance: Real[ArrayLike, ""]
    channels: tuple[str, ...] = static()


LIFETIMES = (-22.0, 7.0)
"""ln(L/l) between which it is fitted: below, N goes as 1/l; above, it is less than exp(-1000) of
what is made.
"""


def fitted(beam: Beam) -> FittedBeam:
    """The fit of a search's numbers, made in a second."""
    with jax.ensure_compile_time_eval():
        made: dict[str, list[Spectra]] = {}
        for group in beam.spectra:
            for channel in group.series:
                made.setdefault(channel, []).append(group)
        heaviest = {
            channel: min(float(groups[0].heaviest), inputs().get(f"{channel}_mass", math.inf))
            for channel, groups in made.items()
        }
        return FittedBeam(
            series=jnp.stack([_fit(channel, tuple(groups), heaviest[channel], beam) for channel, groups in made.items()]),
            heaviest=jnp.asarray(list(heaviest.values())),
            hardest=jnp.stack([jnp.max(groups[0].energies) for groups in made.values()]),
            log_exposure=beam.log_exposure,
            distance=beam.distance,
            channels=tuple(made),
        )


def _fit(channel: str, groups: tuple[Spectra, ...], heaviest: float, beam: Beam) -> Array:
    """Coefficients of one channel, of all parts of the volume together, made in float64 in a
    session of float32 too: there the ends would be those of the spectrum itself, where it is
    closed. They lie a billionth inside, where it is open.
    """
    ends = math.log(spectra.LIGHTEST * (1 + 1e-9)), math.log(heaviest * (1 - 1e-9))
    with jax.enable_x64(True):
        mass = np.exp(np.linspace(*ends, beam.mass_steps))
        scaled = np.exp(np.linspace(*LIFETIMES, beam.lifetime_steps))
        parts = []
        for group in groups:
            stretch = group.stretch or (beam.distance, beam.depth)
            log_weights = _weights()(channel, group, mass)
            parts.append(np.asarray(_to_fit(group.energies, log_weights, mass, scaled, beam.distance, *stretch)))
        values = functools.reduce(np.logaddexp, parts)
    return jnp.asarray(spline.coefficients(values), float)


@functools.cache
def _weights() -> Callable[..., Array]:
    return jax.jit(spectra.log_weights, static_argnums=0, compiler_options=usable(QUICK_TO_COMPILE))


@jax.jit
def _to_fit(
    energies: Array, log_weights: Array, mass: Array, scaled: Array, scale: ArrayLike, distance: ArrayLike, depth: ArrayLike
) -> Array:
    """ln(decays) + L/l on the mesh of a fit, of a channel's spectrum at its masses and of L/l of
    the hardest A', ``scaled``, L the ``scale`` in metres.
    """
    mass, slowest = mass[:, None], scaled / scale
    boost = widths.boost(jnp.max(energies), mass)
    (found,) = log_folded_decays(
        energies, [log_weights[:, None]], lambda energy: slowest * boost / widths.boost(energy, mass), distance, depth
    )
    return found + scaled


def log_events_fitted(
    beam: FittedBeam,
    c: Couplings,
    direct: ArrayLike = 1.0,
    sees: tuple[str, ...] = decays.VISIBLE,
    table: decays.Table | None = None,
) -> Real[Array, "*b"]:
    """``log_events`` by the fit: what a likelihood evaluates in its inner loop, with the fit's own
    first and second derivatives.
    """
    return log_events_together(together([beam], [sees]), c, direct, table)[0]


class FittedBeams(Pytree):
    """``FittedBeam`` of several searches, whose channels stand one after the other, those with a
    mesh of one size together.
    """

    series: tuple[Real[Array, "_ n m"], ...]
    """For each size of mesh."""
    heaviest: Real[Array, " c"]
    hardest: Real[Array, " c"]
    distance: Real[Array, " c"]
    log_exposure: Real[Array, " s"]
    channels: tuple[tuple[str, ...], ...] = static()
    sees: tuple[tuple[str, ...], ...] = static()
    places: tuple[int, ...] = static()
    """Where each search as it was asked for stands."""


def together(beams: Sequence[FittedBeam], sees: Sequence[tuple[str, ...]]) -> FittedBeams:
    """Searches that are evaluated together, and the channels that each of them sees."""
    meshes = [beam.series.shape[1:] for beam in beams]
    sizes = list(dict.fromkeys(meshes))
    order = sorted(range(len(beams)), key=lambda k: sizes.index(meshes[k]))
    placed = [beams[k] for k in order]
    return FittedBeams(
        series=tuple(jnp.concatenate([beam.series for beam in placed if beam.series.shape[1:] == size]) for size in sizes),
        heaviest=jnp.concatenate([beam.heaviest for beam in placed]),
        hardest=jnp.concatenate([beam.hardest for beam in placed]),
        distance=jnp.concatenate([jnp.broadcast_to(beam.distance, beam.heaviest.shape) for beam in placed]),
        log_exposure=jnp.stack([jnp.asarray(beam.log_exposure) for beam in placed]),
        channels=tuple(beam.channels for beam in placed),
        sees=tuple(sees[k] for k in order),
        places=tuple(order.index(k) for k in range(len(beams))),
    )


def log_events_together(
    beams: FittedBeams, c: Couplings, direct: ArrayLike = 1.0, table: decays.Table | None = None
) -> list[Real[Array, "*b"]]:
    """``log_events_fitted`` of each search. What they share is computed once, and the splines of
    all their channels in one go: a program of ten searches is little larger than that of one.
    """
    table, (mass,) = table or decays.aprime(c), floats(vector(c).mass)
    beams = jax.tree.map(lambda number: jnp.asarray(number, mass.dtype), beams)
    names = dict.fromkeys(channel for own in beams.channels for channel in own)
    rates = [log_rate(channel, c, direct) for channel in names]

    def at_points(mass: Array, total_width: Array, *rates: Array) -> list[Array]:
        return _log_sums(beams, mass, total_width, dict(zip(names, rates, strict=True)))

    totals = in_batches(at_points, mass, decays.total(table), *rates, size=BATCH)
    seen = {sees: log_or_closed(decays.share(table, sees)) for sees in dict.fromkeys(beams.sees)}
    results = [totals[k] + beams.log_exposure[k] + seen[sees] for k, sees in enumerate(beams.sees)]
    return [results[k] for k in beams.places]


def _log_sums(beams: FittedBeams, mass: Array, total_width: Array, rates: Mapping[str, Array]) -> list[Array]:
    """ln of the decays in each search's volume, all channels together, in arrays of one shape."""
    heaviest, hardest, distance = (x.reshape(-1, *[1] * mass.ndim) for x in (beams.heaviest, beams.hardest, beams.distance))
    lives = total_width > 0
    passed = distance * widths.inverse_lab_decay_length(hardest, mass, jnp.where(lives, total_width, 1))
    share = jnp.log(mass / spectra.LIGHTEST) / jnp.log(heaviest / spectra.LIGHTEST)
    place = (jnp.log(passed) - LIFETIMES[0]) / (LIFETIMES[1] - LIFETIMES[0])
    found, first = [], 0
    for series in beams.series:
        part, last = slice(first, first + len(series)), [length - 3 for length in series.shape[1:]]
        found.append(spline.evaluate(share[part] * last[0], place[part] * last[1], series))
        first = part.stop
    by_channel = jnp.stack([rates[channel] for own in beams.channels for channel in own])
    logs = jnp.where(lives, jnp.concatenate(found) - passed, -jnp.inf) + by_channel
    results, first = [], 0
    for own in beams.channels:
        own_channels = slice(first, first + len(own))
        inside = (mass > spectra.LIGHTEST) & (mass < jnp.max(heaviest[own_channels]))
        results.append(jnp.where(inside, log_sum_exp(jnp.moveaxis(logs[own_channels], 0, -1)), jnp.nan))
        first = own_channels.stop
    return results


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
