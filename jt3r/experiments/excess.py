"""ln(N/N_needed) of a search at a point of any model: positive means excluded, or within reach."""

import functools
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from .. import decays
from ..couplings import Couplings, lepton, vector
from ..kernels.numerics.promotion import floats
from ..kernels.numerics.pytree import Pytree, static
from ..kernels.production.displaced import log_or_closed
from ..parameter import ParameterPoint
from ..production import Recipe, amplitude
from ..u1.registry import couplings_of
from . import events as signal
from . import load as searches
from . import recast
from .dark_higgs import dump
from .load import CouplingLimit, DisplacedSearch, MassCut, Recast, ScalarDump, Search
from .recast import Strength, TableExcess, Widths, residual
from .spectra import Nodes

Where = ParameterPoint | Couplings
"""A point of any model, or couplings."""


class CouplingBound(Pytree):
    """The numbers of a prompt search as arrays."""

    lightest: Real[ArrayLike, ""]
    heaviest: Real[ArrayLike, ""]
    limit: Real[ArrayLike, ""]
    coupling: str = static()

    def log_rate(self, c: Couplings, sees: tuple[str, ...], table: decays.Table | None = None) -> Real[Array, "*b"]:
        """ln of the rate over the excluded rate, (coupling/limit)^2 Br(what it sees); -inf outside
        its masses.
        """
        if self.coupling == "mixing":
            strength = amplitude(c, "electron")
        else:
            muon = lepton(vector(c), "mu")
            strength = jnp.zeros(()) if muon is None else muon[0]
        mass = vector(c).mass
        rate = (strength / self.limit) ** 2 * decays.share(table or decays.aprime(c), sees)
        return jnp.where((mass >= self.lightest) & (mass <= self.heaviest), log_or_closed(rate), -jnp.inf)


class Excess(Pytree):
    """ln(N/N_needed) of one search, a function of couplings.

    A pytree: searches of one kind, with any numbers and recipe, run the same compiled program.
    """

    search: signal.Beam | signal.FittedBeam | signal.PionBeam | CouplingBound
    log_needed: Real[ArrayLike, ""]
    direct: Real[ArrayLike, ""] = 1.0
    """0 leaves out the couplings to quarks and leptons beside kinetic mixing in the production."""
    sees: tuple[str, ...] = static(default=decays.VISIBLE)
    """Channels of the A' that the search looks for."""

    def __call__(self, where: Where) -> Real[Array, "*b"]:
        """At a point of any model, or for couplings; of their broadcast shape. Raises NotGiven for
        what the point lacks.
        """
        return self.of(couplings_of(where))

    def of(self, c: Couplings, widths_of: Widths | None = None) -> Real[Array, "*b"]:
        """For any couplings; ``widths_of`` particles, for who has them at hand."""
        _ = vector(c).mass  # says what is missing, if anything is
        return self._at(Couplings(aprime=c.aprime, eta=c.eta, m_mu=c.m_mu), (widths_of or {}).get("aprime"))

    @jax.jit
    def _at(self, c: Couplings, table: decays.Table | None) -> Array:
        dtype = floats(vector(c).mass)[0].dtype
        needed, direct = (jnp.asarray(number, dtype) for number in (self.log_needed, self.direct))
        search = jax.tree.map(lambda number: jnp.asarray(number, dtype), self.search)
        if isinstance(search, signal.Beam):
            return signal.log_events(search, c, direct, self.sees, table) - needed
        if isinstance(search, signal.FittedBeam):
            return signal.log_events_fitted(search, c, direct, self.sees, table) - needed
        if isinstance(search, signal.PionBeam):
            return signal.log_estimate(search, c, direct, table) - needed
        return search.log_rate(c, self.sees, table)


@functools.lru_cache(maxsize=1024)
def excess(
    experiment: str | Search, recipe: Recipe = "direct", nodes: Nodes | None = None, strength: Strength = "weakest"
) -> Excess | TableExcess:
    """The signal of a search and recipe; TypeError for a mass cut, ValueError for a recipe it has
    no meaning for.

    A published table of limits, and a search for phi', has one recipe, all couplings, and takes
    ``strength`` instead: which end of what theory leaves open.
    """
    search = searches.get(experiment)
    if search is not experiment:
        return excess(search, recipe, nodes, strength)  # looked up by what it is, not by its name
    if isinstance(search, Recast | ScalarDump):
        return recast.excess(search, strength)
    if isinstance(search, MassCut):
        raise TypeError(f"{search.name} is a published mass cut; nothing is computed for it")
    direct = 0.0 if recipe == "km" else 1.0
    if isinstance(search, CouplingLimit):
        edges = (search.lightest.value, search.heaviest.value)
        return Excess(CouplingBound(*edges, search.limit.value, search.coupling), 0.0, direct, search.sees)
    if recipe == "paper_estimator":
        return Excess(signal.pion_beam(search), 0.0, direct, search.sees)
    return Excess(signal.beam(search, recipe == "full", nodes), math.log(search.events.value), direct, search.sees)


