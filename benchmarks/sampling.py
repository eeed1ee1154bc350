"""Draws from the posterior of g-2: NUTS on the band against NUTS in plain masses and against emcee. Run: python benchmarks/sampling.py

All three sample the same density of (V, m_A', m_phi') in this one process. Their worth is the bulk effective sample size of the
worst parameter per second, by the same estimator; compilation and warm-up are left out for all, as for a long run. emcee gets
jt3r's own compiled log density, a whole ensemble at a time, and starts on the band. Needs the extras `bench` and `sample`.
"""

import time
from collections.abc import Callable

import blackjax.diagnostics as judge
import emcee
import jax
import jax.numpy as jnp
import numpy as np
from machine import machine

from jt3r.likelihood import Likelihood
from jt3r.posterior import Posterior
from jt3r.scans.nuts import build_chain
from jt3r.space import Prior, Space

SPACE = Space({"v": Prior(5.0, 20.0, "log"), "m_aprime": Prior(0.03, 0.2, "log"), "m_phi": Prior(0.05, 0.12)})
LIKELIHOOD = Likelihood(("gm2",))
BAND, PLAIN = (Posterior(LIKELIHOOD, SPACE, band) for band in ("pull_gm2", None))
CHAINS, DRAWS, WARMUP = 4, 4000, 1000
WALKERS, STEPS = 64, 20_000


def worst(u: np.ndarray) -> float:
    """Smallest bulk effective sample size of the quantiles (chains, draws, n)."""
    return float(np.min(judge.ess_bulk(jnp.asarray(u))))


def nuts(posterior: Posterior) -> tuple[float, float, float, float]:
    """Effective draws, seconds without and with warm-up, and gradients a draw."""
    runs: dict[int, Callable] = {}
    seconds, found = {}, {}
    for draws in (4, DRAWS):
        runs[draws] = build_chain(posterior, WARMUP, draws, 0.8, 10)
        jax.block_until_ready(runs[draws](jax.random.key(99)))
        start = time.perf_counter()
        found[draws] = [jax.block_until_ready(runs[draws](jax.random.key(k))) for k in range(CHAINS)]
        seconds[draws] = time.perf_counter() - start
    u = np.stack([np.asarray(posterior.quantiles(chain["z"])[0]) for chain in found[DRAWS]])
    gradients = np.mean([np.mean(chain["n_steps"]) for chain in found[DRAWS]])
    return worst(u), seconds[DRAWS] - seconds[4], seconds[DRAWS], float(gradients)


def ensemble() -> tuple[float, float, float]:
    """Effective draws, seconds, and the integrated autocorrelation time, of emcee in the quantiles of the prior."""

    @jax.jit
    def compiled(u: jax.Array) -> jax.Array:
        inside = jnp.all((u > 0) & (u < 1), axis=-1)
        return jnp.where(inside, LIKELIHOOD(SPACE.point(jnp.clip(u, 1e-9, 1 - 1e-9))), -jnp.inf)

    key = jax.random.key(5)
    z = jnp.zeros((WALKERS, 3)).at[:, :2].set(jax.random.normal(key, (WALKERS, 2)))
    z = z.at[:, 2].set(jax.random.normal(jax.random.key(6), (WALKERS,)))
    start, _ = BAND.quantiles(z)
    sampler = emcee.EnsembleSampler(WALKERS, 3, lambda u: np.asarray(compiled(u)), vectorize=True)
    state = sampler.run_mcmc(np.asarray(start), STEPS // 10)
    sampler.reset()
    began = time.perf_counter()
    sampler.run_mcmc(state, STEPS)
    seconds = time.perf_counter() - began
    chain = sampler.get_chain()
    times = sampler.get_autocorr_time(tol=0)
    return WALKERS * STEPS / float(np.max(times)), seconds, float(np.max(times))


def main() -> None:
    print(machine())
    rates = {}
    for name, posterior in (("NUTS on the band", BAND), ("NUTS in masses", PLAIN)):
        effective, seconds, whole, gradients = nuts(posterior)
        rates[name] = effective / seconds
        print(
            f"{name}: {effective:.0f} effective of {CHAINS * DRAWS} draws in {seconds:.2f} s ({whole:.2f} s with warm-up), "
            f"{gradients:.1f} gradients a draw: {rates[name]:.0f} a second"
        )
    effective, seconds, steps = ensemble()
    rates["emcee"] = effective / seconds
    print(f"emcee, {WALKERS} walkers: autocorrelation time {steps:.0f} steps, {effective:.0f} effective of {WALKERS * STEPS} in {seconds:.2f} s")
    print(f"NUTS on the band / NUTS in masses = {rates['NUTS on the band'] / rates['NUTS in masses']:.1f}")
    print(f"NUTS on the band / emcee = {rates['NUTS on the band'] / rates['emcee']:.1f}")


if __name__ == "__main__":
    main()
