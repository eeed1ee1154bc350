"""Masses of three neutral states with Majorana terms: a light neutrino, its right-handed partner, a
heavy singlet.

Source: arXiv:2105.07655, Appendix, which says that the matrix is 3 x 3 and does not print it.
"""

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..numerics.promotion import floats


def mass_matrix(
    left: Real[ArrayLike, "*b"],
    right: Real[ArrayLike, "*b"],
    heavy: Real[ArrayLike, "*b"],
    right_majorana: Real[ArrayLike, "*b"] = 0.0,
) -> Real[Array, "*b 3 3"]:
    """The symmetric matrix of (nu_L, nu_R^c, chi) in GeV: (0, 0, a; 0, m_R, b; a, b, M).

    ``left`` a = lambda_L v/sqrt2 joins nu_L to chi, ``right`` b = lambda_R V joins nu_R to chi,
    ``heavy`` M and ``right_majorana`` m_R are Majorana masses, which nothing forbids for neutral
    states. Source: arXiv:2105.07655, Appendix.
    """
    a, b, m, m_r = jnp.broadcast_arrays(*floats(left, right, heavy, right_majorana))
    zero = jnp.zeros_like(a)
    rows = ((zero, zero, a), (zero, m_r, b), (a, b, m))
    return jnp.stack([jnp.stack(row, axis=-1) for row in rows], axis=-2)


def masses(matrix: Real[ArrayLike, "*b 3 3"]) -> Real[Array, "*b 3"]:
    """Masses in GeV, lightest first: sizes of the eigenvalues of a real symmetric matrix (Takagi's
    singular values).

    A mass below a few roundings of the heaviest is noise. The product of the three is |det M| = a^2
    m_R for ``mass_matrix``.
    """
    return jnp.sort(jnp.abs(jnp.linalg.eigvalsh(jnp.asarray(matrix))), axis=-1)
