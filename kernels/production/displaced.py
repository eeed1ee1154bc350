"""Decays in flight inside a volume that starts at a distance from the source.

Source of the decay law: PDG 2024, review 'Kinematics', survival probability, with l = (p/m) c tau
in metres. Everything is a logarithm: the expected number may be exp(-3e13) and is still a number
with a gradient.
"""

from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..numerics.promotion import floats


@jax.jit
def log_decay_probability(
    inverse_length: Real[ArrayLike, "*b"], distance: Real[ArrayLike, "*b"], depth: Real[ArrayLike, "*b"]
) -> Real[Array, "*b"]:
    """ln P, P = exp(-L/l) (1 - exp(-D/l)): decay between L and L + D.

    Arguments: 1/l in 1/metre (``widths.inverse_lab_decay_length``), L and D in metres. Relative
    error of P below 1e-15 in float64 times max(1, L/l). Limits: ln(D/l) for l >> L + D, -L/l for l
    << D. A stable particle (1/l = 0) gives -inf.
    """
    inverse_length, distance, depth = floats(inverse_length, distance, depth)
    depths = inverse_length * depth
    decays = depths > 0
    inside = jnp.log(-jnp.expm1(-jnp.where(decays, depths, 1)))
    return jnp.where(decays, inside, -jnp.inf) - inverse_length * distance


@jax.jit
def relative_decays(
    inverse_length: Real[ArrayLike, "*b n"], distance: Real[ArrayLike, ""], depth: Real[ArrayLike, ""]
) -> tuple[Real[Array, "*b n"], Real[Array, "*b"]]:
    """(P_k/P_s, ln P_s) over the nodes of the last axis, s the node that decays the slowest.

    The ratio never overflows: it is at most l_s/l_k. 1 and -inf for a stable particle, 1/l = 0 at
    every node.
    """
    inverse_length, distance, depth = floats(inverse_length, distance, depth)
    slowest = jnp.min(inverse_length, axis=-1, keepdims=True)
    decays = slowest > 0
    rate, slow_rate = jnp.where(decays, inverse_length, 1), jnp.where(decays, slowest, 1)
    ratio = jnp.exp((slow_rate - rate) * distance) * jnp.expm1(-rate * depth) / jnp.expm1(-slow_rate * depth)
    return ratio, log_decay_probability(slowest[..., 0], distance, depth)


@jax.jit
def log_expected_decays(
    log_spectrum: Real[ArrayLike, "*b n"],
    inverse_length: Real[ArrayLike, "*b n"],
    distance: Real[ArrayLike, ""],
    depth: Real[ArrayLike, ""],
) -> Real[Array, "*b"]:
    """ln of sum_k W_k exp(-L/l_k) (1 - exp(-D/l_k)) over the nodes of an energy quadrature (last
    axis).

    ln W_k holds flux, acceptance, efficiency, branching ratio and quadrature weight; -inf marks a
    closed node. Energies rise along the axis, so that the last 1/l_k is the smallest. The value and
    its gradient are finite as long as the last node is open and the particle decays.
    """
    log_spectrum, inverse_length, distance, depth = floats(log_spectrum, inverse_length, distance, depth)
    ratio, log_slowest = relative_decays(inverse_length, distance, depth)
    return log_weighted_sum(log_spectrum, ratio) + log_slowest


