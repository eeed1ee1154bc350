"""Two-body widths of vectors and scalars, branching ratios and decay lengths.

Widths are in the unit of the mass (GeV in, GeV out), lengths in metres. A closed channel has width
exactly 0 and gradient 0; exactly at threshold the value is 0 and the gradient is returned as 0 (the
one-sided derivative of a square root is infinite there). Relative error against 30-digit arithmetic
at the same rounded inputs: below 1e-12 in float64 and 2e-5 in float32. Source of decay lengths: PDG
2024, review 'Kinematics', survival probability.
"""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Complex, Real

from ..numerics.promotion import floats
from ..numerics.slopes import by_slopes
from ..units import HBAR_C_GEV_METRE


def _twice_momentum(mass: Array, daughter_mass: Array) -> tuple[Array, Array, Array]:
    """(open?, a mass that is safe where closed, m beta in GeV)."""
    is_open = mass > 2 * daughter_mass
    safe_mass = jnp.where(is_open, mass, 2 * daughter_mass + 1)
    # (m - 2 m_f)(m + 2 m_f) keeps full precision next to threshold, where 1 - 4 r cancels.
    return is_open, safe_mass, jnp.sqrt((safe_mass - 2 * daughter_mass) * (safe_mass + 2 * daughter_mass))


def _pair_velocity(mass: Array, daughter_mass: Array) -> tuple[Array, Array, Array, Array]:
    """(open?, a mass that is safe where closed, beta = sqrt(1 - 4 r), r =
    daughter_mass^2/mass^2).
    """
    is_open, safe_mass, momentum = _twice_momentum(mass, daughter_mass)
    return is_open, safe_mass, momentum / safe_mass, (daughter_mass / safe_mass) ** 2


@by_slopes
def _vector_to_fermions(mass: Array, fermion_mass: Array) -> Array:
    """Width by a vector coupling of one."""
    is_open, mass, momentum = _twice_momentum(mass, fermion_mass)
    return jnp.where(is_open, momentum / (12 * jnp.pi) * (1 + 2 * jnp.square(fermion_mass / mass)), 0)


@by_slopes
def _axial_to_fermions(mass: Array, fermion_mass: Array) -> Array:
    """Width by an axial coupling of one."""
    is_open, mass, momentum = _twice_momentum(mass, fermion_mass)
    return jnp.where(is_open, momentum / (12 * jnp.pi) * jnp.square(momentum / mass), 0)


@jax.jit
def vector_to_fermions(
    mass: Real[ArrayLike, "*b"],
    fermion_mass: Real[ArrayLike, "*b"],
    g_vector: Real[ArrayLike, "*b"],
    g_axial: Real[ArrayLike, "*b"] = 0.0,
) -> Real[Array, "*b"]:
    """Partial width of a vector into a Dirac pair f fbar.

    For L = V_mu fbar gamma^mu (g_V + g_A gamma_5) f, with r = m_f^2/m^2:

        Gamma = m/(12 pi) sqrt(1 - 4 r) [g_V^2 (1 + 2 r) + g_A^2 (1 - 4 r)]

    Source: the textbook Z -> f fbar width with massive fermions (e.g. A. Denner, arXiv:0709.1075,
    sec. 8.1); for g_V = e eps the dark-photon width (Bjorken et al., arXiv:0906.0580). Colour is
    not included: multiply by N_c.
    """
    mass, fermion_mass, g_vector, g_axial = floats(mass, fermion_mass, g_vector, g_axial)
    return g_vector**2 * _vector_to_fermions(mass, fermion_mass) + g_axial**2 * _axial_to_fermions(mass, fermion_mass)


