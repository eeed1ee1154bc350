"""Spin-independent scattering of dark matter on nucleons and nuclei at low velocity.

Cross-sections are in GeV^-2 and velocities in units of c. ``GEV_MINUS2_IN_CM2`` turns the first
into cm^2. A mediator is called light when its mass is not large against the momentum transfer q:
its propagator 1/(q^2 + m^2) then varies over the recoil spectrum, and the cross-section quoted by
convention is the one at q = 0. Masses, splittings and momenta in GeV; shapes broadcast. Kinematics
of a splitting: D. Tucker-Smith, N. Weiner, hep-ph/0101138.
"""

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..numerics.promotion import floats


def reduced_mass(mass_1: ArrayLike, mass_2: ArrayLike) -> Real[Array, "*b"]:
    """mu = m_1 m_2/(m_1 + m_2), in the unit of the masses. Shapes broadcast."""
    mass_1, mass_2 = floats(mass_1, mass_2)
    return mass_1 * mass_2 / (mass_1 + mass_2)


def nucleon_yukawa(
    nucleon_mass: ArrayLike, matrix_elements: ArrayLike, quark_yukawas: ArrayLike, quark_masses: ArrayLike
) -> Real[Array, "*b"]:
    """Coupling of a scalar to a nucleon, g_N = m_N sum_q f_Tq y_q/m_q (dimensionless).

    ``matrix_elements`` f_Tq = <N| m_q qbar q |N>/m_N, ``quark_yukawas`` y_q and ``quark_masses``
    (GeV) have the quarks on their last axis, which is summed; the rest broadcasts with
    ``nucleon_mass`` (GeV). Heavy quarks enter only through those listed: give f_TQ = (2/27) f_TG
    for them where they couple. Source: M. Shifman, A. Vainshtein, V. Zakharov, Phys. Lett. B78, 443
    (1978).
    """
    nucleon_mass, elements, yukawas, masses = floats(nucleon_mass, matrix_elements, quark_yukawas, quark_masses)
    return nucleon_mass * jnp.sum(elements * yukawas / masses, axis=-1)


def elastic_scalar(
    dm_mass: ArrayLike, target_mass: ArrayLike, mediator_mass: ArrayLike, dm_yukawa: ArrayLike, target_yukawa: ArrayLike
) -> Real[Array, "*b"]:
    """Elastic cross-section through a scalar at q = 0, in GeV^-2.

    sigma = mu^2 y^2 g^2/(pi m^4), for the couplings (y/2) etabar eta phi of a Majorana fermion (y
    of a Dirac fermion without the half) and g Nbar N phi of the target. On a nucleus g = Z g_p + (A
    - Z) g_n while q R << 1. Shapes broadcast. Source: arXiv:2105.07655, Sec. III A.
    """
    mu = reduced_mass(dm_mass, target_mass)
    mediator_mass, dm_yukawa, target_yukawa = floats(mediator_mass, dm_yukawa, target_yukawa)
    amplitude = mu * dm_yukawa * target_yukawa / mediator_mass**2
    return amplitude**2 / jnp.pi


def inelastic_vector(
    dm_mass: ArrayLike,
    target_mass: ArrayLike,
    mediator_mass: ArrayLike,
    dm_coupling: ArrayLike,
    target_coupling: ArrayLike,
) -> Real[Array, "*b"]:
    """Cross-section eta_1 N -> eta_2 N through a vector at mass splitting zero and q = 0, in
    GeV^-2.

    sigma = mu^2 g_x^2 g_N^2/(pi m^4), with g_x the off-diagonal vector coupling etabar_1 gamma_mu
    eta_2 and g_N the vector coupling of the target (on a nucleus Z g_p + (A - Z) g_n). The part of
    a splitting is ``inelastic_factor``. Shapes broadcast. Source: D. Tucker-Smith, N. Weiner,
    hep-ph/0101138; arXiv:2105.07655, Sec. III A.
    """
    mu = reduced_mass(dm_mass, target_mass)
    mediator_mass, dm_coupling, target_coupling = floats(mediator_mass, dm_coupling, target_coupling)
    amplitude = mu * dm_coupling * target_coupling / mediator_mass**2
    return amplitude**2 / jnp.pi


def threshold_velocity(dm_mass: ArrayLike, target_mass: ArrayLike, splitting: ArrayLike) -> Real[Array, "*b"]:
    """Least velocity (units of c) that can excite the splitting delta (GeV): sqrt(2 delta/mu); 0 at
    delta = 0.

    Non-relativistic; a result near or above one means that no halo particle scatters. NaN for delta
    < 0. The gradient at delta = 0 is infinite, as the function is. Source: hep-ph/0101138, eq. (1).
    """
    mu = reduced_mass(dm_mass, target_mass)
    return jnp.sqrt(2 * jnp.asarray(splitting) / mu)


def minimum_velocity(
    dm_mass: ArrayLike, target_mass: ArrayLike, splitting: ArrayLike, recoil_energy: ArrayLike
) -> Real[Array, "*b"]:
    """Least velocity (units of c) that gives the recoil energy E (GeV): |m_N E/mu + delta|/sqrt(2
    m_N E).

    Source: hep-ph/0101138, eq. (2).
    """
    mu = reduced_mass(dm_mass, target_mass)
    target_mass, splitting, recoil_energy = floats(target_mass, splitting, recoil_energy)
    return jnp.abs(target_mass * recoil_energy / mu + splitting) / jnp.sqrt(2 * target_mass * recoil_energy)


