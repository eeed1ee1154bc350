"""Dark matter eta of the U(1)_T3R model: scattering on nuclei (Fig. 4) and thermal relic density.

Functions of arrays in GeV that broadcast. eta_1 is a Majorana fermion with (m_eta/(2 sqrt2 V))
etabar eta phi' and an off-diagonal coupling g/2 to A' (arXiv:2105.07655, Secs. II and III A; g =
m_A'/(sqrt2 V)).
"""

from collections.abc import Callable
from functools import partial
from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from ..constants import ALPHA_EM, M_E, M_MU, M_PI, M_PROTON
from ..data.load import Quantity, read_toml
from ..kernels.darkmatter import coannihilation, coupled_freezeout, freezeout, resonance, scattering
from ..kernels.decays import widths
from ..kernels.loops import photon_loops
from ..kernels.numerics.batching import in_batches
from ..kernels.numerics.promotion import floats
from ..kernels.numerics.roots import bracketed_root
from ..kernels.units import C_CM_PER_S, GEV_MINUS2_IN_CM2
from ..measurements import measurement
from ..u1.gauge import t3r_coupling
from .tables import PLASMA

INPUTS = {name: Quantity(**entry) for name, entry in read_toml("dark.toml").items()}
"""Inputs by name, each with its source."""

SIGMA_PI_N = INPUTS["sigma_pi_n"].value
OMEGA_DM_H2 = measurement("current", "omega_h2").value

BATCH = 256
"""Points at a time where each takes a thousand temperatures or a quadrature: a few MiB."""

CM3_PER_S = GEV_MINUS2_IN_CM2 * C_CM_PER_S
"""Converts <sigma v> from GeV^-2 to cm^3/s."""

Loops = Literal["muon", "muon+pion"]
Scattering = Literal["none", "electrons"]


def eta_yukawa(m_eta: ArrayLike, v: ArrayLike) -> Array:
    """y = m_eta/(sqrt2 V) in (y/2) etabar eta phi'."""
    m_eta, v = floats(m_eta, v)
    return m_eta / (v * np.sqrt(2).item())


def sigma_si_phi(m_eta: ArrayLike, m_phi: ArrayLike, v: ArrayLike, sigma_pi_n: ArrayLike = SIGMA_PI_N) -> Array:
    """Elastic spin-independent cross-section on the proton through phi' at q = 0, in cm^2 (Fig. 4).

    mu^2 m_eta^2 sigma_piN^2/(4 pi V^4 m_phi'^4): u and d alone couple, f_Tu + f_Td = sigma_piN/m_N;
    the neutron is the same up to isospin breaking. The phi' is as light as the momentum transfer on
    nuclei: see ``kernels.scattering.inelastic_factor``.
    """
    sigma_pi_n, v = floats(sigma_pi_n, v)
    nucleon = sigma_pi_n / (v * np.sqrt(2).item())
    cross_section = scattering.elastic_scalar(m_eta, M_PROTON, m_phi, eta_yukawa(m_eta, v), nucleon)
    return cross_section * GEV_MINUS2_IN_CM2


def sigma_si_aprime(m_eta: ArrayLike, m_aprime: ArrayLike, v: ArrayLike) -> Array:
    """Inelastic cross-section on the proton through A' at delta = 0 and q = 0, in cm^2 (Fig. 4):
    mu^2/(64 pi V^4).

    The proton's vector coupling is +g/2, the neutron's -g/2, so it does not depend on m_A'.
    """
    m_aprime, v = floats(m_aprime, v)
    half_g = t3r_coupling(m_aprime, v) / 2
    cross_section = scattering.inelastic_vector(m_eta, M_PROTON, m_aprime, half_g, half_g)
    return cross_section * GEV_MINUS2_IN_CM2


@partial(jax.jit, static_argnames="loops")
def width_phi_gammagamma(m_phi: ArrayLike, v: ArrayLike, m_mu: ArrayLike = M_MU, loops: Loops = "muon+pion") -> Array:
    """Gamma(phi' -> gamma gamma) in GeV from the muon loop and, unless loops = "muon", the charged
    pions.

    Pions couple through m_pi^2, linear in V because u and d take their masses from it: g =
    m_pi^2/(sqrt2 V), chiral perturbation theory at leading order.
    """
    m_phi, v, m_mu = floats(m_phi, v, m_mu)
    root2 = np.sqrt(2).item()
    amplitude = photon_loops.fermion_amplitude(m_phi, m_mu, m_mu / (root2 * v))
    if loops == "muon+pion":
        amplitude = amplitude + photon_loops.scalar_amplitude(m_phi, M_PI, M_PI**2 / (root2 * v))
    return widths.scalar_to_photons(m_phi, amplitude, ALPHA_EM)


@partial(jax.jit, static_argnames="loops")
def sigma_v(m_eta: ArrayLike, m_phi: ArrayLike, temperature: ArrayLike, v: ArrayLike, loops: Loops = "muon+pion") -> Array:
    """Thermally averaged eta eta -> phi' -> gamma gamma in GeV^-2, narrow-width form: 0 for 2 m_eta
    >= m_phi'.
    """
    return resonance.narrow_width_average(
        m_eta, m_phi, temperature, eta_yukawa(m_eta, v), width_phi_gammagamma(m_phi, v, loops=loops)
    )