@jax.jit
def vector_to_fermion_pair(
    mass: Real[ArrayLike, "*b"],
    first_mass: Real[ArrayLike, "*b"],
    second_mass: Real[ArrayLike, "*b"],
    g_vector: Real[ArrayLike, "*b"],
    g_axial: Real[ArrayLike, "*b"] = 0.0,
) -> Real[Array, "*b"]:
    """Partial width of a vector into two different fermions, f_1 fbar_2, of unequal mass.

    For L = V_mu fbar_1 gamma^mu (g_V + g_A gamma_5) f_2 (Dirac: the conjugate state f_2 fbar_1
    comes on top; Majorana f_1, f_2, where the current is its own conjugate: this is the whole
    width), with r_i = m_i^2/m^2:

        Gamma = m/(12 pi) lambda^(1/2)(1, r_1, r_2)
                x { (g_V^2 + g_A^2) [1 - (r_1 + r_2)/2 - (r_1 - r_2)^2/2] + 3 (g_V^2 - g_A^2)
                sqrt(r_1 r_2) }

    lambda(1, r_1, r_2) = [1 - (x_1 + x_2)^2][1 - (x_1 - x_2)^2], x_i = m_i/m. Equal masses give
    ``vector_to_fermions``. Source: the W -> f fbar' width with massive fermions (A. Denner,
    arXiv:0709.1075, sec. 8.2), for general couplings.
    """
    mass, first_mass, second_mass, g_vector, g_axial = floats(mass, first_mass, second_mass, g_vector, g_axial)
    threshold = first_mass + second_mass
    is_open = mass > threshold
    mass = jnp.where(is_open, mass, threshold + 1)
    kallen = (
        (mass - threshold) * (mass + threshold) * (mass - first_mass + second_mass) * (mass + first_mass - second_mass)
    ) / mass**4
    r_1, r_2 = (first_mass / mass) ** 2, (second_mass / mass) ** 2
    bracket = (g_vector**2 + g_axial**2) * (1 - (r_1 + r_2) / 2 - (r_1 - r_2) ** 2 / 2)
    bracket += 3 * (g_vector**2 - g_axial**2) * first_mass * second_mass / mass**2
    return jnp.where(is_open, mass / (12 * jnp.pi) * jnp.sqrt(kallen) * bracket, 0)


@jax.jit
def vector_to_majorana(
    mass: Real[ArrayLike, "*b"], fermion_mass: Real[ArrayLike, "*b"], g_axial: Real[ArrayLike, "*b"]
) -> Real[Array, "*b"]:
    """Partial width of a vector into two identical Majorana fermions.

    For L = (1/2) g_A V_mu psibar gamma^mu gamma_5 psi (a Majorana field has no vector current):

        Gamma = g_A^2 m/(24 pi) (1 - 4 r)^(3/2)

    half the axial Dirac width: the amplitude is that of a Dirac pair, the two particles are
    identical. A massless Majorana neutrino coupled as g nubar_R gamma^mu nu_R has g_A = g: Gamma =
    g^2 m/(24 pi). Source: Z -> neutralino pair, Haber and Kane, Phys. Rept. 117 (1985) 75, with
    equal masses.
    """
    mass, fermion_mass, g_axial = floats(mass, fermion_mass, g_axial)
    return g_axial**2 * _axial_to_fermions(mass, fermion_mass) / 2


@jax.jit
def scalar_to_fermions(
    mass: Real[ArrayLike, "*b"],
    fermion_mass: Real[ArrayLike, "*b"],
    yukawa: Real[ArrayLike, "*b"],
    pseudoscalar_yukawa: Real[ArrayLike, "*b"] = 0.0,
) -> Real[Array, "*b"]:
    """Partial width of a real scalar into a Dirac pair.

    For L = S fbar (y + i y_P gamma_5) f: Gamma = m/(8 pi) [y^2 (1 - 4 r)^(3/2) + y_P^2 (1 - 4
    r)^(1/2)]. Source: A. Djouadi, hep-ph/0503172 (scalar, y = m_f/v) and hep-ph/0503173
    (pseudoscalar). Multiply by N_c.
    """
    mass, fermion_mass, yukawa, pseudoscalar_yukawa = floats(mass, fermion_mass, yukawa, pseudoscalar_yukawa)
    is_open, mass, beta, _ = _pair_velocity(mass, fermion_mass)
    return jnp.where(is_open, mass / (8 * jnp.pi) * beta * (yukawa**2 * beta**2 + pseudoscalar_yukawa**2), 0)


@jax.jit
def scalar_to_majorana(
    mass: Real[ArrayLike, "*b"],
    fermion_mass: Real[ArrayLike, "*b"],
    yukawa: Real[ArrayLike, "*b"],
    pseudoscalar_yukawa: Real[ArrayLike, "*b"] = 0.0,
) -> Real[Array, "*b"]:
    """Partial width of a real scalar into two identical Majorana fermions, L = (1/2) S psibar (y +
    i y_P gamma_5) psi.

    Half the Dirac width of ``scalar_to_fermions``, same source: Gamma = m/(16 pi) [y^2 (1 - 4
    r)^(3/2) + y_P^2 (1 - 4 r)^(1/2)]. With y = m_psi/(sqrt2 V) it is m_psi^2 m (1 - 4 r)^(3/2)/(32
    pi V^2).
    """
    return scalar_to_fermions(mass, fermion_mass, yukawa, pseudoscalar_yukawa) / 2