@functools.lru_cache(maxsize=256)
def fitted(search: DisplacedSearch) -> Excess:
    """``excess`` of a displaced search by the fit of its numbers, for inner loops: N to 1e-6."""
    made = excess(search)
    assert isinstance(made, Excess)
    assert isinstance(made.search, signal.Beam)
    return replace(made, search=signal.fitted(made.search))


class Expected(Pytree):
    """ln of the events that each of several displaced searches expects, by the fits of their
    numbers: for inner loops, in one program that is little larger than that of one.
    """

    beams: signal.FittedBeams

    def __call__(self, where: Where) -> list[Real[Array, "*b"]]:
        """At a point of any model, or for couplings; each of their broadcast shape."""
        c = couplings_of(where)
        _ = vector(c).mass  # says what is missing, if anything is
        return self._at(Couplings(aprime=c.aprime, eta=c.eta, m_mu=c.m_mu))

    @jax.jit
    def _at(self, c: Couplings) -> list[Array]:
        return signal.log_events_together(self.beams, c)


@functools.lru_cache(maxsize=256)
def expected_together(searches: tuple[DisplacedSearch, ...]) -> Expected:
    """Of all couplings of the A'."""
    found = [fitted(search).search for search in searches]
    beams = [beam for beam in found if isinstance(beam, signal.FittedBeam)]
    with jax.ensure_compile_time_eval():
        return Expected(signal.together(beams, [search.sees for search in searches]))


def log_signal(
    experiment: str | Search,
    where: Where,
    recipe: Recipe = "direct",
    nodes: Nodes | None = None,
    strength: Strength = "weakest",
) -> Real[Array, "*b"]:
    """ln(N/N_needed) of a search at a point of any model, or for couplings; positive means excluded
    (or within reach).

    Parameters broadcast: (n, 1) and (1, m) make a grid. What the search sees, the lifetime and the
    production are the point's. A mass cut has no rate: use ``intervals``. N_needed is the search's
    own number, or 1 for the paper's estimator.
    """
    return excess(experiment, recipe, nodes, strength)(where)


def log_signals(searches: Sequence[Excess | TableExcess], c: Couplings, shape: tuple[int, ...]) -> Real[Array, "*b"]:
    """ln(N/N_needed) of search k at the k-th row of couplings of a shape (searches, *points), in
    one program: those that differ in numbers alone are computed together.

    Couplings need only broadcast to the shape: rows may all be the same.
    """
    seen = sorted({getattr(search.search, "particle", "aprime") for search in searches})
    c, widths_of = jax.tree.map(jnp.asarray, (c, {which: recast.particle(which, c)[1] for which in seen}))
    kinds: dict[Any, list[int]] = {}
    for row, search in enumerate(searches):
        kinds.setdefault((jax.tree.structure(search), *(jnp.shape(x) for x in jax.tree.leaves(search))), []).append(row)
    order = [row for rows in kinds.values() for row in rows]
    at = jax.tree.map(lambda x: jnp.broadcast_to(x, shape)[jnp.asarray(order)] if x.ndim else x, (c, widths_of))
    by_row = jax.tree.map(lambda x: 0 if x.ndim else None, at)
    found, first = [], 0
    for rows in kinds.values():
        numbers = jax.tree.map(lambda *x: jnp.stack(x), *(searches[row] for row in rows))
        cut = slice(first, first + len(rows))
        there = jax.tree.map(lambda x, cut=cut: x[cut] if x.ndim else x, at)
        found.append(jax.vmap(lambda search, at: search.of(*at), (0, by_row))(numbers, there))
        first += len(rows)
    return jnp.concatenate([jnp.broadcast_to(x, (len(x), *shape[1:])) for x in found])[np.argsort(order)]


def log_events(experiment: str | Search, where: Where, recipe: Recipe = "direct") -> Real[Array, "*b"]:
    """ln of the expected number of events; for a coupling limit, in units of its 90 % CL."""
    search = searches.get(experiment)
    needed = math.log(search.events.value) if isinstance(search, CouplingLimit) else excess(experiment, recipe).log_needed
    return log_signal(experiment, where, recipe) + needed


def log_likelihood(experiment: str | Search, where: Where, recipe: Recipe = "direct") -> Real[Array, "*b"]:
    """ln L(s + b) - ln L(b) of a Poisson count: n ln(1 + s/b) - s, zero without signal, smooth in
    the parameters.

    n is the number observed, or for projections the expected background. Raises ValueError where
    events were observed on no background: the ratio is then infinite.
    """
    search = searches.get(experiment)
    if isinstance(search, Recast):
        return -0.5 * jnp.square(residual(log_signal(search, where)))
    expected = jnp.exp(jnp.minimum(log_events(experiment, where, recipe), 80.0))
    background, observed = counts(search)
    if background == 0:
        if observed > 0:
            raise ValueError(f"{search.name}: events observed without background have no likelihood ratio")
        return -expected
    return observed * jnp.log1p(expected / background) - expected


def counts(search: Search) -> tuple[float, float]:
    """Background and number observed of a counting search, for a projection the background; 0 for
    what counts nothing.
    """
    made = dump(search) if isinstance(search, ScalarDump) else search
    if not isinstance(made, DisplacedSearch):
        return 0.0, 0.0
    return made.background.value, made.observed.value if made.observed else made.background.value
