"""UV completion of the U(1)_T3R model (Appendix): heavy partners, exotic Higgs decays, further
contributions to g-2.

Functions of arrays in GeV that broadcast.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from ..constants import ALPHA_EM, M_MU, M_PI
from ..dark.relic import INPUTS
from ..kernels import loops
from ..kernels.loops import barr_zee as barrzee
from ..kernels.loops.heavy import scalar_with_heavy_fermion, vector_with_heavy_fermion
from ..kernels.numerics.batching import in_batches
from ..kernels.numerics.promotion import floats
from ..kernels.uv import potential, seesaw
from ..u1.gauge import t3r_coupling

HIGGS_VEV, M_HIGGS, M_Z = (INPUTS[name].value for name in ("higgs_vev", "m_higgs", "m_z"))
HIGGS_WIDTH, BR_UNDETECTED = (INPUTS[name].value for name in ("higgs_width", "br_higgs_undetected"))


class ScalarPotential(NamedTuple):
    """Mixing angle of h and phi' (A3), and the quartic couplings lambda_H and lambda_phi of
    (A1).
    """

    alpha: Array
    doublet: Array
    singlet: Array


_ROOT2 = np.sqrt(2).item()
_BATCH = 1024


def _entries(lambda_left: ArrayLike, lambda_right: ArrayLike, v: ArrayLike) -> tuple[Array, Array]:
    """a = lambda_L v_H/sqrt2 and b = lambda_R V of the mass matrix (A5)."""
    lambda_left, lambda_right, v = floats(lambda_left, lambda_right, v)
    return lambda_left * (HIGGS_VEV / _ROOT2), lambda_right * v


def m_chi(fermion_mass: ArrayLike, v: ArrayLike, lambda_left: ArrayLike = 1.0, lambda_right: ArrayLike = 1.0) -> Array:
    """Mass of the heavy partner that gives the fermion its mass: lambda_L lambda_R v_H V/(sqrt2
    m_f), exactly.
    """
    return seesaw.partner_mass(fermion_mass, *_entries(lambda_left, lambda_right, v))


def portal_limit() -> Array:
    """Largest portal coupling |lambda| that the LHC allows: Br(h -> phi' phi') + Br(h -> A' A') <
    0.12 (95 % CL).
    """
    return potential.portal_limit(BR_UNDETECTED, HIGGS_WIDTH, HIGGS_VEV, M_HIGGS)


def scalar_potential(m_phi: ArrayLike, v: ArrayLike, portal: ArrayLike) -> ScalarPotential:
    """The potential (A1) with the measured m_h and v_H that gives these m_phi', V and portal
    coupling; NaN where none does.
    """
    m_phi, v, portal = floats(m_phi, v, portal)
    alpha = potential.mixing_angle(HIGGS_VEV, v, M_HIGGS, m_phi, portal)
    doublet, singlet, _ = potential.quartics(HIGGS_VEV, v, M_HIGGS, m_phi, alpha)
    return ScalarPotential(alpha, doublet, singlet)


def width_h_phiphi(m_phi: ArrayLike, v: ArrayLike, portal: ArrayLike) -> Array:
    """Gamma(h -> phi' phi') in GeV, exact in the mixing: lambda^2 v_H^2/(32 pi m_h) while it is
    small.
    """
    _, doublet, singlet = scalar_potential(m_phi, v, portal)
    return potential.higgs_to_singlets(HIGGS_VEV, v, doublet, singlet, portal)


def width_h_aprimeaprime(m_phi: ArrayLike, m_aprime: ArrayLike, v: ArrayLike, portal: ArrayLike) -> Array:
    """Gamma(h -> A' A') in GeV: by Goldstone's theorem the same, up to (m_A'/m_h)^2."""
    return potential.higgs_to_vectors(M_HIGGS, m_aprime, v, scalar_potential(m_phi, v, portal).alpha)


def br_h_exotic(m_phi: ArrayLike, m_aprime: ArrayLike, v: ArrayLike, portal: ArrayLike) -> Array:
    """Br(h -> phi' phi') + Br(h -> A' A'); the other decays have the Standard Model's width times
    cos^2(alpha).
    """
    m_phi, m_aprime, v, portal = floats(m_phi, m_aprime, v, portal)
    exotic = width_h_phiphi(m_phi, v, portal) + width_h_aprimeaprime(m_phi, m_aprime, v, portal)
    return exotic / (exotic + HIGGS_WIDTH * jnp.cos(scalar_potential(m_phi, v, portal).alpha) ** 2)


def barr_zee(m_phi: ArrayLike, v: ArrayLike, m_mu: ArrayLike = M_MU) -> Array:
    """Two-loop Barr-Zee contribution of phi' to a_mu with a muon or a charged-pion loop; negative.

    Against the one-loop terms about 1 %, as large as what is left of them. Not a full two-loop
    result: other diagrams of the same order are missing, so it measures the theory error of the
    one-loop band as much as its shift.
    """
    m_phi, v, m_mu = floats(m_phi, v, m_mu)

    def per_coupling(m_phi: Array, m_mu: Array) -> Array:
        """Times sqrt2 V/m_mu for the lepton's coupling, and sqrt2 V for the loop's."""
        muon = barrzee.fermion_loop(m_phi, m_mu, 1.0, m_mu, m_mu, ALPHA_EM)
        return muon + barrzee.scalar_loop(m_phi, m_mu, 1.0, M_PI, M_PI**2, ALPHA_EM)

    return in_batches(per_coupling, m_phi, m_mu, size=_BATCH) * (m_mu / (2 * v**2))


def barr_zee_shift(m_phi: ArrayLike, v: ArrayLike, m_mu: ArrayLike = M_MU) -> Array:
    """Shift of m_phi' in GeV that makes up for ``barr_zee`` at fixed a_mu, to first order."""
    m_phi, v, m_mu = floats(m_phi, v, m_mu)
    prefactor = m_mu / (4 * jnp.pi * v) ** 2
    _, slope = jax.jvp(loops.c_phi, (m_phi / m_mu,), (jnp.ones_like(m_phi / m_mu),))
    return -barr_zee(m_phi, v, m_mu) / (prefactor * slope)