@jax.jit
def scalar_to_vectors(
    mass: Real[ArrayLike, "*b"], vector_mass: Real[ArrayLike, "*b"], coupling: Real[ArrayLike, "*b"]
) -> Real[Array, "*b"]:
    """Partial width of a real scalar into two identical massive vectors, L = (1/2) g S V_mu V^mu
    with g in GeV.

        Gamma = g^2 M^3/(128 pi m^4) sqrt(1 - 4 x) (1 - 4 x + 12 x^2),  x = m^2/M^2

    The sum over polarisations is g^2 [2 + (M^2 - 2 m^2)^2/(4 m^4)]; the two vectors are identical.
    With g = sqrt2 m^2/V, the Higgs mechanism of a field of charge 1, it is M^3/(64 pi V^2) sqrt(1 -
    4 x) (1 - 4 x + 12 x^2), finite for m -> 0. Same as H -> Z Z of A. Djouadi, hep-ph/0503172, sec.
    2.2, with g = 2 m_Z^2/v.
    """
    mass, vector_mass, coupling = floats(mass, vector_mass, coupling)
    is_open, mass, beta, ratio = _pair_velocity(mass, vector_mass)
    per_mass = coupling / vector_mass**2
    width = per_mass**2 * mass**3 / (128 * jnp.pi) * beta * (1 - 4 * ratio + 12 * ratio**2)
    return jnp.where(is_open, width, 0)


@jax.jit
def fermion_to_vector(
    mass: Real[ArrayLike, "*b"],
    splitting: Real[ArrayLike, "*b"],
    vector_mass: Real[ArrayLike, "*b"],
    g_vector: Real[ArrayLike, "*b"],
    g_axial: Real[ArrayLike, "*b"] = 0.0,
) -> Real[Array, "*b"]:
    """Width of f_2 -> f_1 V, m_1 = ``mass`` and m_2 = m_1 + ``splitting``, for L = V_mu fbar_1
    gamma^mu (g_V + g_A gamma_5) f_2 (+ h.c.).

        Gamma = [(D^2 - s)(S^2 - s)]^(1/2) {g_V^2 (D^2 - s)(S^2 + 2 s) + g_A^2 (S^2 - s)(D^2 + 2 s)}
                /(16 pi m_2^3 s),  s = m_V^2, D = m_2 - m_1, S = m_1 + m_2

    from |M|^2 = g_V^2 (D^2 - s)(S^2 + 2 s)/s, averaged over the spin of f_2, and D <-> S for the
    axial current. Dirac or Majorana alike. 0 where it is closed.
    """
    mass, splitting, vector_mass, g_vector, g_axial = floats(mass, splitting, vector_mass, g_vector, g_axial)
    is_open = (splitting > vector_mass) & (vector_mass > 0)
    vector_mass = jnp.where(vector_mass > 0, vector_mass, 1)
    splitting = jnp.where(is_open, splitting, vector_mass + 1)
    heavier, total, s = mass + splitting, 2 * mass + splitting, vector_mass**2
    excess, room = (splitting - vector_mass) * (splitting + vector_mass), total**2 - s
    squared = g_vector**2 * excess * (total**2 + 2 * s) + g_axial**2 * room * (splitting**2 + 2 * s)
    width = jnp.sqrt(excess * room) * squared / (16 * jnp.pi * heavier**3 * s)
    return jnp.where(is_open, width, 0)


@jax.jit
def scalar_to_photons(
    mass: Real[ArrayLike, "*b"], amplitude: Complex[ArrayLike, "*b"] | Real[ArrayLike, "*b"], alpha: Real[ArrayLike, ""]
) -> Real[Array, "*b"]:
    """Partial width of a real scalar into two photons, Gamma = alpha^2 m^3/(256 pi^3) |F|^2.

    F (GeV^-1) is the sum of ``photon_loops.fermion_amplitude`` and
    ``photon_loops.scalar_amplitude`` over the charged particles. For fermions with y = m_f/(sqrt2
    V) it is alpha^2 m^3/(512 pi^3 V^2) |sum N_c Q^2 A_1/2(tau)|^2. Source: A. Djouadi,
    hep-ph/0503172, sec. 2.3.1, with G_F/sqrt2 = 1/(2 v^2).
    """
    amplitude = jnp.asarray(amplitude)
    real, imaginary, mass, alpha = floats(amplitude.real, amplitude.imag, mass, alpha)
    return alpha**2 * mass**3 / (256 * jnp.pi**3) * (real**2 + imaginary**2)


