"""Moments a = (g-2)/2 of a charged lepton at one loop, from couplings: phi' and A' each alone."""

import jax.numpy as jnp
from jax import Array

from ..constants import M_E
from ..couplings import Couplings, Number, mixed, own, scalar, vector
from ..kernels import loops
from ..kernels.loops.gminus2 import neutral_vector


def lepton_mass(c: Couplings, lepton: str = "mu") -> Number:
    """Mass in GeV. Raises ValueError if the model gives none."""
    if lepton == "e":
        return jnp.asarray(M_E)
    if c.m_mu is None:
        raise ValueError("the model gives no m_mu")
    return c.m_mu


def by_scalar(c: Couplings, lepton: str = "mu") -> Array:
    """Contribution of phi': y^2/(8 pi^2) C_phi'(m_phi'/m_l); 0 without a Yukawa coupling. Raises
    ValueError without a phi'.
    """
    p = scalar(c)
    yukawa = getattr(p.yukawa, lepton)
    if yukawa is None:
        return jnp.zeros_like(p.mass)
    return jnp.square(yukawa / (8**0.5 * jnp.pi)) * loops.c_phi(p.mass / lepton_mass(c, lepton))


def by_vector(c: Couplings, lepton: str = "mu", with_mixing: bool = False) -> Array:
    """Contribution of A' by the couplings that the lepton has of its own or, if it has none, by
    kinetic mixing.

    ``with_mixing``: by both, in one vertex. A coupling to one chirality alone gives -(g m_l/m_A')^2
    C_A'/(8 pi^2), one loop function; vector and axial couplings give two. Raises ValueError without
    an A'.
    """
    a, mass = vector(c), lepton_mass(c, lepton)
    couplings, mixing = own(a, lepton), mixed(a, lepton)
    chiral = [side for side in (getattr(a.left, lepton), getattr(a.right, lepton)) if side is not None]
    if len(chiral) == 1 and not (with_mixing and mixing is not None):
        return -jnp.square(chiral[0] * mass / a.mass / (8**0.5 * jnp.pi)) * loops.c_aprime(a.mass / mass)
    if couplings is None:
        return jnp.zeros_like(a.mass) if mixing is None else neutral_vector(a.mass, mass, mixing)
    vector_part = couplings[0] + mixing if with_mixing and mixing is not None else couplings[0]
    if len(chiral) == 2 and a.left is a.right:
        return neutral_vector(a.mass, mass, vector_part)
    return neutral_vector(a.mass, mass, vector_part, couplings[1])


def moment(c: Couplings, lepton: str = "mu", with_mixing: bool = False) -> Array:
    """What phi' and A' give together; a particle that the model does not have gives nothing."""
    parts = [by_scalar(c, lepton)] if c.phi is not None else []
    parts += [by_vector(c, lepton, with_mixing)] if c.aprime is not None else []
    return sum(parts[1:], start=parts[0]) if parts else jnp.zeros(())
