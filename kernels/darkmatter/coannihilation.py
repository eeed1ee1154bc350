"""Co-annihilation of two nearly degenerate Majorana fermions through a vector that couples to them
off-diagonally.

Sources: Breit-Wigner cross-section, PDG 2024, review 'Cross-section formulae for specific
processes'; thermal average, P. Gondolo, G. Gelmini, Nucl. Phys. B360, 145 (1991), eq. (3.8). Shapes
broadcast.
"""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..decays.widths import vector_to_fermions
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
def vector_pair_at_rest(dm_mass: ArrayLike, vector_mass: ArrayLike, coupling: ArrayLike) -> Real[Array, "*b"]:
    """sigma v in GeV^-2 of eta_1 eta_1 -> X X at rest through eta_2 of equal mass in the t and u
    channels.

    For g X_mu etabar_1 gamma^mu eta_2: g^4 (1 - r)^(3/2)/(16 pi m^2 (1 - r/2)^2), r = (m_X/m)^2; pi
    alpha^2/m^2 for r -> 0, as e+ e- -> gamma gamma at rest. 0 where it is closed, m_X >= m. The
    next order is v^2, some per cent at freeze-out. Source: derived; held to Dirac traces by the
    test. M. Pospelov, A. Ritz, M. Voloshin, arXiv:0711.4866, has the same for a Dirac pair.
    """
    m, vector_mass, coupling = floats(dm_mass, vector_mass, coupling)
    is_open = vector_mass < m
    ratio = jnp.where(is_open, vector_mass / m, 0.5) ** 2
    value = coupling**4 * (1 - ratio) ** 1.5 / (16 * jnp.pi * m**2 * (1 - ratio / 2) ** 2)
    return jnp.where(is_open, value, 0)