@partial(jax.jit, static_argnames="loops")
def sigma_v_breit_wigner(
    m_eta: ArrayLike, m_phi: ArrayLike, temperature: ArrayLike, v: ArrayLike, loops: Loops = "muon+pion"
) -> Array:
    """The same with the full resonance shape, continuous through 2 m_eta = m_phi'."""

    def average(m_eta: Array, m_phi: Array, temperature: Array, v: Array) -> Array:
        return resonance.breit_wigner_average(
            m_eta,
            m_phi,
            temperature,
            eta_yukawa(m_eta, v),
            lambda e: width_phi_gammagamma(e, v[..., None], loops=loops),
        )

    return in_batches(average, *floats(m_eta, m_phi, temperature, v), size=BATCH)


@partial(jax.jit, static_argnames="loops")
def sigma_v_today(m_eta: ArrayLike, m_phi: ArrayLike, v: ArrayLike, loops: Loops = "muon+pion") -> Array:
    """<sigma v> in cm^3/s in the halo, for a Maxwell-Boltzmann distribution with v_0 = 238 km/s (T
    = m v_0^2/2).

    Off resonance it is the p-wave tail, proportional to v_0^2: many orders below freeze-out and
    below the limit of the cosmic microwave background, ``INPUTS["planck_p_ann"]``.
    """
    (m_eta,) = floats(m_eta)
    temperature = m_eta * (INPUTS["halo_velocity"].value ** 2 / 2)
    return sigma_v_breit_wigner(m_eta, m_phi, temperature, v, loops=loops) * CM3_PER_S


@partial(jax.jit, static_argnames="loops")
def p_wave_suppression(m_eta: ArrayLike, m_phi: ArrayLike, v: ArrayLike, loops: Loops = "muon+pion") -> Array:
    """<sigma v> today over <sigma v> at T = m_eta/20, about freeze-out."""
    m_eta, m_phi, v = jnp.broadcast_arrays(*floats(m_eta, m_phi, v))
    temperature = jnp.stack([m_eta * (INPUTS["halo_velocity"].value ** 2 / 2), m_eta / 20])
    today, at_freeze_out = sigma_v_breit_wigner(m_eta, m_phi, temperature, v, loops=loops)
    return today / at_freeze_out


def allowed_by_n_eff(m_aprime: ArrayLike) -> Array:
    """1 for m_A' above the published N_eff cut of 10 MeV, else 0; NaN stays NaN.

    Lighter dark photons would be in equilibrium with neutrinos and electrons while the neutrinos
    decouple. Not computed here: arXiv:2105.07655, Sec. III.
    """
    (m_aprime,) = floats(m_aprime)
    above = jnp.where(m_aprime > INPUTS["m_aprime_n_eff"].value, 1.0, 0.0).astype(m_aprime.dtype)
    return jnp.where(jnp.isnan(m_aprime), m_aprime, above)


def _relic(
    method: Callable[..., Array],
    m_eta: ArrayLike,
    m_phi: ArrayLike,
    yukawa: ArrayLike,
    width_out: ArrayLike,
) -> Array:
    """Omega h^2 of one species that annihilates on the resonance."""

    def relic(m_eta: Array, m_phi: Array, yukawa: Array, width: Array) -> Array:
        def average(temperature: Array) -> Array:
            m, mass, y, g = (a[..., None] for a in (m_eta, m_phi, yukawa, width))
            return resonance.narrow_width_average(m, mass, temperature, y, g)

        abundance = freezeout.omega_h2(m_eta, method(m_eta, average, PLASMA))
        return jnp.where(2 * m_eta < m_phi, abundance, jnp.nan)

    return in_batches(relic, *floats(m_eta, m_phi, yukawa, width_out), size=BATCH)


@partial(jax.jit, static_argnames="loops")
def omega_h2(m_eta: ArrayLike, m_phi: ArrayLike, v: ArrayLike, loops: Loops = "muon+pion") -> Array:
    """Omega h^2 of eta_1 from the integrated Boltzmann equation; assumes kinetic equilibrium.

    NaN for 2 m_eta >= m_phi'.

    eta eta -> phi' -> gamma gamma alone. Beyond 2 m_eta = m_phi' only the tail of the resonance is
    left, many orders too weak. The resonance is so narrow that kinetic equilibrium fails before
    freeze-out: ``omega_h2_coupled``.
    """
    return _relic(freezeout.integrated_yield, m_eta, m_phi, eta_yukawa(m_eta, v), width_phi_gammagamma(m_phi, v, loops=loops))


@partial(jax.jit, static_argnames="loops")
def omega_h2_approximate(m_eta: ArrayLike, m_phi: ArrayLike, v: ArrayLike, loops: Loops = "muon+pion") -> Array:
    """The same by the standard freeze-out approximation; assumes kinetic equilibrium."""
    return _relic(freezeout.approximate_yield, m_eta, m_phi, eta_yukawa(m_eta, v), width_phi_gammagamma(m_phi, v, loops=loops))


