"""A thousand points that every term allows to one sigma: jt3r's search, and what one would run on a likelihood in NumPy.

    python benchmarks/search.py [gm2_search] [benchmarks]     the problems are cards; both without arguments
    python benchmarks/search.py --theory                      what theory errors at the point cost, alone

From random points of the card's priors to 1,000 points with |residual| <= 1 in each term at once. jt3r descends from one start
after another, once until the point is allowed and once down to minima, and its points are counted at the ends. The others get
the same likelihood as one would write it by hand, vectorised, in the quantiles of the priors; for them every evaluated point
within one sigma counts, whether a chain accepted it or not, and nothing is thinned. Points of random sampling and descents are
independent, those of a chain are not: emcee's are counted a second time by its autocorrelation time. jt3r counts a gradient, a
column of a Jacobian and a second derivative as one evaluation each. Needs the extra ``bench``.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import emcee
import jax
import jax.numpy as jnp
import numpy as np
from flavour import rates_in_numpy
from machine import machine
from scipy.optimize import OptimizeResult, differential_evolution

from jt3r.constants import M_MU
from jt3r.flavour.benchmarks import C9_OVER_C10
from jt3r.flavour.measurements import measurements
from jt3r.inference.fits.descend import descend
from jt3r.inference.fits.fit import start_points
from jt3r.inference.minimise import Minima, allowed_points, minimise
from jt3r.inference.objective import residual_vector
from jt3r.inference.space import Space
from jt3r.kernels.flavour.running import NAMES
from jt3r.measurements import measurement
from jt3r.scans.cards.load import load_card

Residuals = Callable[[np.ndarray], np.ndarray]
"""Quantiles of the priors (n, m) -> residuals (k, m)."""

WANTED = 1000
TILE = 256
"""Starts of a descent at a time, as in a card's tile."""
BATCH = 10_000
"""Random points at a time: their arrays stay in cache."""
BUDGET = 30.0
"""Seconds for random sampling; what is missing then is extrapolated."""
WALKERS, BLOCK, STEPS = 64, 10, 20_000
"""Of emcee: walkers, steps between two looks at the count, steps of the run that gives the autocorrelation time."""
TURNS, BLOCK_OF_STARTS = 3, 64
"""Of the descents with and without theory errors: how many in turns, and from how many starts; by Newton's method alone."""
RUNS = 20
"""Of differential evolution, from which 1,000 are extrapolated."""
MOVES = {"default": None, "DE": [(emcee.moves.DEMove(), 0.8), (emcee.moves.DESnookerMove(), 0.2)]}