@jax.jit
def vector_to_three_photons(
    mass: Real[ArrayLike, "*b"],
    mixing: Real[ArrayLike, "*b"],
    electron_mass: Real[ArrayLike, ""],
    alpha: Real[ArrayLike, ""],
) -> Real[Array, "*b"]:
    """Width of a kinetically mixed vector into three photons through the electron loop.

        Gamma = 17 eps^2 alpha^4/(2^7 3^6 5^3 pi^3) m^9/m_e^8

    Source: Pospelov, Ritz and Voloshin, arXiv:0807.3279. Validity: m << m_e (Euler-Heisenberg); it
    falls below the full loop by up to an order of magnitude as m -> 2 m_e (McDermott, Patel,
    Ramani, arXiv:1705.00619). Above 2 m_e it has no meaning and 0 is returned; there e+ e- is
    larger by many orders.
    """
    mass, mixing, electron_mass, alpha = floats(mass, mixing, electron_mass, alpha)
    return mixing**2 * alpha**4 * _three_photons(mass, electron_mass)


@by_slopes
def _three_photons(mass: Array, electron_mass: Array) -> Array:
    """At a mixing and an alpha of one."""
    is_light = mass <= 2 * electron_mass
    ratio = jnp.where(is_light, mass / electron_mass, 1)
    return jnp.where(is_light, 17 / (2**7 * 3**6 * 5**3 * jnp.pi**3) * mass * ratio**8, 0)


@jax.jit
def branching_ratio(partial_width: Real[ArrayLike, "*b"], total_width: Real[ArrayLike, "*b"]) -> Real[Array, "*b"]:
    """Gamma_i/Gamma; 0 with gradient 0 for a stable particle (total width 0)."""
    partial_width, total_width = floats(partial_width, total_width)
    decays = total_width > 0
    return jnp.where(decays, partial_width / jnp.where(decays, total_width, 1), 0)


@jax.jit
def proper_decay_length(total_width: Real[ArrayLike, "*b"]) -> Real[Array, "*b"]:
    """c tau = hbar c/Gamma in metres for Gamma in GeV; infinite, with gradient 0, for a stable
    particle.
    """
    (total_width,) = floats(total_width)
    decays = total_width > 0
    return jnp.where(decays, HBAR_C_GEV_METRE / jnp.where(decays, total_width, 1), jnp.inf)


@jax.jit
def lab_decay_length(
    energy: Real[ArrayLike, "*b"], mass: Real[ArrayLike, "*b"], total_width: Real[ArrayLike, "*b"]
) -> Real[Array, "*b"]:
    """d_dec = (p/m) c tau in metres, p = sqrt(E^2 - m^2); 0 at rest, NaN for E < m."""
    energy, mass, total_width = floats(energy, mass, total_width)
    return boost(energy, mass) * proper_decay_length(total_width)


@jax.jit
def inverse_lab_decay_length(
    energy: Real[ArrayLike, "*b"], mass: Real[ArrayLike, "*b"], total_width: Real[ArrayLike, "*b"]
) -> Real[Array, "*b"]:
    """1/d_dec = Gamma m/(p hbar c) in 1/metre: the form that stays finite for a stable particle
    (0).
    """
    energy, mass, total_width = floats(energy, mass, total_width)
    return total_width / (HBAR_C_GEV_METRE * boost(energy, mass))


def boost(energy: Real[ArrayLike, "*b"], mass: Real[ArrayLike, "*b"]) -> Real[Array, "*b"]:
    """beta gamma = p/m = sqrt((E - m)(E + m))/m, a pure number; 0 at rest, NaN for E < m."""
    energy, mass = floats(energy, mass)
    moving = energy != mass
    squared = jnp.where(moving, (energy - mass) * (energy + mass), 1)
    return jnp.where(moving, jnp.sqrt(squared), 0) / mass