@partial(jax.jit, static_argnames=("loops", "scattering"))
def omega_h2_coupled(
    m_eta: ArrayLike, m_phi: ArrayLike, v: ArrayLike, loops: Loops = "muon+pion", scattering: Scattering = "none"
) -> Array:
    """Omega h^2 of eta_1 without assuming kinetic equilibrium: number density and temperature of
    eta_1 evolve together.

    NaN for 2 m_eta >= m_phi'. Annihilation takes the energetic pairs, dark matter cools below the
    plasma, fewer pairs reach the resonance: up to 14 times more is left than ``omega_h2`` says.
    phi' couples to nothing that is abundant at T = 2 MeV, so nothing scatters; "electrons" adds
    scattering through A' at a splitting delta << T, which is 2 % of the result. Numerical error
    below 1e-4. Source: T. Binder et al., arXiv:1706.07433.
    """
    m_eta, m_phi, v = floats(m_eta, m_phi, v)
    exchange = ALPHA_EM / np.pi / (4 * v**2)  # (g/2) e eps/m_A'^2, independent of m_A'
    width = width_phi_gammagamma(m_phi, v, loops=loops)
    return _coupled(m_eta, m_phi, eta_yukawa(m_eta, v), width, scattering, exchange)


def _coupled(
    m_eta: ArrayLike, m_phi: ArrayLike, yukawa: ArrayLike, width: ArrayLike, scattering: Scattering, exchange: ArrayLike = 0.0
) -> Array:
    def relic(m_eta: Array, m_phi: Array, yukawa: Array, width: Array, exchange: Array) -> Array:
        def rate(temperature: Array) -> Array:
            if scattering == "none":
                return jnp.zeros_like(temperature)
            return coupled_freezeout.vector_scattering_rate(m_eta, temperature, exchange, M_E)

        left = coupled_freezeout.coupled_yield(m_eta, m_phi, yukawa, width, rate, PLASMA)
        return freezeout.omega_h2(m_eta, left)

    return in_batches(relic, *floats(m_eta, m_phi, yukawa, width, exchange), size=BATCH)


@jax.jit
def omega_h2_aprime(m_eta: ArrayLike, m_aprime: ArrayLike, v: ArrayLike) -> Array:
    """Omega h^2 that eta_1 eta_2 -> A' -> e e (kinetic mixing) alone would leave at delta = 0.

    Assumes kinetic equilibrium. Far above 0.12 where co-annihilation is negligible. It is not for 2
    m_eta < m_A' < 2.6 m_eta or so: there the A' is on resonance, and only a splitting delta of
    several T (2 MeV at freeze-out) switches it off.
    """
    m_eta, m_aprime, v = jnp.broadcast_arrays(*floats(m_eta, m_aprime, v))
    g = t3r_coupling(m_aprime, v)
    charge = g * (ALPHA_EM / np.pi)  # e eps, eps = g sqrt(alpha/(4 pi^3)), e = sqrt(4 pi alpha)
    on_peak = widths.vector_to_fermions(m_aprime, M_E, charge)
    at_rest = widths.vector_to_fermions(2 * m_eta, M_E, charge)

    def average(temperature: Array) -> Array:
        m, mass, coupling, peak, rest = (a[..., None] for a in (m_eta, m_aprime, g / 2, on_peak, at_rest))
        return coannihilation.vector_average(m, mass, temperature, coupling, peak, rest)

    return freezeout.omega_h2(m_eta, freezeout.integrated_yield(m_eta, average, PLASMA, dof=4.0))


@partial(jax.jit, static_argnames=("loops", "method"))
def thermal_relic_mass(
    m_phi: ArrayLike,
    v: ArrayLike,
    target: ArrayLike = OMEGA_DM_H2,
    loops: Loops = "muon+pion",
    method: Literal["kinetic_equilibrium", "coupled"] = "kinetic_equilibrium",
) -> Array:
    """m_eta in GeV that gives Omega h^2 = ``target``, between 0.2 and 0.499 m_phi'; NaN where there
    is none.

    By ``omega_h2`` or ``omega_h2_coupled``. Differentiated by the implicit function theorem. There
    is no second solution beyond m_phi'/2; nearer to it than 0.499 the narrow-width abundance rises
    again, within 1e-6 of threshold.
    """
    abundance = omega_h2 if method == "kinetic_equilibrium" else omega_h2_coupled
    m_phi, v, target = jnp.broadcast_arrays(*floats(m_phi, v, target))

    def excess(log_ratio: Array) -> Array:
        return jnp.log(abundance(m_phi * jnp.exp(log_ratio), m_phi, v, loops) / target)

    lower, upper = (jnp.full_like(m_phi, np.log(ratio)) for ratio in (0.2, 0.499))
    at_ends = excess(jnp.stack([lower, upper]))
    lower = jnp.where((at_ends[0] > 0) & (at_ends[1] < 0), lower, jnp.nan)
    return m_phi * jnp.exp(bracketed_root(excess, lower, upper))
