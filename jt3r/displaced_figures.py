"""The numbers behind the figures of Sec. III: decay length against energy (Fig. 6), edges of every search (Fig. 3)."""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from jt3r import aprime, limits, signal
from jt3r import experiments as searches
from jt3r.aprime import Recipe
from jt3r.experiments import DisplacedSearch


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
    """d_dec(E) of A' of several masses, and d/ln N of proton searches with the paper's count N of A' from pi0."""
    energies, masses = jnp.asarray(energies), jnp.asarray(masses)
    couplings = aprime.t3r_couplings(masses, v, "paper_estimator")
    nothing = jnp.zeros_like(masses)
    needed, highest = {}, {}
    for name in names:
        search = searches.get(name)
        if not isinstance(search, DisplacedSearch) or search.kind == "electron_dump":
            raise ValueError(f"{name} is not a displaced search with a proton beam")
        log_number = signal.log_estimate(signal.pion_beam(search), masses, couplings, nothing)
        needed[name] = jnp.where(log_number > 0, search.distance.value / log_number, jnp.nan)
        highest[name] = search.beam_energy.value
    lengths = aprime.decay_length(energies, masses[:, None], v)
    return DecayLengths(energies, masses, lengths, needed, highest)


# Upper edges in MeV at V = 10 GeV: published dark-photon curves read on eps = eps_T3R(m), and the paper's own.
PUBLISHED_KM = {
    "NuCal": (39.2, 40.8, "arXiv:1311.3870, fig. 5; arXiv:1104.2747"),
    "E137": (25.6, 26.1, "arXiv:1209.6083, fig. 2"),
    "FASER": (60.0, 60.0, "arXiv:1811.12522, fig. 6"),
    "FASER2": (73.5, 77.0, "arXiv:1811.12522, fig. 6; arXiv:2207.11427"),
    "SHiP": (59.0, 71.0, "arXiv:1504.04855, fig. 2.6; arXiv:2011.05115"),
    "SeaQuest": (64.0, 90.0, "arXiv:1804.00661; arXiv:1908.07525"),
}
PAPER_EDGES = {
    "NuCal": (None, 56.0),
    "BABAR": (200.0, None),
    "FASER2": (None, 110.0),
    "SeaQuest": (None, 110.0),
}
"""(lowest, highest) m_A' in MeV as 2105.07655, sec. III, states them; nothing is said to reach above 110 MeV but
BABAR."""


def edge_rows(v: float = 10.0, names: tuple[str, ...] | None = None) -> list[dict[str, object]]:
    """One row a search and recipe: intervals in MeV, published and paper values."""
    rows: list[dict[str, object]] = []
    for name in names or limits.experiments():
        search = searches.get(name)
        if not isinstance(search, DisplacedSearch):
            scenario = "visible" if isinstance(search, searches.CouplingLimit) else search.scenario
            rows.append({"search": name, "recipe": scenario, "intervals": limits.intervals(name, v, scenario) * 1e3})
            continue
        recipes: tuple[Recipe, ...] = ("km", "direct", "full", "paper_estimator")
        for recipe in recipes[: 3 if search.kind == "electron_dump" else 4]:
            found = limits.intervals(name, v, "visible", recipe)
            rows.append(
                {
                    "search": name,
                    "recipe": recipe,
                    "intervals": found * 1e3,
                    "published": PUBLISHED_KM.get(name) if recipe == "km" else None,
                    "paper": PAPER_EDGES.get(name),
                }
            )
    return rows


def edges_against_v(experiment: str, values: Real[ArrayLike, " n"], recipe: Recipe = "direct") -> np.ndarray:
    """Highest excluded or reachable m_A' (GeV) at each V (GeV), NaN where there is none; V from 5 to 50 in the
    figure."""
    found = [limits.intervals(experiment, float(v), "visible", recipe) for v in np.asarray(values)]
    return np.array([pairs[-1, 1] if len(pairs) else np.nan for pairs in found])
