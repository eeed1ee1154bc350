"""The evidence of a likelihood over the priors of a space, by nested sampling.

Source of the method: J. Skilling, Bayesian Anal. 1, 833 (2006); of the sampler, slices along
directions of the live points' covariance, D. Yallop, W. Handley et al., as BlackJAX (extra
``sample``) has it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Real

from ..extras import need
from ..inference.likelihood import Likelihood
from ..inference.space import Space

REPLACED = 10
"""One in so many live points is replaced at each step, all at once."""

REST = -4.6
"""The run ends when the live points hold less than a hundredth of the evidence: ln 0.01."""

VOLUMES = 100
"""Random prior volumes of the dead points, whose spread is the error of ln Z."""


@dataclass(frozen=True)
class Evidence:
    """``ln_z``, the logarithm of the likelihood's mean over the priors, up to the likelihood's own
    constant, and its ``error``.

    ``u`` (d, n): prior quantiles of all points met, ``ln_likelihood`` (d), and their posterior
    ``weights`` (d), which sum to one. ``effective_draws``: how many independent draws they are
    worth.
    """

    ln_z: float
    error: float
    u: np.ndarray
    ln_likelihood: np.ndarray
    weights: np.ndarray

    @property
    def effective_draws(self) -> float:
        """(sum w)^2 / sum w^2."""
        return float(1 / np.sum(self.weights**2))

    def __repr__(self) -> str:
        return f"ln Z = {self.ln_z:.3f} +- {self.error:.3f}; {len(self.weights)} points, worth {self.effective_draws:.0f} draws"


def evidence(likelihood: Likelihood, space: Space, live: int = 500, seed: int = 0) -> Evidence:
    """The evidence of ``likelihood`` over the priors of ``space``, from ``live`` points; needs the
    extra ``sample``.

    The ratio of two evidences of the same terms and data is a Bayes factor; that of the Standard
    Model, which has no free parameter, is its likelihood. Where the likelihood is NaN it counts as
    zero.
    """

    def ln_likelihood(u: Array) -> Array:
        value = likelihood(space.point(u))
        return jnp.where(jnp.isnan(value), -jnp.inf, value)

    return nested(ln_likelihood, len(space.names), live, seed)


def check_live(live: int, dimensions: int) -> None:
    """Raise ValueError for too few live points."""
    if live < 2 * dimensions + REPLACED:
        raise ValueError(f"live = {live}: must be at least {2 * dimensions + REPLACED} in {dimensions} dimensions")


def nested(ln_likelihood: Callable[[Real[Array, " n"]], Array], dimensions: int, live: int = 500, seed: int = 0) -> Evidence:
    """The evidence of any function of a point of the unit cube, whose prior is uniform. Raises
    ValueError for few ``live``.
    """
    blackjax, tools = (need(name, "sample", "the evidence") for name in ("blackjax", "blackjax.ns.utils"))
    check_live(live, dimensions)

    def ln_prior(u: Array) -> Array:
        return jnp.where(jnp.all((u >= 0) & (u <= 1)), 0.0, -jnp.inf)

    sampler = blackjax.nss(ln_prior, ln_likelihood, num_inner_steps=max(5, 2 * dimensions), num_delete=live // REPLACED)
    begin, run, weigh = jax.random.split(jax.random.key(seed), 3)
    state = jax.jit(sampler.init)(jax.random.uniform(begin, (live, dimensions)))
    step, dead = jax.jit(sampler.step), []
    while not float(state.integrator.logZ_live - state.integrator.logZ) < REST:
        run, key = jax.random.split(run)
        state, info = step(key, state)
        dead.append(info)
    points = tools.finalise(state, dead, update_info=False)
    logs = np.asarray(tools.log_weights(weigh, points, shape=VOLUMES))
    logs = np.where(np.isnan(logs), -np.inf, logs)
    top = logs.max()
    totals = top + np.log(np.exp(logs - top).sum(axis=0))
    weights = np.exp(logs - totals).mean(axis=1)
    at, found = points.particles.position, points.particles.loglikelihood
    return Evidence(float(totals.mean()), float(totals.std()), np.asarray(at), np.asarray(found), weights / weights.sum())
