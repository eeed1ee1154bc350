"""What is left of U(1)_T3R: every search at one point of the model, and the windows of m_A' that
none of them closes.

phi' stands on the g-2 band of the point's m_A' and V, so that searches for it count too. How the A'
decays is a number, the share of its decays into what can be seen, or a scenario: ``visible``, all
of them; ``invisible``, nu_s massless; ``thermal``, dark matter just below half of m_phi', which the
relic density needs, so that A' -> eta eta opens above m_phi'.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from .. import decays
from ..couplings import Couplings
from ..gm2 import band
from ..kernels.numerics.promotion import floats
from ..point import Point
from ..production import Recipe
from ..programs.cache import quickly_compiled
from ..u1.registry import couplings_of
from . import limits, load, recast
from .excess import excess, log_signal, log_signals
from .load import COSMOLOGY, MassCut

Scenario = Literal["visible", "invisible", "thermal"]
HEAVY = 10.0
"""GeV: dark matter, or a phi' that no band gives, that opens nothing."""
RESONANT = 0.495
"""m_eta over m_phi' of the thermal scenario: just below the resonance."""
PUBLISHED_AT = 10.0
"""V in GeV that published mass cuts hold for; those of cosmology hold for any."""
_MASSES = 1200


def point(mass: Real[ArrayLike, "*b"], v: Real[ArrayLike, "*b"], decay: Scenario | Real[ArrayLike, ""] = "visible") -> Point:
    """The point of a mass (GeV), V and way of decaying, phi' on the g-2 band; ValueError for
    another scenario.

    ``decay`` as a number B is the share of visible decays: the rest is invisible, of width
    Gamma_visible (1 - B)/B.
    """
    mass, v = jnp.broadcast_arrays(*floats(mass, v))
    m_phi, _ = band.roots(Point(v=v, m_aprime=mass))
    m_phi = jnp.where(jnp.isfinite(m_phi), m_phi, HEAVY)
    m_eta = jnp.full_like(mass, HEAVY)
    visible = decays.total(decays.aprime(couplings_of(Point(v=v, m_aprime=mass))))
    m_nu_s: Any = None
    if not isinstance(decay, str):
        share = jnp.asarray(decay, mass.dtype)
        invisible = visible * (1 - share) / share
    elif decay == "visible":
        invisible = jnp.zeros_like(mass)
    elif decay == "invisible":
        invisible, m_nu_s = jnp.zeros_like(mass), jnp.zeros_like(mass)
    elif decay == "thermal":
        invisible, m_eta = jnp.zeros_like(mass), RESONANT * m_phi
    else:
        raise ValueError(f"decay is {decay!r}, expected 'visible', 'invisible', 'thermal' or a share")
    return Point(v=v, m_aprime=mass, m_phi=m_phi, m_eta=m_eta, delta=0.0 * mass, width_invisible=invisible, m_nu_s=m_nu_s)


def point_of(decay: Scenario | float, mass: Real[ArrayLike, "*b"], v: Real[ArrayLike, "*b"]) -> Point:
    """``point``, the way of decaying first: what a program is made for."""
    return point(mass, v, decay)


def log_strength(
    name: str,
    at: Point,
    recipe: Recipe = "direct",
    strength: recast.Strength = "weakest",
    couplings: Couplings | None = None,
) -> Array:
    """ln(rate/allowed) of one search at a point of ``point``; positive means excluded, or within
    reach of a projection.

    A published mass cut is +1 inside and -1 outside, -inf where it does not hold. ``couplings`` are
    the point's, for who has them at hand.
    """
    search = load.get(name)
    if isinstance(search, MassCut):
        return _cut(search, at)
    return log_signal(search, couplings or at, recipe, strength=strength)


def log_strengths(names: Iterable[str], at: Point, couplings: Couplings) -> dict[str, Array]:
    """``log_strength`` of several searches in one program, in which published tables are read
    together.
    """
    searches = {name: load.get(name) for name in names}
    tables = {name: recast.table(search) for name, search in searches.items() if isinstance(search, load.Recast)}
    read = dict(zip(tables, recast.log_strengths(tuple(tables.values()), couplings), strict=True)) if tables else {}
    return {name: read[name] if name in read else log_strength(name, at, couplings=couplings) for name in searches}