def gm2(v: np.ndarray | float, m_aprime: np.ndarray, m_phi: np.ndarray) -> np.ndarray:
    """Pull of g-2: eqs. (3) and (4) of arXiv:2105.07655, the integrals in closed form for masses below 2 m_mu."""

    def parts(mass: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        r = mass / M_MU
        s = r * r
        return s, np.log(s) / 2, np.arccos(r / 2) / (r * np.sqrt(4 - s))  # J/2, J = int_0^1 dy/(y^2 - s y + s)

    s, log, j = parts(m_phi)
    phi = 1.5 - s - s * (3 - s) * log - s * (s - 1) * (s - 4) * j
    s, log, j = parts(m_aprime)
    aprime = 0.5 + s * (s - 1.5) - s * (s * s - 3 * s + 1) * log + s * s * (s * s - 5 * s + 5) * j
    measured = measurement("paper2021", "delta_a_mu")
    return ((M_MU / (4 * np.pi * v)) ** 2 * (phi - aprime) - measured.value) / measured.error


def monomials(x: np.ndarray) -> np.ndarray:
    """1, x_i and x_i x_j of (n, m), as rows."""
    with_one = [np.ones(x.shape[1]), *x]
    return np.stack([a * b for i, a in enumerate(with_one) for b in with_one[i:]])


def flavour() -> Residuals:
    """R_K, R_K*, Br(Bs -> mu mu) of C10^U, C9^NU, C9', C_S and C_P: rates are quadratic, so 21 numbers each, solved for."""
    scale = np.array([10.0, 10.0, 10.0, 0.1, 0.1])
    x = np.random.default_rng(0).uniform(-1, 1, (5, 100))
    universal, left, right, scalar, pseudoscalar = scale[:, None] * x
    c = {name: np.zeros(100) for name in NAMES}
    c |= {"C9_bsee": C9_OVER_C10 * universal, "C10_bsee": universal, "C9p_bsmumu": right, "C10p_bsmumu": right}
    c |= {"C9_bsmumu": C9_OVER_C10 * universal + left, "C10_bsmumu": universal + left}
    c |= {"CS_bsmumu": scalar, "CP_bsmumu": pseudoscalar}
    rates = rates_in_numpy(c)
    needed = ("BpKmumu_1_6", "BpKee_1_6", "B0Kstmumu_1_6", "B0Kstee_1_6", "Bsmumu")
    solved = np.linalg.lstsq(monomials(x).T, np.stack([rates[name] for name in needed], axis=-1), rcond=None)[0]
    numbers = (solved / monomials(scale[:, None])).T
    measured = measurements("paper2021")
    moments = [measured[name].moments for name in ("R_K", "R_Kst", "BR_Bsmumu")]

    def residuals(x: np.ndarray) -> np.ndarray:
        k_mu, k_e, kst_mu, kst_e, bs = numbers @ monomials(x)
        predicted = (k_mu / k_e, kst_mu / kst_e, bs)
        return np.stack([(value - mean) / sigma for value, (mean, sigma) in zip(predicted, moments, strict=True)])

    return residuals


def by_hand(card: str, space: Space) -> Residuals:
    """The card's residuals in NumPy."""

    def values(u: np.ndarray) -> dict[str, np.ndarray]:
        found = {}
        for row, (name, prior) in zip(u, space.free.items(), strict=True):
            log, low, high = prior.spacing == "log", prior.min, prior.max
            found[name] = low * (high / low) ** row if log else low + row * (high - low)
        return found

    if card == "gm2_search":
        return lambda u: gm2(**values(u))[None]
    v, rest = space.fixed["v"], flavour()
    names = ("c_universal", "c_nonuniversal", "c_primed", "CS_bsmumu", "CP_bsmumu")

    def residuals(u: np.ndarray) -> np.ndarray:
        at = values(u)
        pull = gm2(v, at["m_aprime"], at["m_phi"])
        return np.concatenate([pull[None], rest(np.stack([at[name] for name in names]))])

    return residuals


@dataclass
class Counted:
    """Chi-square of quantiles (n, m), infinite outside the cube without evaluation; counts evaluations and allowed points."""

    residuals: Residuals
    evaluations: int = 0
    allowed: int = 0

    def __call__(self, u: np.ndarray) -> np.ndarray:
        inside = np.all((u > 0) & (u < 1), axis=0)
        r = self.residuals(u[:, inside])
        self.evaluations += r.shape[1]
        self.allowed += np.count_nonzero(np.all(np.abs(r) <= 1, axis=0))
        found = np.full(u.shape[1], np.inf)
        found[inside] = np.sum(r * r, axis=0)
        return found


@dataclass(frozen=True)
class Cost:
    """Evaluations and seconds for the points wanted, how they were found, and seconds of compiling beside those."""

    name: str
    evaluations: float
    seconds: float
    note: str
    compiling: float = 0.0


def check(residuals: Callable[[jax.Array], jax.Array], hand: Residuals, n: int) -> None:
    """The two likelihoods agree at random points, to 1e-9 of 1 + |residual|, which moves hardly a point across one sigma.

    Loop functions of order one are good to 3e-14, and 1 in them is up to some 1e4 standard deviations: 3e-10.
    """
    u = np.random.default_rng(1).uniform(size=(20_000, n))
    ours = np.asarray(residuals(jnp.asarray(u)))
    worst = float(np.max(np.abs(ours - hand(u.T).T) / (1 + np.abs(ours))))
    assert worst < 1e-9, worst
    print(f"The likelihood in NumPy is jt3r's to {worst:.1e} of 1 + |residual| at 20,000 random points.")


def search(name: str, descend: Callable[[jax.Array], Minima], residuals: Callable[[jax.Array], jax.Array], n: int) -> Cost:
    """Descents from random starts in tiles until enough ended within one sigma, at points that differ by 1e-6 of the prior."""
    rng = np.random.default_rng(2)
    ends: set[tuple[float, ...]] = set()
    starts = converged = evaluations = 0
    seconds = compiling = 0.0
    while len(ends) < WANTED:
        u = jnp.asarray(rng.uniform(size=(TILE, n)))
        began = time.perf_counter()
        found = jax.block_until_ready(descend(u))
        took = time.perf_counter() - began
        if not starts:
            began = time.perf_counter()
            jax.block_until_ready(descend(u))
            compiling = took - (time.perf_counter() - began)
            took -= compiling
        good = np.all(np.abs(np.asarray(residuals(found.u))) <= 1, axis=-1)
        ends.update(map(tuple, np.round(np.asarray(found.u)[good], 6).tolist()))
        starts, converged = starts + TILE, converged + int(found.converged.sum())
        evaluations, seconds = evaluations + int(found.evaluations.sum()), seconds + took
    part = WANTED / len(ends)
    note = f"{len(ends)} points from {starts} starts, {converged} of them met their end"
    return Cost(f"jt3r, {name}", part * evaluations, part * seconds, note, compiling)


def at_random(hand: Residuals, n: int) -> Cost:
    """Points drawn from the prior until enough are allowed or the time is over."""
    counted, rng = Counted(hand), np.random.default_rng(3)
    began = time.perf_counter()
    while counted.allowed < WANTED and time.perf_counter() - began < BUDGET:
        counted(rng.uniform(size=(n, BATCH)))
    seconds = time.perf_counter() - began
    part, note = WANTED / counted.allowed, f"{counted.allowed} found, +-{100 / counted.allowed**0.5:.0f} %"
    return Cost("random sampling", part * counted.evaluations, part * seconds, note)


def ensemble(hand: Residuals, n: int, moves: str) -> list[Cost]:
    """emcee from random starts until enough evaluated points are allowed, and then a long run for the autocorrelation time."""
    counted = Counted(hand)
    sampler = emcee.EnsembleSampler(WALKERS, n, lambda u: -counted(u.T) / 2, vectorize=True, moves=MOVES[moves])
    sampler.random_state = np.random.RandomState(4).get_state()
    began = time.perf_counter()
    state = sampler.run_mcmc(np.random.default_rng(4).uniform(size=(WALKERS, n)), BLOCK)
    while counted.allowed < WANTED:
        state = sampler.run_mcmc(state, BLOCK)
    raw, raw_seconds, steps = counted.evaluations, time.perf_counter() - began, sampler.iteration
    sampler.run_mcmc(state, STEPS - steps)
    seconds = time.perf_counter() - began
    kept = sampler.get_chain(discard=STEPS // 10)
    time_of = float(np.max(emcee.autocorr.integrated_time(kept, tol=0)))
    share = float(np.mean(np.all(np.abs(hand(kept.reshape(-1, n).T)) <= 1, axis=0)))
    part = WANTED / (share * len(kept) * WALKERS / time_of)
    name = f"emcee, {moves} moves"
    note = f"autocorrelation time {time_of:.0f} steps, {share:.2f} of the chain allowed"
    return [
        Cost(name, raw, raw_seconds, f"{WALKERS} walkers, {steps} steps, {counted.evaluations} evaluations in the long run"),
        Cost(f"{name}, independent", part * counted.evaluations, part * seconds, note),
    ]


def evolution(hand: Residuals, n: int) -> Cost:
    """Differential evolution: one point a run, which ends with the generation in which a first point was allowed."""

    def run(seed: int) -> Counted:
        counted = Counted(hand)

        def enough(intermediate_result: OptimizeResult) -> bool:
            return counted.allowed > 0

        cube = [(0, 1)] * n
        differential_evolution(counted, cube, vectorized=True, updating="deferred", polish=False, rng=seed, callback=enough)
        return counted

    began = time.perf_counter()
    runs = [run(seed) for seed in range(RUNS)]
    seconds = time.perf_counter() - began
    evaluations, found = [counted.evaluations for counted in runs], sum(counted.allowed > 0 for counted in runs)
    part, error = WANTED / found, np.std(evaluations) / np.mean(evaluations) / RUNS**0.5
    note = f"{found} of {RUNS} runs reached a point, {np.mean(evaluations):.0f} evaluations each, +-{100 * error:.0f} %"
    return Cost("differential evolution", part * sum(evaluations), part * seconds, note)


def compare(name: str) -> None:
    card = load_card(name)
    likelihood, space = card.problem()
    likelihood = replace(likelihood, theory="none")  # what one writes by hand
    residuals, hand, n = partial(residual_vector, likelihood, space), by_hand(name, space), len(space.names)
    print(f"\n{name}: {len(likelihood.terms)} terms, {n} free parameters; {WANTED} points")
    check(residuals, hand, n)
    ours = search("until allowed", jax.jit(partial(allowed_points, residuals)), residuals, n)
    found = [ours, search("to minima", partial(minimise, residuals, warm_up=card.warm_up), residuals, n), at_random(hand, n)]
    found += [*ensemble(hand, n, "default"), *ensemble(hand, n, "DE"), evolution(hand, n)]
    print(f"Ratios are over {ours.name}.\n")
    print("| | evaluations | s | compiling, s | ratio of evaluations | of s | of s with compiling | |\n" + "|---" * 8 + "|")
    for cost in found:
        whole = (cost.seconds + cost.compiling) / (ours.seconds + ours.compiling)
        ratios = (cost.evaluations / ours.evaluations, cost.seconds / ours.seconds, whole)
        figures = (f"{x:.3g}" for x in (cost.evaluations, cost.seconds, cost.compiling, *ratios))
        print(f"| {cost.name} | {' | '.join(figures)} | {cost.note} |")


def theory_errors(name: str) -> None:
    """Seconds of the same descents with theory errors at the point and with none, in turns."""
    likelihood, space = load_card(name).problem()
    u = start_points(space, 0, BLOCK_OF_STARTS, 2, {})
    modes = {theory: replace(likelihood, theory=theory) for theory in ("none", "point")}
    for mode in modes.values():
        jax.block_until_ready(descend(mode, space, u, warm_up=False))
    seconds: dict[str, list[float]] = {theory: [] for theory in modes}
    for _ in range(TURNS):
        for theory, mode in modes.items():
            began = time.process_time()
            jax.block_until_ready(descend(mode, space, u, warm_up=False))
            seconds[theory].append(time.process_time() - began)
    none, point = (min(seconds[theory]) for theory in modes)
    print(
        f"\n{name}: {BLOCK_OF_STARTS} starts take {point:.2f} s of CPU with theory errors at the point, {none:.2f} with none: "
        f"{point / none:.2f} times"
    )


def main() -> None:
    cards = ("gm2_search", "benchmarks")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cards", nargs="*", choices=[*cards, "global_fit", []], help=", ".join(cards))
    parser.add_argument("--theory", action="store_true", help="only what theory errors at the point cost")
    given = parser.parse_args()
    print(machine(), flush=True)
    for name in given.cards or ("benchmarks", "global_fit"):
        theory_errors(name)
    for name in given.cards or cards:
        if name in cards and not given.theory:
            compare(name)


if __name__ == "__main__":
    main()