def phase_space(dm_mass: ArrayLike, target_mass: ArrayLike, splitting: ArrayLike, velocity: ArrayLike) -> Real[Array, "*b"]:
    """Ratio of final to initial momentum, sqrt(1 - 2 delta/(mu v^2)): 1 at delta = 0, 0 below
    threshold.

    Below threshold the gradient is 0 too; at threshold from above it is infinite, as the function's
    is.
    """
    mu = reduced_mass(dm_mass, target_mass)
    splitting, velocity = floats(splitting, velocity)
    square = 1 - 2 * splitting / (mu * velocity**2)
    is_open = square > 0
    return jnp.where(is_open, jnp.sqrt(jnp.where(is_open, square, 1.0)), 0.0)


def momentum_transfers(
    dm_mass: ArrayLike, target_mass: ArrayLike, splitting: ArrayLike, velocity: ArrayLike
) -> tuple[Real[Array, "*b"], Real[Array, "*b"]]:
    """Least and largest momentum transfer (GeV): q = mu v |1 -+ sqrt(1 - 2 delta/(mu v^2))|.

    At delta = 0 they are 0 and 2 mu v; below threshold both are mu v, an empty range. The recoil
    energies are q^2/(2 m_N). The lower one is computed as 2 delta/(v (1 + root)), free of
    cancellation.
    """
    mu = reduced_mass(dm_mass, target_mass)
    splitting, velocity = floats(splitting, velocity)
    root = phase_space(dm_mass, target_mass, splitting, velocity)
    is_open = root > 0
    lowest = jnp.where(is_open, 2 * splitting / (velocity * (1 + root)), mu * velocity)
    return lowest, mu * velocity * (1 + root)


def mediator_form_factor(momentum: ArrayLike, mediator_mass: ArrayLike) -> Real[Array, "*b"]:
    """Propagator squared against its value at q = 0: [m^2/(m^2 + q^2)]^2, for the differential
    cross-section.
    """
    momentum, mediator_mass = floats(momentum, mediator_mass)
    return 1 / (1 + (momentum / mediator_mass) ** 2) ** 2


def inelastic_factor(
    dm_mass: ArrayLike, target_mass: ArrayLike, mediator_mass: ArrayLike, splitting: ArrayLike, velocity: ArrayLike
) -> Real[Array, "*b"]:
    """Total cross-section at velocity v over its value at q = 0 and delta = 0; for either mediator.

    int dq^2 [m^2/(m^2 + q^2)]^2/(2 mu v)^2 over the allowed q^2 gives, with q_- and q_+ from
    ``momentum_transfers``,

        sqrt(1 - 2 delta/(mu v^2)) / [(1 + q_-^2/m^2)(1 + q_+^2/m^2)],

    0 below threshold, 1/(1 + 4 mu^2 v^2/m^2) at delta = 0. Point-like target. Shapes broadcast.
    """
    lowest, highest = momentum_transfers(dm_mass, target_mass, splitting, velocity)
    root = phase_space(dm_mass, target_mass, splitting, velocity)
    mediator_mass = jnp.asarray(mediator_mass)
    return root / ((1 + (lowest / mediator_mass) ** 2) * (1 + (highest / mediator_mass) ** 2))


def nucleus_coupling(
    charge: ArrayLike, mass_number: ArrayLike, proton_coupling: ArrayLike, neutron_coupling: ArrayLike
) -> Real[Array, "*b"]:
    """Coherent coupling of a nucleus, Z g_p + (A - Z) g_n, while q R << 1."""
    charge, mass_number, proton_coupling, neutron_coupling = floats(charge, mass_number, proton_coupling, neutron_coupling)
    return charge * proton_coupling + (mass_number - charge) * neutron_coupling


def isospin_factor(
    dm_mass: ArrayLike,
    charge: ArrayLike,
    mass_numbers: Real[Array, " isotopes"],
    isotope_masses: Real[Array, " isotopes"],
    abundances: Real[Array, " isotopes"],
    neutron_over_proton: ArrayLike,
) -> Real[Array, "*b"]:
    """Cross-section per nucleon an experiment would infer, over the true one on the proton.

    sum_i a_i mu_i^2 [Z + (A_i - Z) f_n/f_p]^2 / sum_i a_i mu_i^2 A_i^2, natural abundances a_i; 1
    for f_n = f_p. Isotopes lie on the last axis of ``mass_numbers``, ``isotope_masses`` (GeV) and
    ``abundances``; ``dm_mass`` (GeV) and ``neutron_over_proton`` broadcast with each other. Source:
    J. Feng, J. Kumar, D. Marfatia, D. Sanford, arXiv:1102.4331, eq. (4).
    """
    dm_mass, charge, numbers, masses, abundances, ratio = floats(
        dm_mass, charge, mass_numbers, isotope_masses, abundances, neutron_over_proton
    )
    weight = abundances * reduced_mass(dm_mass[..., None], masses) ** 2
    coherent = charge + (numbers - charge) * ratio[..., None]
    return jnp.sum(weight * coherent**2, axis=-1) / jnp.sum(weight * numbers**2, axis=-1)
