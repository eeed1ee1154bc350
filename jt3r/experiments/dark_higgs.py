"""Events of phi' from proton bremsstrahlung in a dump: phi' -> gamma gamma in the decay volume.

The splitting is in closed form, so nothing is tabulated: 48 energies at every point. The nucleon's
coupling is that of its pion cloud, sigma_piN y with y = 1/(sqrt2 V) the coupling of phi' over the
mass of the quark.
"""

import functools
import math

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from .. import decays
from ..constants import M_PI, M_PROTON
from ..couplings import Couplings, scalar
from ..data.inputs import inputs
from ..kernels import production
from ..kernels.decays import widths
from ..kernels.numerics.batching import in_batches
from ..kernels.numerics.pytree import Pytree, static
from ..kernels.numerics.quadrature import log_legendre
from ..kernels.production.displaced import log_folded_decays, log_or_closed
from . import events, load
from .load import DisplacedSearch, ScalarDump

NODES = 48
"""Gauss-Legendre nodes in energy; 96 change ln N by less than 1e-6 between 1 and 200 MeV."""

BATCH = 4096
"""Points of a batch on a CPU, each with ``NODES`` energies."""


def dump(search: ScalarDump) -> DisplacedSearch:
    """The search whose beam, geometry and counts these are; TypeError if it is no proton dump."""
    found = load.get(search.dump)
    if not isinstance(found, DisplacedSearch) or found.kind != "beam_dump":
        raise TypeError(f"{search.name}: dump is {search.dump!r}, which is no search with a proton dump")
    return found


class Dump(Pytree):
    """The numbers of a search for phi' in a proton dump as arrays."""

    beam: Real[ArrayLike, ""]
    lowest: Real[ArrayLike, ""]
    highest: Real[ArrayLike, ""]
    angle: Real[ArrayLike, ""]
    distance: Real[ArrayLike, ""]
    depth: Real[ArrayLike, ""]
    log_exposure: Real[ArrayLike, ""]
    log_needed: Real[ArrayLike, ""]
    nucleon: Real[ArrayLike, ""]
    sees: tuple[str, ...] = static()
    particle: str = static(default="phi")


def numbers(search: ScalarDump) -> Dump:
    """The search's numbers; ValueError for a detector beside the beam."""
    made = dump(search)
    smallest, largest, _ = made.angles
    if smallest > 0:
        raise ValueError(f"{search.name}: the detector of {search.dump} is beside the beam, which this does not compute")
    beam = made.beam_energy.value
    return Dump(
        beam=beam,
        lowest=made.min_energy.value,
        highest=search.largest_fraction.value * beam,
        angle=largest,
        distance=made.distance.value,
        depth=made.depth.value,
        log_exposure=events.log_exposure(made),
        log_needed=math.log(made.events.value),
        nucleon=search.nucleon.value,
        sees=search.sees,
    )


@functools.partial(jax.jit, static_argnames="nodes")
def log_events(search: Dump, c: Couplings, nodes: int = NODES, table: decays.Table | None = None) -> Array:
    """ln of the expected number of phi' -> gamma gamma (the channels in ``sees``), the shape of the
    point's parameters.

    sum over energies of w_S(z, p_T < E theta) y_N^2 sigma(s')/sigma(s) with z = E/E_p up to
    ``largest_fraction``, above which quasi-real emission is not justified; the same factor as for
    A' (``spectra``). ``table`` is the widths of phi', for who has them at hand.
    """
    phi, table = scalar(c), table or decays.phi(c)
    mass, total_width = phi.mass, decays.total(table)
    search = jax.tree.map(lambda number: jnp.asarray(number, mass.dtype), search)
    inside = functools.partial(_log_decays, search, nodes)
    found = in_batches(inside, mass, total_width, size=BATCH) if mass.size > BATCH else inside(mass, total_width)
    share = log_or_closed(decays.share(table, search.sees))
    return found + log_or_closed((search.nucleon * jnp.asarray(phi.pion) / M_PI**2) ** 2) + share + search.log_exposure


def _log_decays(search: Dump, nodes: int, mass: Array, total_width: Array) -> Array:
    """ln of the decays inside the volume for y_N = 1 and one proton that interacts."""
    proton, limit = M_PROTON, inputs()["largest_transverse"]
    energies, weights = log_legendre(jnp.asarray(search.lowest), jnp.asarray(search.highest), nodes)
    s = 2 * proton * search.beam
    left_over = production.proton_cross_section(s * (1 - energies / search.beam)) / production.proton_cross_section(s)
    fraction, transverse = energies / search.beam, jnp.minimum(energies * search.angle, limit)
    splitting = production.scalar_splitting(fraction, mass[..., None], transverse, proton)
    (found,) = log_folded_decays(
        energies,
        [jnp.log(splitting) + jnp.log(left_over * weights / search.beam)],
        lambda energy: widths.inverse_lab_decay_length(energy, mass, total_width),
        search.distance,
        search.depth,
    )
    return found


def log_strength(search: Dump, c: Couplings, table: decays.Table | None = None) -> Array:
    """ln(N/N_needed): positive means excluded."""
    return log_events(search, c, table=table) - search.log_needed
