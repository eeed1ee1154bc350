"""The likelihood over a parameter space as functions of the prior's quantiles: value, gradient,
residuals, Hessian.

Each is compiled once for likelihoods and spaces that differ in numbers alone, and takes any batch
of points, the coordinates along the last axis.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Real

from .likelihood import Likelihood
from .space import Space


class Problem(NamedTuple):
    """A likelihood over a space: what the programs of a fit are about."""

    likelihood: Likelihood
    space: Space

    @property
    def residuals(self) -> Callable[[Array], Array]:
        """Of prior quantiles (n) -> (k)."""
        return partial(residual_vector, *self)


def check(likelihood: Likelihood, space: Space) -> None:
    """Raise TypeError unless these are a likelihood and a space."""
    for name, value, wanted in (("likelihood", likelihood, Likelihood), ("space", space, Space)):
        if not isinstance(value, wanted):
            raise TypeError(f"{name} = {value!r}: must be a jt3r.{wanted.__name__}")


@jax.jit
def residual_vector(likelihood: Likelihood, space: Space, u: Real[Array, "*b n"]) -> Real[Array, "*b k"]:
    """Residuals of the terms in their order, along the last axis; their squares sum to the
    chi-square.
    """
    found = likelihood.residuals(space.point(u)).values()
    return jnp.stack([jnp.broadcast_to(value, u.shape[:-1]) for value in found], axis=-1)


@jax.jit
def chi_square(likelihood: Likelihood, space: Space, u: Real[Array, "*b n"]) -> Real[Array, "*b"]:
    """-2 ln L up to a constant."""
    return jnp.sum(jnp.square(residual_vector(likelihood, space, u)), axis=-1)


@jax.jit
def value_and_gradient(
    likelihood: Likelihood, space: Space, u: Real[Array, "*b n"]
) -> tuple[Real[Array, "*b"], Real[Array, "*b n"]]:
    """Chi-square and its gradient in ``u``, by one reverse pass."""

    def summed(u: Array) -> tuple[Array, Array]:
        value = chi_square(likelihood, space, u)
        return jnp.sum(value), value

    gradient, value = jax.grad(summed, has_aux=True)(u)
    return value, gradient


@jax.jit
def residual_jacobian(likelihood: Likelihood, space: Space, u: Real[Array, "*b n"]) -> Real[Array, "*b k n"]:
    """Derivatives of the residuals in ``u``, in forward mode."""
    push = partial(jax.jvp, partial(residual_vector, likelihood, space), (u,))
    unit = jnp.eye(u.shape[-1], dtype=u.dtype)
    return jax.vmap(lambda direction: push((jnp.broadcast_to(direction, u.shape),))[1], out_axes=-1)(unit)


@jax.jit
def hessian_vector_product(
    likelihood: Likelihood, space: Space, u: Real[Array, "*b n"], direction: Real[Array, "*b n"]
) -> Real[Array, "*b n"]:
    """The Hessian of the chi-square in ``u`` times a direction, forward over reverse."""
    _, product = jax.jvp(lambda u: value_and_gradient(likelihood, space, u)[1], (u,), (direction,))
    return product


@jax.jit
def hessian(likelihood: Likelihood, space: Space, u: Real[Array, "*b n"]) -> Real[Array, "*b n n"]:
    """The Hessian of the chi-square in ``u``: half of it is the inverse covariance where the
    likelihood is Gaussian.
    """
    columns = jax.vmap(
        lambda direction: hessian_vector_product(likelihood, space, u, jnp.broadcast_to(direction, u.shape)), out_axes=-1
    )(jnp.eye(u.shape[-1], dtype=u.dtype))
    return columns
