"""Co-annihilation of two Majorana fermions, eta_1 and the heavier eta_2, and what they weigh in
equilibrium.

The abundance of both together obeys the equation of one species with

    sigma_eff = sum_ij sigma_ij n_i n_j/n^2,  n = n_1 + n_2 in equilibrium,

as long as scattering and decays turn one into the other faster than the expansion: K. Griest, D.
Seckel, Phys. Rev. D 43, 3191 (1991), eqs. (2.12)-(2.16), here with exact Bessel functions.

Sources: Breit-Wigner cross-section, PDG 2024, review 'Cross-section formulae for specific
processes'; thermal average, P. Gondolo, G. Gelmini, Nucl. Phys. B360, 145 (1991), eq. (3.8). Shapes
broadcast.
"""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..decays.widths import vector_to_fermion_pair, vector_to_fermions
from ..numerics.bessel import scaled_k1_k2
from ..numerics.promotion import floats


@jax.jit
def vector_average(
    dm_mass: ArrayLike,
    vector_mass: ArrayLike,
    temperature: ArrayLike,
    coupling: ArrayLike,
    width_out: ArrayLike,
    width_out_at_threshold: ArrayLike,
) -> Real[Array, "*b"]:
    """<sigma v> in GeV^-2 of eta_1 eta_2 -> X* -> out at equal masses, per pair of the two species
    together (4 states).

    For g X_mu etabar_1 gamma^mu eta_2, sigma = 12 pi s G_in G_out/[(s - 4m^2)((s - M^2)^2 + s
    G^2)], and <sigma v> n^2 = 2 sigma_12 n_1 n_2. The sum of

        (3/4) pi^2 M^2 [G_in G_out/(G_in + G_out)] K_1(M/T)/(m^4 T K_2(m/T)^2)
        3 m g^2 G_out(2m)/[(4 m^2 - M^2)^2 + 4 m^2 G^2]

    on resonance, M > 2 m (``width_out``), and at rest (``width_out_at_threshold``).

    Below the resonance, M < 2 m, the second is the slow limit: an upper bound, as the propagator
    falls with s. Equal masses are the most efficient case: a splitting delta suppresses n_2 by
    exp(-delta/T). Masses and widths in GeV.
    """
    values = floats(dm_mass, vector_mass, temperature, coupling, width_out, width_out_at_threshold)
    m, mass, t, coupling, width_out, at_threshold = values
    width_in = vector_to_fermions(mass, m, coupling)
    total = width_in + width_out
    bessel = scaled_k1_k2(mass / t)[0] / scaled_k1_k2(m / t)[1] ** 2
    is_open = mass > 2 * m
    boltzmann = jnp.exp(jnp.where(is_open, 2 * m - mass, 0.0) / t)
    peak = 0.75 * jnp.pi**2 * mass**2 * width_in * width_out / total * boltzmann * bessel / (m**4 * t)
    at_rest = 3 * m * coupling**2 * at_threshold / ((4 * m**2 - mass**2) ** 2 + 4 * m**2 * total**2)
    return jnp.where(is_open, peak, 0.0) + at_rest


@jax.jit
def vector_pair_at_rest(
    dm_mass: ArrayLike, vector_mass: ArrayLike, coupling: ArrayLike, splitting: ArrayLike = 0.0
) -> Real[Array, "*b"]:
    """sigma v in GeV^-2 of eta_1 eta_1 -> X X at rest through eta_2 of mass m + ``splitting`` in
    the t and u channels.

    For g X_mu etabar_1 gamma^mu eta_2:

        g^4 (1 - r)^(3/2) m^2/(4 pi (m^2 + m_2^2 - m_X^2)^2),  r = (m_X/m)^2;

    pi alpha^2/m^2 for equal masses and r -> 0, as e+ e- -> gamma gamma at rest. 0 where it is
    closed, m_X >= m. The next order is v^2, some per cent at freeze-out. An axial coupling gives
    the same at rest, but its p wave is not small: pairs of longitudinal X grow as (m/m_X)^4.
    Source: derived; held to Dirac traces by the test. M. Pospelov, A. Ritz, M. Voloshin,
    arXiv:0711.4866, has the same for a Dirac pair.
    """
    m, vector_mass, coupling, splitting = floats(dm_mass, vector_mass, coupling, splitting)
    is_open = vector_mass < m
    boson = jnp.where(is_open, vector_mass, m / 2)
    propagator = m**2 + (m + splitting) ** 2 - boson**2
    value = coupling**4 * (1 - (boson / m) ** 2) ** 1.5 * m**2 / (4 * jnp.pi * propagator**2)
    return jnp.where(is_open, value, 0)


