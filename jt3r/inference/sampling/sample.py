"""Draws from a posterior: chains of the No-U-Turn sampler, or thousands that share their warm-up,
what is derived from them, and what judges them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal, get_args

import jax
import jax.numpy as jnp
import numpy as np

from ...errors import ScanFailed, unknown
from ...extras import check_installed, need
from ...kernels.numerics.devices import devices_that_share
from ...kernels.numerics.jax_internals import QUICK_TO_COMPILE
from ...programs.cache import cached
from ...programs.float32 import warn_of_float32
from ..likelihood import Likelihood
from ..objective import check
from ..space import Space
from ..text import table_lines
from . import chees
from .posterior import Posterior
from .programs import Task, programs

PULLS = {"gm2": "pull_gm2", "gm2_phi_barr_zee": "pull_gm2_phi_barr_zee"}
"""Terms of the likelihood whose pull can take the place of m_phi as a coordinate."""

Arrays = dict[str, np.ndarray]
Coordinates = Literal["plain", "band"]
Sampler = Literal["nuts", "chees"]

OF_ALL_CHAINS = 2**32 - 1
"""Number, none of a chain's, of the random key of a warm-up that all chains share."""


@dataclass(frozen=True)
class Draws:
    """Draws of a posterior in chains.

    ``arrays``, of shape (chains, draws) each: every free coordinate in its unit, ``ln_likelihood``,
    ``chi_square_TERM``, the observables asked for, and the statistics of the sampler, named as
    ArviZ names them. ``diagnostics``: ``judge``. ``result[NAME]`` is one of the arrays; raises
    KeyError for another name.
    """

    likelihood: Likelihood
    space: Space
    arrays: Arrays
    diagnostics: dict[str, dict[str, float]]

    @property
    def parameters(self) -> Arrays:
        """Free coordinate -> its draws, (chains, draws)."""
        return {name: self.arrays[name] for name in self.space.names}

    @property
    def ln_likelihood(self) -> np.ndarray:
        """ln L up to a constant, (chains, draws)."""
        return self.arrays["ln_likelihood"]

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self.arrays:
            raise KeyError(unknown("array", name, self.arrays))
        return self.arrays[name]

    def __repr__(self) -> str:
        chains, draws = self.ln_likelihood.shape
        title = f"{chains} chains of {draws} draws, {int(self.arrays['diverging'].sum())} divergences"
        rows = {"": ["mean", "sigma", "5 %", "median", "95 %", "R-hat", "bulk ESS", "tail ESS"]}
        for name, values in self.parameters.items():
            numbers = [values.mean(), values.std(), *np.quantile(values, (0.05, 0.5, 0.95))]
            found = self.diagnostics[name]
            r_hat = found.get("nested_r_hat", found["r_hat"])
            judged = [f"{r_hat:.4f}", f"{found['ess_bulk']:.0f}", f"{found['ess_tail']:.0f}"]
            rows[name] = [f"{number:.4g}" for number in numbers] + judged
        return "\n".join([title, *table_lines(rows)])


