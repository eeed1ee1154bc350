"""Co-annihilation of two nearly degenerate Majorana fermions through a vector that couples to them off-diagonally.

Sources: Breit-Wigner cross-section, PDG 2024, review 'Cross-section formulae for specific processes'; thermal average,
P. Gondolo, G. Gelmini, Nucl. Phys. B360, 145 (1991), eq. (3.8). Shapes broadcast.
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
    """<sigma v> in GeV^-2 of eta_1 eta_2 -> X* -> out at equal masses, per pair of the two species together (4 states).

    For g X_mu etabar_1 gamma^mu eta_2, sigma = 12 pi s G_in G_out/[(s - 4m^2)((s - M^2)^2 + s G^2)], and
    <sigma v> n^2 = 2 sigma_12 n_1 n_2. The sum of

        (3/4) pi^2 M^2 [G_in G_out/(G_in + G_out)] K_1(M/T)/(m^4 T K_2(m/T)^2)   on resonance, M > 2 m (``width_out``),
        3 m g^2 G_out(2m)/[(4 m^2 - M^2)^2 + 4 m^2 G^2]                          at rest (``width_out_at_threshold``).

    Below the resonance, M < 2 m, the second is the slow limit: an upper bound, as the propagator falls with s. Equal
    masses are the most efficient case: a splitting delta suppresses n_2 by exp(-delta/T). Masses and widths in GeV.
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