def log_folded_decays(
    energies: Real[Array, " n"],
    log_weights: Sequence[Real[Array, "*b n"]],
    inverse_length: Callable[[Array], Array],
    distance: Real[ArrayLike, ""],
    depth: Real[ArrayLike, ""],
) -> list[Real[Array, "*b"]]:
    """ln of sum_k W_k exp(-L/l_k) (1 - exp(-D/l_k)) for each of several spectra W on the same
    energies.

    As ``log_expected_decays``, node after node: it holds one number per point and spectrum, not one
    per node. The function gives 1/l in 1/metre at one energy and has the points' shape, with which
    the weights broadcast; 1/l falls with energy. -inf where every node is closed or the particle is
    stable.
    """
    hardest = jnp.max(energies)
    slowest = inverse_length(hardest)
    finite = [jnp.isfinite(log_weight) for log_weight in log_weights]
    peaks = [
        jax.lax.stop_gradient(jnp.max(jnp.where(is_open, log_weight, -jnp.inf), axis=-1, keepdims=True))
        for is_open, log_weight in zip(finite, log_weights, strict=True)
    ]
    peaks = [jnp.where(jnp.isfinite(peak), peak, 0) for peak in peaks]
    weights = [
        jnp.where(is_open, jnp.exp(jnp.where(is_open, log_weight - peak, 0)), 0)
        for is_open, log_weight, peak in zip(finite, log_weights, peaks, strict=True)
    ]

    def add(sums: list[Array], node: tuple[Array, list[Array]]) -> tuple[list[Array], None]:
        energy, at_node = node
        rate = inverse_length(energy)
        fewer = jnp.where(energy == hardest, 0, _at_most_zero((slowest - rate) * distance))
        decays = jnp.exp(fewer) * -jnp.expm1(-rate * depth)
        return [total + weight * decays for total, weight in zip(sums, at_node, strict=True)], None

    shape = [jnp.broadcast_shapes(slowest.shape, weight.shape[:-1]) for weight in weights]
    start = [jnp.zeros(points, slowest.dtype) for points in shape]
    sums, _ = jax.lax.scan(add, start, (energies, [jnp.moveaxis(weight, -1, 0) for weight in weights]))
    return [log_or_closed(total) + peak[..., 0] - slowest * distance for total, peak in zip(sums, peaks, strict=True)]


def log_weighted_sum(log_weights: Real[Array, "*b n"], factors: Real[Array, "*b n"]) -> Real[Array, "*b"]:
    """ln sum_k W_k f_k over the last axis, broadcasting; -inf with gradient 0 where nothing is
    open.
    """
    peak = jax.lax.stop_gradient(jnp.max(log_weights, axis=-1, keepdims=True))
    peak = jnp.where(jnp.isfinite(peak), peak, 0)
    is_open = jnp.isfinite(log_weights)
    weights = jnp.where(is_open, jnp.exp(jnp.where(is_open, log_weights - peak, 0)), 0)
    return log_or_closed(jnp.sum(weights * factors, axis=-1)) + peak[..., 0]


def log_sum_exp(terms: Real[Array, "*b n"]) -> Real[Array, "*b"]:
    """ln sum exp over the last axis; -inf with gradient 0 where every term is -inf."""
    peak = jax.lax.stop_gradient(jnp.max(terms, axis=-1, keepdims=True))
    any_open = jnp.isfinite(peak)
    is_open = jnp.isfinite(terms)
    shifted = _at_most_zero(jnp.where(is_open, terms - jnp.where(any_open, peak, 0), 0))
    total = jnp.sum(jnp.where(is_open, jnp.exp(shifted), 0), axis=-1)
    some = any_open[..., 0]
    return jnp.where(some, jnp.log(jnp.where(some, total, 1)) + jnp.where(some, peak[..., 0], 0), -jnp.inf)


def _at_most_zero(exponent: Array) -> Array:
    """An exponent that is not positive but for a rounding: where a number is computed twice, by one
    operation here and by two there, 1e9 of float32 differ by a hundred. Its derivative stays.
    """
    return exponent - jax.lax.stop_gradient(jnp.maximum(exponent, 0))


def log_or_closed(value: Real[ArrayLike, "*b"]) -> Real[Array, "*b"]:
    """ln of a non-negative number; -inf with gradient 0 at 0: a closed channel, for
    ``log_sum_exp``.
    """
    (value,) = floats(value)
    is_open = value > 0
    return jnp.where(is_open, jnp.log(jnp.where(is_open, value, 1)), -jnp.inf)
