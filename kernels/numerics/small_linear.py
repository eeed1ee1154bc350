"""Linear systems with a handful of unknowns, by elementwise operations alone: under ``jax.vmap`` a
million of them are one program of a GPU, where a library's factorisations may go one by one.
"""

import jax.numpy as jnp
from jaxtyping import Array, Real


def least_squares(a: Real[Array, "m n"], b: Real[Array, " m"]) -> Real[Array, " n"]:
    """The x of smallest |a x - b|, m >= n and a of full rank, by Householder's reflections.

    As exact as LAPACK's factorisation, which is made in the same way: backward stable, to some m n
    roundings. Not finite where a lacks rank. The steps are written out: a program grows as n.
    Source: P. Businger, G. H. Golub, Numer. Math. 7, 269 (1965).
    """
    m, n = a.shape
    rows = jnp.arange(m)
    table = jnp.concatenate([a, b[:, None]], axis=1)
    diagonal = []
    for k in range(n):
        column = jnp.where(rows >= k, table[:, k], 0)
        size = jnp.max(jnp.abs(column))
        scaled = column / jnp.where(size > 0, size, 1)  # squares neither overflow nor vanish
        norm, first = jnp.sqrt(jnp.sum(scaled**2)), scaled[k]
        turned = -jnp.where(first < 0, -norm, norm)
        mirror = jnp.where(rows == k, first - turned, scaled)
        weight = norm * (norm + jnp.abs(first))  # half of the mirror's square
        along = jnp.sum(mirror[:, None] * table, axis=0) / jnp.where(weight > 0, weight, 1)
        table = table - mirror[:, None] * along
        diagonal.append(turned * size)
    x = [jnp.zeros((), table.dtype)] * n
    for k in reversed(range(n)):
        x[k] = (table[k, n] - sum(table[k, j] * x[j] for j in range(k + 1, n))) / diagonal[k]
    return jnp.stack(x)