def _cut(search: MassCut, at: Point) -> Array:
    unseen = decays.share(decays.aprime(couplings_of(at)), decays.INVISIBLE) > 0.5
    holds = (unseen if search.scenario == "invisible" else ~unseen) & ((at.v == PUBLISHED_AT) | (search.name in COSMOLOGY))
    inside = (at.m_aprime >= search.lightest.value) & (at.m_aprime <= search.heaviest.value)
    return jnp.where(holds, jnp.where(inside, 1.0, -1.0), -jnp.inf)


def results(as_of: int | None = None) -> list[str]:
    """Names of the searches that close a window: results, published by then, that depend neither on
    an unknown amplitude nor on the model of a star.
    """
    found = []
    for name in limits.experiments(as_of):
        search = load.get(name)
        if search.status == "excluded" and not getattr(search, "apart", ""):
            found.append(name)
    return found


def strengths(names: Iterable[str], at: Point, recipe: Recipe = "direct") -> dict[str, np.ndarray]:
    """``log_strength`` of each search, as NumPy arrays of the point's shape, all in one program."""
    names = tuple(names)
    computed = tuple(excess(name, recipe) for name in names if not isinstance(load.get(name), MassCut))
    return dict(zip(names, np.asarray(quickly_compiled(_rows, names)(computed, at)), strict=True))


def _rows(names: tuple[str, ...], computed: limits.Signals, at: Point) -> Array:
    """The strengths of searches, those computed given beside their names, (searches, *points)."""
    shape = jnp.shape(at.m_aprime)
    found = iter(log_signals(computed, couplings_of(at), (len(computed), *shape)) if computed else ())
    cuts = {name: search for name in names if isinstance(search := load.get(name), MassCut)}
    return jnp.stack([jnp.broadcast_to(_cut(cuts[name], at), shape) if name in cuts else next(found) for name in names])


def intervals(masses: np.ndarray, strength: np.ndarray) -> np.ndarray:
    """Where a strength on rising masses is positive, (n, 2): ends between two masses by a straight
    line of its arcsinh in ln m; in the middle, where one of them is not finite.

    A strength falls like -L/l, by powers of ten from one mass to the next; its arcsinh does not.
    """
    above = strength > 0
    logs = np.log(masses)
    ends = [masses[0]] if above[0] else []
    for n in np.flatnonzero(above[1:] != above[:-1]):
        low, high = np.arcsinh(strength[n : n + 2])
        share = low / (low - high) if np.isfinite(low) and np.isfinite(high) else 0.5
        ends.append(float(np.exp(logs[n] + share * (logs[n + 1] - logs[n]))))
    return np.array([*ends, *([masses[-1]] if above[-1] else [])]).reshape(-1, 2)


def heights(strength: np.ndarray) -> np.ndarray:
    """What contours at 0 are drawn of, (v, mass): arcsinh of the strength, and where a search says
    nothing, as far below 0 as the highest neighbour is above.

    So contours run as ``intervals`` ends: smooth where a rate falls, midway where a search stops.
    """
    found = np.arcsinh(strength)
    says = np.isfinite(found)
    positive = np.pad(np.where(says & (found > 0), found, 0.0), 1)
    around = np.max([positive[1:-1, :-2], positive[1:-1, 2:], positive[:-2, 1:-1], positive[2:, 1:-1]], axis=0)
    return np.where(says, found, -np.where(around > 0, around, 1.0))


def windows(
    v: float = 10.0,
    decay: Scenario | float = "visible",
    as_of: int | None = None,
    between: tuple[float, float] = (2e-3, 0.3),
    recipe: Recipe = "direct",
) -> np.ndarray:
    """Intervals of m_A' in GeV, (n, 2), that no result closes, as of a year or of today; ends to
    2e-3 of the mass.
    """
    masses = np.geomspace(*between, _MASSES)
    found = strengths(results(as_of), point(masses, v, decay), recipe)
    return intervals(masses, -strongest(found))


def strongest(found: Mapping[str, np.ndarray]) -> np.ndarray:
    """The largest strength of all searches at each point; -inf where none says anything, NaN
    counting as no statement.
    """
    return np.max([np.where(np.isnan(x), -np.inf, x) for x in found.values()], axis=0)
