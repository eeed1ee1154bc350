"""Draws from a posterior: chains of the No-U-Turn sampler, what is derived from them, and what
judges them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np

from ..catalogue import observables as catalogue
from ..errors import ScanFailed, unknown
from ..extras import need
from .fit import devices, table_lines
from .likelihood import Likelihood
from .nuts import Chains, build_chains
from .objective import check
from .posterior import Posterior
from .space import Space

PULLS = {"gm2": "pull_gm2", "gm2_phi_barr_zee": "pull_gm2_phi_barr_zee"}
"""Terms of the likelihood whose pull can take the place of m_phi as a coordinate."""

Arrays = dict[str, np.ndarray]
Coordinates = Literal["plain", "band"]


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
            judged = [f"{found['r_hat']:.4f}", f"{found['ess_bulk']:.0f}", f"{found['ess_tail']:.0f}"]
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
    coordinates: Coordinates = "plain",
    together: int = 1,
    target_acceptance: float = 0.8,
    max_tree_depth: int = 10,
    observables: tuple[str, ...] = (),
) -> Draws:
    """Draws from ``likelihood`` times the priors of ``space`` by the No-U-Turn sampler; needs the
    extra ``sample``.

    ``coordinates="band"`` samples the pull of g-2 in the place of m_phi: the same density, in
    coordinates in which it is no thin sheet. ``together`` chains advance at once. ``observables``
    are computed at every draw. Raises ValueError for band coordinates without m_phi free or a g-2
    term, TypeError for what is no likelihood or space, ScanFailed where a chain finds no point of
    finite likelihood.

    >>> import jt3r
    >>> space = jt3r.Space({"c_universal": jt3r.Prior(2, 12), "c_nonuniversal": jt3r.Prior(-3, 2)})
    >>> found = jt3r.sample(jt3r.Likelihood(("R_K", "R_Kst")), space, chains=2, draws=50, warmup=50)
    >>> found["c_universal"].shape
    (2, 50)
    """
    check(likelihood, space)
    posterior = Posterior(likelihood, space, band_pull(likelihood.terms, space.names, coordinates))
    run, derived = programs(posterior, warmup, draws, target_acceptance, max_tree_depth, tuple(observables))
    pieces = []
    for first in range(0, chains, together):
        found = draw_chains(run, derived, np.arange(first, first + together) % chains, seed, devices())
        pieces.append({name: value[: chains - first] for name, value in found.items()})
    arrays = {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
    return Draws(likelihood, space, arrays, judge({name: arrays[name] for name in space.names}))


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


Derived = Callable[[jax.Array], dict[str, jax.Array]]


@lru_cache(maxsize=4)
def programs(
    posterior: Posterior, warmup: int, draws: int, target: float, max_tree_depth: int, observables: tuple[str, ...]
) -> tuple[Chains, Derived]:
    """The compiled sampler, and all else that is told of its draws z: the same for all seeds and
    numbers of chains.
    """

    @jax.jit
    def derived(z: jax.Array) -> dict[str, jax.Array]:
        u, _ = posterior.quantiles(z)
        point = posterior.space.point(u)
        terms = posterior.likelihood.breakdown(point)
        found = {**posterior.space.values(u), "ln_likelihood": posterior.likelihood(point)}
        found |= {f"chi_square_{name}": value for name, value in terms.items()}
        found |= {name: catalogue[name](point) for name in observables}
        if posterior.likelihood.cuts == "veto":
            found["vetoed"] = posterior.likelihood.vetoed(point)
        return {name: jnp.broadcast_to(value, z.shape[:-1]) for name, value in found.items()}

    return build_chains(posterior, warmup, draws, target, max_tree_depth), derived


def draw_chains(run: Chains, derived: Derived, numbers: np.ndarray, seed: int, devices: int = 1) -> Arrays:
    """The chains of these numbers, each a function of its number and the seed alone.

    Equal groups of them advance on so many ``devices`` of this host, by programs that share
    nothing; the last group is filled up with its last chain. Raises ScanFailed where a chain finds
    no point of finite likelihood to begin from.
    """
    each = -(-len(numbers) // devices)
    groups = -(-len(numbers) // each)
    filled = numbers[np.minimum(np.arange(groups * each), len(numbers) - 1)]
    keys = jax.vmap(partial(jax.random.fold_in, jax.random.key(seed)))(jnp.asarray(filled))
    places = jax.local_devices()[:groups] if groups > 1 else [None]
    started = [run(jax.device_put(keys[k * each : (k + 1) * each], place)) for k, place in enumerate(places)]
    parts = [jax.device_get(derived(found.pop("z")) | found) for found in started]
    found = {name: np.concatenate([part[name] for part in parts])[: len(numbers)] for name in parts[0]}
    if lost := sorted({int(n) for n in numbers[~np.isfinite(found["lp"]).all(axis=1)]}):
        raise ScanFailed(f"chain {lost[0]}: found no point of finite likelihood to begin from; narrow the priors under free")
    return found


def judge(draws: Arrays) -> dict[str, dict[str, float]]:
    """R-hat and effective sample sizes of each parameter's draws (chains, draws). Source:
    arXiv:1903.08008.
    """
    blackjax = need("blackjax.diagnostics", "sample", "kind = 'sample'")

    @jax.jit
    def one(chains: jax.Array) -> dict[str, jax.Array]:
        return {"r_hat": blackjax.rhat(chains), "ess_bulk": blackjax.ess_bulk(chains), "ess_tail": blackjax.ess_tail(chains)}

    return {name: {key: float(x) for key, x in one(jnp.asarray(chains)).items()} for name, chains in draws.items()}
