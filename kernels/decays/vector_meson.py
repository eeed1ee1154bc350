"""A vector meson to a pseudoscalar and a light vector in place of the photon, phi -> eta A'. Masses
in GeV.
"""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..numerics.promotion import floats


@jax.jit
def branching(
    mass: Real[ArrayLike, "*b"],
    effective_mixing: Real[ArrayLike, "*b"],
    meson: Real[ArrayLike, ""],
    daughter: Real[ArrayLike, ""],
    photon_branching: Real[ArrayLike, ""],
    pole: Real[ArrayLike, ""],
) -> Real[Array, "*b"]:
    """Br(V -> P A') = eps_V^2 |F(m^2)|^2 [lambda(M^2, M_P^2, m^2)/(M^2 - M_P^2)^2]^(3/2) Br(V -> P
    gamma); 0 when closed.

    F = 1/(1 - m^2/pole^2). eps_V is the coupling in units of the photon's: eps for kinetic mixing;
    between two states of isospin 0 an isovector coupling adds nothing. Source: M. Reece, L.-T.
    Wang, arXiv:0904.1743, sec. 4.2; L. G. Landsberg, Phys. Rept. 128 (1985) 301, for the form
    factor.
    """
    mass, mixing, meson, daughter, photon_branching, pole = floats(
        mass, effective_mixing, meson, daughter, photon_branching, pole
    )
    is_open = mass + daughter < meson
    safe = jnp.where(is_open, mass, 0)
    kallen = (meson**2 - (daughter + safe) ** 2) * (meson**2 - (daughter - safe) ** 2)
    form_factor = 1 / (1 - (safe / pole) ** 2)
    rate = mixing**2 * form_factor**2 * (kallen / (meson**2 - daughter**2) ** 2) ** 1.5 * photon_branching
    return jnp.where(is_open, rate, 0)
