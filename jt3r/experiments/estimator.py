"""The numbers behind Fig. 6: decay length against energy."""

from typing import NamedTuple

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from .. import decays
from ..kernels.decays.widths import lab_decay_length
from ..point import Point
from ..u1.registry import couplings_of
from . import events as signal
from . import load as searches
from .load import DisplacedSearch


class DecayLengths(NamedTuple):
    """Fig. 6 on a grid of m_A' (rows) and E (columns)."""

    energies: Real[Array, " e"]
    """GeV."""
    masses: Real[Array, " m"]
    """GeV."""
    decay_length: Real[Array, "m e"]
    """d_dec = (p/m) c tau in metres."""
    needed_length: dict[str, Real[Array, " m"]]
    """d/ln N in metres for a search, NaN where N < 1: below it N exp(-d/d_dec) falls under one."""
    highest_energy: dict[str, float]
    """Beam energy in GeV, where the search's line ends."""


def decay_lengths(
    energies: Real[ArrayLike, " e"],
    masses: Real[ArrayLike, " m"],
    v: float = 10.0,
    names: tuple[str, ...] = ("FASER", "SHiP", "SeaQuest"),
) -> DecayLengths:
    """d_dec(E) in metres of A' of several masses, and d/ln N of proton searches with the paper's
    count N of A' from pi0.

    Energies, masses and ``v`` in GeV. Raises ValueError for a search without a proton beam. Source:
    arXiv:2105.07655, Fig. 6.
    """
    energies, masses = jnp.asarray(energies), jnp.asarray(masses)
    couplings = couplings_of(Point(m_aprime=masses, v=jnp.asarray(v)))
    needed, highest = {}, {}
    for name in names:
        search = searches.get(name)
        if not isinstance(search, DisplacedSearch) or search.kind == "electron_dump":
            raise ValueError(f"{name} is not a displaced search with a proton beam")
        log_number = signal.log_pions(signal.pion_beam(search), couplings)
        needed[name] = jnp.where(log_number > 0, search.distance.value / log_number, jnp.nan)
        highest[name] = search.beam_energy.value
    lengths = lab_decay_length(energies, masses[:, None], decays.total(decays.aprime(couplings))[:, None])
    return DecayLengths(energies, masses, lengths, needed, highest)
