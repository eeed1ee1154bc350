"""Anomalous magnetic moment of a lepton from one loop of a neutral boson."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Real

from ..numerics.promotion import as_float
from .one_loop import l_axial, l_pseudoscalar, l_scalar, l_vector


@jax.jit
def neutral_scalar(
    mass: Real[ArrayLike, "*b"],
    lepton_mass: Real[ArrayLike, "*b"],
    scalar: Real[ArrayLike, "*b"],
    pseudoscalar: Real[ArrayLike, "*b"] = 0.0,
) -> Real[Array, "*b"]:
    r"""Contribution to a = (g-2)/2 of a neutral spin-0 boson,
    :math:`\bar\ell (g_S + i g_P\gamma_5)\ell\,\phi`.

    .. math:: \Delta a = \frac{1}{8\pi^2} \int_0^1 dy\,
              \frac{g_S^2\, y^2 (2-y) - g_P^2\, y^3}{y^2 + (1-y)\, m^2/m_\ell^2}

    Masses in GeV, couplings dimensionless; all broadcast together. Finite at mass = 0; NaN for a
    negative mass. Source: J. P. Leveille, Nucl. Phys. B 137, 63 (1978), neutral scalar, internal
    lepton equal to the external one.
    """
    r = as_float(mass) / as_float(lepton_mass)
    return (jnp.square(scalar) * l_scalar(r) + jnp.square(pseudoscalar) * l_pseudoscalar(r)) / (8 * jnp.pi**2)


@jax.jit
def neutral_vector(
    mass: Real[ArrayLike, "*b"],
    lepton_mass: Real[ArrayLike, "*b"],
    vector: Real[ArrayLike, "*b"],
    axial: Real[ArrayLike, "*b"] = 0.0,
) -> Real[Array, "*b"]:
    r"""Contribution to a = (g-2)/2 of a neutral vector,
    :math:`\bar\ell\gamma^\mu (g_V + g_A\gamma_5)\ell\,A'_\mu`.

    .. math:: \Delta a = \frac{1}{4\pi^2} \int_0^1 dy\,
              \frac{g_V^2\, y^2 (1-y) + g_A^2 \left[y(1-y)(y-4) - 2y^3 m_\ell^2/m^2\right]}
              {y^2 + (1-y)\, m^2/m_\ell^2}

    Unitary gauge: at fixed g_A the longitudinal mode makes it diverge as 1/m^2 for m -> 0 (-inf at
    m = 0, and NaN there for g_A = 0: pass a small mass). Masses in GeV, couplings dimensionless;
    all broadcast together. Source: J. P. Leveille, Nucl. Phys. B 137, 63 (1978), neutral vector,
    internal lepton equal to the external one.
    """
    r = as_float(mass) / as_float(lepton_mass)
    return (jnp.square(vector) * l_vector(r) + jnp.square(axial) * l_axial(r)) / (4 * jnp.pi**2)
