"""Draws from the posterior of g-2: NUTS on the band, NUTS in plain masses, emcee. Run: python benchmarks/sampling.py

All three sample the same density of (V, m_A', m_phi') in this one process: 16 chains of NUTS that advance together, 64 walkers
of emcee, which gets jt3r's own compiled density for half an ensemble at a time and begins on the band. What counts is the bulk
effective sample size of the worst parameter per second, by one estimator, warm-up and burn-in included, compilation left out.
Needs the extras ``bench`` and ``sample``.
"""

import time

import blackjax.diagnostics as judge
import emcee
import jax
import jax.numpy as jnp
import numpy as np
from machine import best_of, machine

from jt3r.inference.likelihood import Likelihood
from jt3r.inference.nuts import build_chains
from jt3r.inference.posterior import Posterior
from jt3r.inference.space import Prior, Space

SPACE = Space({"v": Prior(5.0, 20.0, "log"), "m_aprime": Prior(0.03, 0.2, "log"), "m_phi": Prior(0.05, 0.12)})
LIKELIHOOD = Likelihood(("gm2",))
BAND, PLAIN = (Posterior(LIKELIHOOD, SPACE, band) for band in ("pull_gm2", None))
CHAINS, DRAWS, WARMUP = 16, 4000, 1000
WALKERS, STEPS = 64, 20_000


def worst(u: jax.Array) -> float:
    """Smallest bulk effective sample size of the quantiles (chains, draws, n)."""
    return float(jnp.min(judge.ess_bulk(u)))


def nuts(posterior: Posterior) -> tuple[float, float, float]:
    """Effective draws, seconds, and gradients a draw."""
    chains = build_chains(posterior, WARMUP, DRAWS, 0.8, 10)
    keys = jax.random.split(jax.random.key(1), CHAINS)
    _, seconds = best_of(lambda: chains(keys), 3)
    found = chains(keys)
    return worst(posterior.quantiles(found["z"])[0]), seconds, float(jnp.mean(found["n_steps"]))


def ensemble(moves: list | None) -> tuple[float, float, float]:
    """Effective draws, seconds, and the integrated autocorrelation time, of emcee in the quantiles of the prior."""

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


def main() -> None:
    print(machine())
    rates = {}
    for name, posterior in (("NUTS on the band", BAND), ("NUTS in masses", PLAIN)):
        effective, seconds, gradients = nuts(posterior)
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


if __name__ == "__main__":
    main()
