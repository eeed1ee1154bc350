"""Leptonic decay of a neutral meson that mixes, integrated over time: B_q -> l+ l-."""

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real


def amplitudes(
    mass: Real[ArrayLike, "*b"],
    lepton_mass: Real[ArrayLike, "*b"],
    quark_ratio: Real[ArrayLike, "*b"],
    c10: Real[ArrayLike, "*b"],
    scalar: Real[ArrayLike, "*b"],
    pseudoscalar: Real[ArrayLike, "*b"],
) -> tuple[Real[Array, "*b"], Real[Array, "*b"]]:
    """P = (2 m/M) C10 + M m_b/(m_b + m_q) C_P and S = beta M m_b/(m_b + m_q) C_S, beta = sqrt(1 - 4
    m^2/M^2).

    ``c10``, ``scalar`` (GeV^-1), ``pseudoscalar`` (GeV^-1): plain less primed, the Standard Model
    included, all real; ``quark_ratio`` m_b/(m_b + m_q); masses in GeV. Source: De Bruyn et al.,
    arXiv:1204.1737, eqs. (13)-(15), with C_S and C_P of operators that carry m_b. Below threshold,
    M < 2 m, S is zero.
    """
    ratio = jnp.asarray(lepton_mass) / mass
    density = jnp.asarray(mass) * quark_ratio
    p = 2 * ratio * c10 + density * pseudoscalar
    return p, _velocity(ratio) * density * scalar


def _velocity(ratio: ArrayLike) -> Array:
    squared = 1 - 4 * jnp.square(ratio)
    return jnp.where(squared > 0, jnp.sqrt(jnp.where(squared > 0, squared, 1.0)), 0.0)


def branching_ratio(
    normalisation: Real[ArrayLike, "*b"],
    decay_constant: Real[ArrayLike, "*b"],
    mass: Real[ArrayLike, "*b"],
    lepton_mass: Real[ArrayLike, "*b"],
    quark_ratio: Real[ArrayLike, "*b"],
    lifetime: Real[ArrayLike, "*b"],
    y: Real[ArrayLike, "*b"],
    c10: Real[ArrayLike, "*b"],
    scalar: Real[ArrayLike, "*b"] = 0.0,
    pseudoscalar: Real[ArrayLike, "*b"] = 0.0,
) -> Real[Array, "*b"]:
    """Time-integrated Br = tau N^2 f^2 M^3 beta/(32 pi) [P^2/(1 - y) + S^2/(1 + y)], with P and S
    of ``amplitudes``.

    ``normalisation`` N of ``wilson.normalisation``, GeV^-2; ``decay_constant`` f, GeV; ``lifetime``
    tau, GeV^-1, the inverse of the mean width; ``y`` = Delta Gamma/(2 Gamma), below 1 in size. No
    phase of new physics in the mixing. Zero below threshold. Source: arXiv:1204.1737, eqs. (8),
    (17), (20): P^2/(1 - y) + S^2/(1 + y) is (P^2 + S^2)(1 + A y)/(1 - y^2) with A = (P^2 -
    S^2)/(P^2 + S^2).
    """
    p, s = amplitudes(mass, lepton_mass, quark_ratio, c10, scalar, pseudoscalar)
    beta = _velocity(jnp.asarray(lepton_mass) / mass)
    width = jnp.square(normalisation) * jnp.square(decay_constant) * jnp.asarray(mass) ** 3 * beta / (32 * jnp.pi)
    return jnp.asarray(lifetime) * width * (jnp.square(p) / (1 - jnp.asarray(y)) + jnp.square(s) / (1 + jnp.asarray(y)))