@jax.jit
def share_of_heavier(dm_mass: ArrayLike, splitting: ArrayLike, temperature: ArrayLike) -> Real[Array, "*b"]:
    """n_2/(n_1 + n_2) in equilibrium, n_i going as m_i^2 K_2(m_i/T), with m_2 = ``dm_mass`` +
    ``splitting`` >= m_1.

    1/2 for a splitting of 0. Masses and temperature in GeV, m_1/T >= 1.
    """
    m, splitting, t = floats(dm_mass, splitting, temperature)
    heavier = m + splitting
    bessel = scaled_k1_k2(heavier / t)[1] / scaled_k1_k2(m / t)[1]
    ratio = (heavier / m) ** 2 * bessel * jnp.exp(-splitting / t)
    return ratio / (1 + ratio)


@jax.jit
def vector_average_of_pair(
    dm_mass: ArrayLike,
    splitting: ArrayLike,
    vector_mass: ArrayLike,
    temperature: ArrayLike,
    g_vector: ArrayLike,
    g_axial: ArrayLike,
    width_out: ArrayLike,
    width_out_at_threshold: ArrayLike,
) -> Real[Array, "*b"]:
    """<sigma v> in GeV^-2 of eta_1 eta_2 -> X* -> out for X_mu etabar_1 gamma^mu (g_V + g_A
    gamma_5) eta_2.

    On resonance, M > m_1 + m_2, in the limit of a narrow X with ``width_out`` at its mass, and off
    it at low velocity, with ``width_out_at_threshold`` at m_1 + m_2 = S:

        (3/2) pi^2 M^2 [G_in G_out/(G_in + G_out)] K_1(M/T)/(m_1^2 m_2^2 T K_2(m_1/T) K_2(m_2/T))
        3 S (g_V^2 + 2 g_A^2 T/S) G_out(S)/[(S^2 - M^2)^2 + S^2 G_out(S)^2]

    The vector current annihilates in an s wave, the axial one in a p wave, <v^2> = 12 T/S. The
    second line is for splitting << m_1, to second order in their ratio; with M below S by less than
    T it is an upper bound, as the propagator falls with s. Equal masses and g_A = 0 give
    ``vector_average`` times two, which is per pair of either species.
    """
    values = floats(dm_mass, splitting, vector_mass, temperature, g_vector, g_axial, width_out, width_out_at_threshold)
    m, splitting, mass, t, g_vector, g_axial, width_out, at_threshold = values
    heavier = m + splitting
    both = m + heavier
    width_in = vector_to_fermion_pair(mass, m, heavier, g_vector, g_axial)
    bessel = scaled_k1_k2(mass / t)[0] / (scaled_k1_k2(m / t)[1] * scaled_k1_k2(heavier / t)[1])
    is_open = mass > both
    boltzmann = jnp.exp(jnp.where(is_open, both - mass, 0.0) / t)
    safe = jnp.where(is_open, width_in + width_out, 1.0)
    peak = 1.5 * jnp.pi**2 * (mass / (m * heavier)) ** 2 * width_in * (width_out / safe) * boltzmann * bessel / t
    strength = 3 * both * (g_vector**2 + 2 * g_axial**2 * t / both)
    off = strength * at_threshold / ((both - mass) ** 2 * (both + mass) ** 2 + (both * at_threshold) ** 2)
    return jnp.where(is_open, peak, 0.0) + off
