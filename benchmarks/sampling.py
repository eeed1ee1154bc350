"""Draws from the posterior of g-2: NUTS and ChEES on the band, NUTS in plain masses, emcee. Run: python benchmarks/sampling.py

All sample the same density of (V, m_A', m_phi') in this one process: 16 chains of NUTS that advance together, 64 walkers of
emcee, which gets jt3r's own compiled density for half an ensemble at a time and begins on the band; and, to see what thousands
of chains are worth, 4 and 4,096 chains of NUTS beside 1,024 and 4,096 that share a warm-up (ChEES). What counts is the bulk
effective sample size of the worst parameter per second, by one estimator, warm-up and burn-in included, compilation left out;
a second of CPU time where chains of jt3r are compared with each other, for other work on the machine changes it least.
``--chains`` leaves out emcee and the plain masses. Needs the extras ``bench`` and ``sample``.
"""

import argparse
import time
from collections.abc import Callable

import blackjax.diagnostics as judge
import jax
import jax.numpy as jnp
import numpy as np
from machine import machine

from jt3r.inference.likelihood import Likelihood
from jt3r.inference.sampling import chees
from jt3r.inference.sampling.posterior import Posterior
from jt3r.inference.sampling.programs import Task, programs
from jt3r.inference.sampling.sample import draw_chains, nested_r_hat, warmup_key
from jt3r.inference.space import Prior, Space

SPACE = Space({"v": Prior(5.0, 20.0, "log"), "m_aprime": Prior(0.03, 0.2, "log"), "m_phi": Prior(0.05, 0.12)})
LIKELIHOOD = Likelihood(("gm2",))
BAND, PLAIN = (Posterior(LIKELIHOOD, SPACE, band) for band in ("pull_gm2", None))
CHAINS, DRAWS, WARMUP = 16, 4000, 1000
WALKERS, STEPS = 64, 20_000

MANY = {
    "4 chains of NUTS": ("nuts", 4, 1000, 1000),
    "4,096 chains of NUTS": ("nuts", 4096, 200, 25),
    "1,024 chains of ChEES": ("chees", 1024, 200, 25),
    "4,096 chains of ChEES": ("chees", 4096, 200, 25),
}
"""Name -> sampler, chains, steps of warm-up, draws of each."""


def worst(u: jax.Array) -> float:
    """Smallest bulk effective sample size of the quantiles (chains, draws, n)."""
    return float(jnp.min(jax.jit(judge.ess_bulk)(u)))


def chains_of(
    posterior: Posterior,
    sampler: str,
    chains: int,
    warmup: int,
    draws: int,
    repeats: int,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[float, float, float, float]:
    """Effective draws, seconds by the clock, gradients a draw, and the largest nested R-hat."""
    shared = chains if sampler == "chees" else None
    found = programs(Task(posterior, shared, warmup, draws, 0.8, 10, ()))

    def run() -> dict[str, np.ndarray]:
        begun = found.begin(warmup_key(1)) if found.begin else None
        return draw_chains(found.run, found.derived, np.arange(chains), 1, 1, begun)

    run()  # compiles
    times = []
    for _ in range(repeats):
        began = clock()
        drawn = run()
        times.append(clock() - began)
    u = jnp.stack([drawn[name] for name in SPACE.names], axis=-1)
    groups = chees.superchains(chains)
    nested = max(nested_r_hat(drawn[name], groups) for name in SPACE.names) if shared else np.nan
    return worst(u), min(times), float(np.mean(drawn["n_steps"])), nested


def ensemble(moves: list | None) -> tuple[float, float, float]:
    """Effective draws, seconds, and the integrated autocorrelation time, of emcee in the quantiles of the prior."""
    import emcee

    @jax.jit
    def compiled(u: jax.Array) -> jax.Array:
        inside = jnp.all((u > 0) & (u < 1), axis=-1)
        return jnp.where(inside, LIKELIHOOD(SPACE.point(jnp.clip(u, 1e-9, 1 - 1e-9))), -jnp.inf)

    start, _ = BAND.quantiles(jax.random.normal(jax.random.key(5), (WALKERS, 3)))
    sampler = emcee.EnsembleSampler(WALKERS, 3, lambda u: np.asarray(compiled(u)), vectorize=True, moves=moves)
    compiled(start[: WALKERS // 2])
    began = time.perf_counter()
    sampler.run_mcmc(np.asarray(start), STEPS)
    seconds = time.perf_counter() - began
    draws = jnp.asarray(np.swapaxes(sampler.get_chain(discard=STEPS // 10), 0, 1))
    return worst(draws), seconds, float(np.max(sampler.get_autocorr_time(discard=STEPS // 10, tol=0)))


def against_others() -> None:
    """NUTS on the band, in plain masses, and emcee."""
    import emcee

    rates = {}
    for name, posterior in (("NUTS on the band", BAND), ("NUTS in masses", PLAIN)):
        effective, seconds, gradients, _ = chains_of(posterior, "nuts", CHAINS, WARMUP, DRAWS, 3)
        rates[name] = effective / seconds
        print(f"{name}: {effective:.0f} effective of {CHAINS * DRAWS} draws of {gradients:.1f} gradients in {seconds:.2f} s")
    differential = [(emcee.moves.DEMove(), 0.8), (emcee.moves.DESnookerMove(), 0.2)]
    for name, moves in (("emcee", None), ("emcee, differential evolution", differential)):
        effective, seconds, steps = ensemble(moves)
        rates[name] = effective / seconds
        print(
            f"{name}: {effective:.0f} effective of {WALKERS * STEPS} in {seconds:.2f} s, autocorrelation time {steps:.0f} steps"
        )
    print(", ".join(f"{name} {rate:.0f}" for name, rate in rates.items()), "effective draws a second")
    for name in list(rates)[1:]:
        print(f"NUTS on the band / {name} = {rates['NUTS on the band'] / rates[name]:.1f}")


def thousands() -> None:
    """Few long chains beside thousands of short ones."""
    rates = {}
    for name, (sampler, chains, warmup, draws) in MANY.items():
        effective, seconds, gradients, nested = chains_of(BAND, sampler, chains, warmup, draws, 1, time.process_time)
        rates[name] = effective / seconds
        told = f", nested R-hat {nested:.4f}" if sampler == "chees" else ""
        text = f"{effective:.0f} effective of {chains * draws} draws of {gradients:.1f} gradients"
        print(
            f"{name}, {warmup} steps of warm-up: {text} in {seconds:.2f} CPU s, {effective / seconds:.0f} a CPU second{told}",
            flush=True,
        )
    for name in list(rates)[:-1]:
        print(f"4,096 chains of ChEES / {name} = {rates['4,096 chains of ChEES'] / rates[name]:.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chains", action="store_true", help="few long chains beside thousands of short ones, alone")
    options = parser.parse_args()
    print(machine())
    if not options.chains:
        against_others()
    thousands()


if __name__ == "__main__":
    main()