def chi_mu_loops(
    m_phi: ArrayLike,
    m_aprime: ArrayLike,
    v: ArrayLike,
    lambda_left: ArrayLike = 1.0,
    lambda_right: ArrayLike = 1.0,
    m_mu: ArrayLike = M_MU,
) -> dict[str, Array]:
    """Contributions to a_mu of the heavy partner of the muon, by the boson in the loop; they sum to
    1e-12 or less.

    phi', A', h and Z couple muon and chi_mu through the mixing angles of the exact mass matrix; "W"
    is the loss of the muon's W coupling, -sin^2(theta_L) times the W loop 10 G_F m_mu^2/(24 sqrt2
    pi^2) (F. Jegerlehner, A. Nyffeler, arXiv:0902.3360, Sec. 4.2).
    """
    m_phi, m_aprime, v, lambda_left, lambda_right, m_mu = floats(m_phi, m_aprime, v, lambda_left, lambda_right, m_mu)
    a, b = _entries(lambda_left, lambda_right, v)
    heavy = seesaw.partner_mass(m_mu, a, b)
    theta_left, theta_right = seesaw.exact_mixing(a, b, seesaw.vectorlike_mass(m_mu, a, b))
    s_l, c_l, s_r, c_r = jnp.sin(theta_left), jnp.cos(theta_left), jnp.sin(theta_right), jnp.cos(theta_right)
    # Both products of couplings carry the sign of m_mu m_chi > 0 after mu_R -> -mu_R (det of the mass matrix is -ab).
    crossed, straight = s_l * s_r / _ROOT2, c_l * c_r / _ROOT2
    phi = scalar_with_heavy_fermion(m_phi, m_mu, heavy, lambda_right * straight, lambda_right * crossed)
    higgs = scalar_with_heavy_fermion(M_HIGGS, m_mu, heavy, lambda_left * crossed, lambda_left * straight)
    aprime = vector_with_heavy_fermion(m_aprime, m_mu, heavy, 0.0, t3r_coupling(m_aprime, v) * s_r * c_r)
    z_boson = vector_with_heavy_fermion(M_Z, m_mu, heavy, M_Z / HIGGS_VEV * s_l * c_l, 0.0)
    w_loop = 10 * m_mu**2 / (48 * jnp.pi**2 * HIGGS_VEV**2)
    return {"phi": phi, "aprime": aprime, "h": higgs, "Z": z_boson, "W": -(s_l**2) * w_loop}
