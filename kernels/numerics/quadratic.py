"""Polynomials of second degree in a few variables, given by a list of monomials and their
coefficients.

A decay rate is a sum of squared amplitudes, and the amplitudes are linear in the Wilson
coefficients: every rate is such a polynomial. Most of its coefficients vanish (amplitudes of
different helicity or transversity do not interfere), so only the monomials that occur are kept. A
monomial is the tuple of the indices of its factors: ``()`` is 1, ``(2,)`` is x_2, ``(0, 0)`` is x_0
squared. Values have the unit of the numbers. Source of the idea and of a file format for it: I.
Brivio et al., POPxf, arXiv:2511.17348.
"""

from collections.abc import Sequence
from functools import partial

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

Monomials = tuple[tuple[int, ...], ...]


def monomial_values(variables: Sequence[Real[ArrayLike, "*b"]], monomials: Monomials) -> list[Real[Array, "*b"]]:
    """The value of each monomial at the variables, which broadcast against each other.

    Each keeps the shape of the variables it contains: on an open-mesh grid a monomial of one
    variable is computed once per value of that variable.
    """
    xs = [jnp.asarray(x) for x in variables]
    dtype = jnp.result_type(float, *xs) if not xs else jnp.result_type(*xs)
    values = []
    for factors in monomials:
        value = jnp.ones((), dtype)
        for i in factors:
            value = value * xs[i]
        values.append(value)
    return values


@partial(jax.jit, static_argnames="monomials")
def quadratic_form(
    numbers: Real[ArrayLike, " n"], variables: tuple[Real[ArrayLike, "*b"], ...], monomials: Monomials
) -> Real[Array, "*b"]:
    """sum_k numbers[k] * monomial_k(variables).

    The variables broadcast against each other; the numbers are cast to their dtype. Exact up to
    rounding: the relative error is that of the sum, a few times the machine epsilon times sum
    |terms| / |sum|. A number beyond the range of the dtype gives inf or zero, as any product does.
    """
    xs = tuple(jnp.asarray(x) for x in variables)
    dtype = jnp.result_type(*xs)
    coefficients = jnp.asarray(numbers, dtype)
    terms = monomial_values(xs, monomials)
    total = coefficients[0] * terms[0]
    for k in range(1, len(monomials)):
        total = total + coefficients[k] * terms[k]
    return total