def sample(
    likelihood: Likelihood,
    space: Space,
    chains: int = 4,
    draws: int = 1000,
    warmup: int = 1000,
    seed: int = 0,
    *,
    sampler: Sampler = "nuts",
    coordinates: Coordinates = "plain",
    together: int | None = None,
    target_acceptance: float = 0.8,
    max_tree_depth: int = 10,
    observables: tuple[str, ...] = (),
) -> Draws:
    """Draws from ``likelihood`` times the priors of ``space`` by Hamiltonian Monte Carlo; needs the
    extra ``sample``.

    ``sampler``: "nuts", the No-U-Turn sampler, each chain after its own warm-up; or "chees", for
    thousands of short chains, which share one warm-up and take equal steps.
    ``coordinates="band"`` samples the pull of g-2 in the place of m_phi: the same density, in
    coordinates in which it is no thin sheet. ``together`` chains advance at once, one or, for
    "chees", all unless said. A trajectory has at most 2^``max_tree_depth`` steps. ``observables``
    are computed at every draw. Raises ValueError for band coordinates without m_phi free or a g-2
    term, for an unknown sampler, and for fewer chains than a shared warm-up needs, 16 for each free
    coordinate; TypeError for what is no likelihood or space, ScanFailed where a chain finds no
    point of finite likelihood.

    >>> import jt3r
    >>> space = jt3r.Space({"c_universal": jt3r.Prior(2, 12), "c_nonuniversal": jt3r.Prior(-3, 2)})
    >>> found = jt3r.sample(jt3r.Likelihood(("R_K", "R_Kst")), space, chains=2, draws=50, warmup=50)
    >>> found["c_universal"].shape
    (2, 50)
    """
    check(likelihood, space)
    check_installed("blackjax", "sample", "jt3r.sample")
    posterior = Posterior(likelihood, space, band_pull(likelihood.terms, space.names, coordinates))
    shared = check_sampler(sampler, chains, len(space.names))
    warn_of_float32(observables, likelihood.terms)
    at_once = min(chains, together or (chains if shared else 1))
    found = programs(Task(posterior, shared, warmup, draws, target_acceptance, max_tree_depth, tuple(observables)))
    begun = found.begin(warmup_key(seed)) if found.begin else None
    pieces = []
    for first in range(0, chains, at_once):
        numbers = np.arange(first, first + at_once) % chains
        piece = draw_chains(found.run, found.derived, numbers, seed, devices_that_share(), begun)
        pieces.append({name: value[: chains - first] for name, value in piece.items()})
    arrays = {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
    groups = chees.superchains(chains) if shared else None
    return Draws(likelihood, space, arrays, judge({name: arrays[name] for name in space.names}, groups))


def check_sampler(sampler: Sampler, chains: int, coordinates: int) -> int | None:
    """How many chains share a warm-up, None if each has its own. Raises ValueError for an unknown
    sampler and for too few chains.
    """
    if sampler not in get_args(Sampler):
        raise ValueError(f"sampler = {sampler!r}: allowed are {', '.join(get_args(Sampler))}")
    if sampler == "nuts":
        return None
    if chains < (least := chees.least_chains(coordinates)):
        each = f"{chees.CHAINS_PER_COORDINATE} for each free coordinate"
        raise ValueError(f"chains = {chains}: sampler = 'chees' needs {least} or more, {each}, to find their covariance")
    return chains


def warmup_key(seed: int) -> jax.Array:
    """The random key of a warm-up that all chains share."""
    return jax.random.fold_in(jax.random.key(seed), OF_ALL_CHAINS)


def band_pull(terms: tuple[str, ...], free: tuple[str, ...], coordinates: Coordinates) -> str | None:
    """The observable that is sampled in the place of m_phi. Raises ValueError if band coordinates
    cannot be had.
    """
    if coordinates == "plain":
        return None
    if coordinates != "band":
        raise ValueError(f"coordinates = {coordinates!r}: allowed are plain, band")
    pull = next((PULLS[name] for name in terms if name in PULLS), None)
    if pull is None or "m_phi" not in free:
        raise ValueError(f"coordinates = 'band': needs {' or '.join(PULLS)} among terms, and m_phi under free")
    return pull


def draw_chains(
    run: Callable[..., dict[str, jax.Array]],
    derived: Callable[[jax.Array], dict[str, jax.Array]],
    numbers: np.ndarray,
    seed: int,
    devices: int = 1,
    begun: chees.Tuned | None = None,
) -> Arrays:
    """The chains of these numbers, each a function of its number and the seed alone, and of the
    warm-up ``begun`` if all share one.

    Equal groups of them advance on so many ``devices`` of this host, by programs that share
    nothing; the last group is filled up with its last chain. Raises ScanFailed where a chain finds
    no point of finite likelihood to start from.
    """
    each = -(-len(numbers) // devices)
    groups = -(-len(numbers) // each)
    filled = numbers[np.minimum(np.arange(groups * each), len(numbers) - 1)]
    keys = jax.vmap(partial(jax.random.fold_in, jax.random.key(seed)))(jnp.asarray(filled))
    places = jax.local_devices()[:groups] if groups > 1 else [None]

    def started_on(place: jax.Device | None, cut: slice) -> dict[str, jax.Array]:
        given = (keys[cut],) if begun is None else (keys[cut], chees.of_chains(begun, filled[cut]))
        return run(*jax.device_put(given, place))

    started = [started_on(place, slice(k * each, (k + 1) * each)) for k, place in enumerate(places)]
    parts = [jax.device_get(derived(found.pop("z")) | found) for found in started]
    found = {name: np.concatenate([part[name] for part in parts])[: len(numbers)] for name in parts[0]}
    if lost := sorted({int(n) for n in numbers[~np.isfinite(found["lp"]).all(axis=1)]}):
        raise ScanFailed(f"chain {lost[0]}: found no point of finite likelihood to start from; narrow the priors under free")
    return found


def judge(draws: Arrays, groups: int | None = None) -> dict[str, dict[str, float]]:
    """R-hat and effective sample sizes of each parameter's draws (chains, draws), and the nested
    R-hat where chains k, k + ``groups``, ... began at one point. Source: arXiv:1903.08008.
    """

    def one_of(chains: jax.Array) -> dict[str, jax.Array]:
        blackjax = need("blackjax.diagnostics", "sample", "kind = 'sample'")
        return {"r_hat": blackjax.rhat(chains), "ess_bulk": blackjax.ess_bulk(chains), "ess_tail": blackjax.ess_tail(chains)}

    one = cached(one_of, "diagnostics of chains", QUICK_TO_COMPILE)
    found = {name: {key: float(x) for key, x in one(jnp.asarray(chains)).items()} for name, chains in draws.items()}
    if groups is not None:
        for name, chains in draws.items():
            found[name]["nested_r_hat"] = nested_r_hat(chains, groups)
    return found


def nested_r_hat(draws: np.ndarray, groups: int) -> float:
    """R-hat for many short chains: sqrt(1 + B/W), B the variance of the means of groups of chains
    that began at one point, W the mean over groups of the variance between chains and within them.

    ``draws`` (chains, draws); chain k is of group k modulo ``groups``, and chains beyond the last
    whole round are left out. Between groups of m chains that have forgotten their beginning it is
    near sqrt(1 + 1/(m n)), n the effective draws of a chain. Source: C. C. Margossian et al.,
    arXiv:2110.13017, section 2.
    """
    each = len(draws) // groups
    values = np.asarray(draws, float)[: each * groups].reshape(each, groups, -1)
    means = values.mean(axis=2)
    within = means.var(axis=0, ddof=1) + values.var(axis=2, ddof=1).mean(axis=0)
    return float(np.sqrt(1 + means.mean(axis=0).var(ddof=1) / within.mean()))
