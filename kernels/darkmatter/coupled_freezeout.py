"""Relic density when freeze-out through a narrow resonance breaks kinetic equilibrium: number and
temperature together.

Dark matter keeps a Maxwell-Boltzmann distribution, but of its own temperature T' = <p^2/3E>. With z
= ln(m/T), Y = n/s, y = m T' s^(-2/3), E = Y_eq, H~ = H/(1 + (1/3) d ln h/d ln T), sigma = <sigma v>
and sigma_2 the same average weighted with p^2/(3 E T'):

    dlnY/dz = (s/H~) [E^2/Y sigma(T) - Y sigma(T')]
    dlny/dz = (1/H~) {gamma (T/T' - 1) + s Y [sigma(T') - sigma_2(T')]
                      + s E^2/Y [(T/T') sigma_2(T) - sigma(T)] + H <p^4/E^3>/(3 T')}

T. Binder, T. Bringmann, M. Gustafsson, A. Hryczuk, arXiv:1706.07433; DRAKE, arXiv:2103.01944. gamma
is the rate at which scattering with the plasma brings T' to T. Masses, widths and temperatures in
GeV; all broadcast.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..numerics.bessel import scaled_k1_k2
from ..numerics.promotion import floats
from .freezeout import PLANCK_MASS, X_START, step_edges
from .plasma import PlasmaTable, plasma_at
from .resonance import narrow_width_average

_STEP = 0.4
_SQUARES = (_STEP * np.arange(16)) ** 2
_WEIGHTS = _STEP * np.where(_SQUARES == 0, 0.5, 1.0) * np.exp(-_SQUARES)

Rate = Callable[[Array], Array]


def _over_energies(power: int, z: Array) -> tuple[Array, Array]:
    """Nodes cosh(t) and weights of int_0^inf dt sinh(t)^power exp(-z (cosh t - 1)), as in
    ``bessel.scaled_k1_k2``.
    """
    squares = jnp.asarray(_SQUARES, z.dtype)
    z = z[..., None]
    cosh = 1 + squares / z
    sinh2 = squares / z * (2 + squares / z)
    weights = jnp.asarray(_WEIGHTS, z.dtype) * jnp.sqrt(2 / z) / jnp.sqrt(1 + squares / (2 * z))
    return cosh, weights * sinh2 ** (power // 2)


def resonant_temperature(dm_mass: ArrayLike, resonance_mass: ArrayLike, temperature: ArrayLike) -> Real[Array, "*b"]:
    """<p^2/3E> in GeV of dark matter that annihilates on a narrow resonance, M > 2 m: sigma_2/sigma
    times the temperature.

    A resonance of energy E_R = M cosh t, Boltzmann-distributed with weight sinh(t)^2 dt, decays
    isotropically; its products have (1/3) [E_R/2 - (m^2/(b P)) ln((E_R + b P)/(E_R - b P))] on
    average, P = M sinh t, b = sqrt(1 - 4 m^2/M^2). Valid for M/T >= 2; NaN at and below threshold.
    """
    m, mass, temperature = floats(dm_mass, resonance_mass, temperature)
    m, mass, temperature = jnp.broadcast_arrays(m, mass, temperature)
    cosh, weights = _over_energies(2, mass / temperature)
    beta2 = (1 - 2 * m / mass) * (1 + 2 * m / mass)
    is_open = beta2 > 0
    speed2 = jnp.where(is_open, beta2, 0.5)[..., None] * (cosh - 1) * (cosh + 1) / cosh**2
    # ln((1+v)/(1-v))/(2 v): a series at the node t = 0, where v = 0.
    is_slow = speed2 < 1e-6
    safe = jnp.sqrt(jnp.where(is_slow, 0.25, speed2))
    log_ratio = jnp.where(is_slow, 1 + speed2 / 3, jnp.arctanh(safe) / safe)
    ratio = (m / mass)[..., None]
    per_pair = (cosh / 2 - 2 * ratio**2 * log_ratio / cosh) / 3
    average = mass * jnp.sum(weights * per_pair, -1) / jnp.sum(weights, -1)
    return jnp.where(is_open, average, jnp.nan)


def redshift_correction(x: ArrayLike) -> Real[Array, "*b"]:
    """<p^4/E^3>/(3 T) of a Maxwell-Boltzmann gas at x = m/T >= 3: 5/x for large x."""
    (x,) = floats(x)
    cosh, weights = _over_energies(6, x)
    _, number = _over_energies(2, x)
    return x / 3 * jnp.sum(weights / cosh**2, -1) / jnp.sum(number * cosh, -1)


def hubble_rate(temperature: ArrayLike, g_eff: ArrayLike) -> Real[Array, "*b"]:
    """H = sqrt(4 pi^3 g/45) T^2/M_Pl in GeV during radiation domination."""
    temperature, g_eff = floats(temperature, g_eff)
    return jnp.sqrt(4 * jnp.pi**3 / 45 * g_eff) * temperature * (temperature / PLANCK_MASS)


def vector_scattering_rate(
    dm_mass: ArrayLike, temperature: ArrayLike, coupling: ArrayLike, fermion_mass: ArrayLike, dof: float = 4.0
) -> Real[Array, "*b"]:
    """gamma in GeV of heavy dark matter on plasma fermions through G (etabar gamma eta)(fbar gamma
    f), G in GeV^-2.

    gamma = (dof/(3 m T)) int d^3k/(2 pi)^3 f (1 - f) v 2 k^2 sigma_T with the Mott cross-section's
    transport part, v^2 sigma_T = (G^2/(3 pi)) k^2 (1 + ...): (G E/(2 pi))^2 (1 - v^2
    sin^2(theta/2)) integrated over 1 - cos(theta) gives sigma_T = (G^2 E^2/pi) (1 - 2 v^2/3).
    Massless limit 10.2 G^2 T^6/m for dof = 4. Holds for m >> T.
    """
    m, temperature, coupling, fermion_mass = floats(dm_mass, temperature, coupling, fermion_mass)
    nodes, weights = (jnp.asarray(a, m.dtype) for a in np.polynomial.legendre.leggauss(48))
    k = 20 * (1 + nodes)  # in units of T; exp(-40) is left out
    energy2 = k**2 + jnp.square(fermion_mass / temperature)[..., None]
    energy = jnp.sqrt(energy2)
    blocked = jnp.exp(-energy) / (1 + jnp.exp(-energy)) ** 2
    transport = energy2 / jnp.pi * (1 - 2 * k**2 / (3 * energy2))
    integral = jnp.sum(20 * weights * k**4 * (k / energy) * blocked * transport, -1) / jnp.pi**2
    return dof / (3 * m) * coupling**2 * temperature**6 * integral


def _log_equilibrium_yield(x: Array, h_eff: Array, dof: float) -> Array:
    """ln E, finite where E is not."""
    return jnp.log(45 * dof / (4 * jnp.pi**4) * x**2 * scaled_k1_k2(x)[1] / h_eff) - x


def coupled_yield(
    mass: ArrayLike,
    resonance_mass: ArrayLike,
    yukawa: ArrayLike,
    width_out: ArrayLike,
    scattering_rate: Rate,
    table: PlasmaTable,
    dof: float = 2.0,
    steps: int = 1600,
    s_wave: ArrayLike = 0.0,
    width_beside: ArrayLike = 0.0,
    share: float = 1.0,
) -> Real[Array, "*b"]:
    """Y today of eta eta -> resonance -> out in the narrow-width limit, from x = 3, in equilibrium,
    to x = 2000.

    ``s_wave`` is the constant sigma v (GeV^-2) of what annihilates beside the resonance: it takes
    pairs of all energies alike, so that it neither heats nor cools. ``width_beside`` as in
    ``narrow_width_average``; ``share`` multiplies that average, where a species finds its like in
    a part of the others alone. ``scattering_rate`` maps temperatures (GeV), with two axes more in
    front than the masses, to gamma (GeV).

    Linearly implicit Euler steps in (ln Y, ln T'/T), n = ``steps`` of them, n/2 and n/4,
    extrapolated in the step length: (8 Y_n - 6 Y_{n/2} + Y_{n/4})/3: relative error below 1e-4 at
    1600 steps, 2e-3 at 800, where the exit is as narrow as gamma gamma; where A'A' is open, 5e5
    times wider, freeze-out is later and it is 1e-3 at 1600, 7e-5 at 3200. NaN for 2 m >= M.
    Differentiable in all parameters; float64 alone.
    """
    values = jnp.broadcast_arrays(*floats(mass, resonance_mass, yukawa, width_out, s_wave, width_beside))
    m, resonance_mass, yukawa, width_out, s_wave, width_beside = values
    is_open = 2 * m < resonance_mass
    m = jnp.where(is_open, m, 0.4 * resonance_mass)

    def average(temperature: Array) -> tuple[Array, Array]:
        """sigma and sigma_2 T at a temperature of the dark matter."""
        sigma = share * narrow_width_average(m, resonance_mass, temperature, yukawa, width_out, width_beside)
        return sigma + s_wave, sigma * resonant_temperature(m, resonance_mass, temperature) + s_wave * temperature

    def slope(state: Array, at: tuple[Array, ...]) -> Array:
        log_y, log_ratio = state
        t, log_e, entropy, hubble, hubble_tilde, gamma, sigma, sigma_2 = at
        own = t * jnp.exp(log_ratio)
        now, now_2 = average(own)
        gain, loss = entropy * jnp.exp(2 * log_e - log_y), entropy * jnp.exp(log_y)
        heating = gamma * (t / own - 1) + loss * (now - now_2 / own) + gain * (sigma_2 / own - sigma)
        heating += hubble * redshift_correction(m / own)
        # y = m T' s^(-2/3) and d ln s/dz = -3 H/H~.
        return jnp.stack([gain * sigma - loss * now, heating + hubble_tilde - 2 * hubble]) / hubble_tilde

    def advance(state: Array, step: tuple[Array, ...]) -> tuple[Array, None]:
        *at, fall, h = step
        h = h.reshape(-1, *[1] * (state.ndim - 2))
        # In equilibrium ln Y falls with ln E, frozen out it stays: one Newton step of Euler's equation from there.
        guess = state.at[0].add(fall * jnp.exp(jnp.minimum(at[1] - fall - state[0], 0.0)))
        unit = jnp.zeros_like(state)
        rhs, push = jax.linearize(lambda s: slope(s, tuple(at)), guess)
        (a, c), (b, d) = push(unit.at[0].set(1)), push(unit.at[1].set(1))
        p, q, r, s = 1 - h * a, -h * b, -h * c, 1 - h * d
        miss = state - guess + h * rhs
        change = jnp.stack([s * miss[0] - q * miss[1], p * miss[1] - r * miss[0]]) / (p * s - q * r)
        return guess + change, None

    # The three paths run side by side; the shorter ones end in steps of no length.
    edges = [np.append(step_edges(steps // k), [step_edges(1)[-1]] * (steps - steps // k)) for k in (1, 2, 4)]
    lengths = jnp.asarray(np.diff(edges).T, m.dtype)
    x = jnp.asarray(np.exp(np.array(edges).T[1:]), m.dtype).reshape(steps, 3, *[1] * m.ndim)
    t = m / x
    plasma = plasma_at(t, table)
    hubble = hubble_rate(t, plasma.g_eff)
    first = _log_equilibrium_yield(jnp.full_like(m, X_START), plasma_at(m / X_START, table).h_eff, dof)
    first = jnp.broadcast_to(first, (3, *m.shape))
    log_e = _log_equilibrium_yield(x, plasma.h_eff, dof)
    rows = (
        t,
        log_e,
        2 * jnp.pi**2 / 45 * plasma.h_eff * t**3,
        hubble,
        hubble / (1 + plasma.slope / 3),
        scattering_rate(t),
        *average(t),
        jnp.diff(log_e, axis=0, prepend=first[None]),
    )
    start = jnp.stack([first, jnp.zeros_like(first)])
    last, _ = jax.lax.scan(advance, start, (*(jnp.broadcast_to(row, t.shape) for row in rows), lengths))
    fine, middle, coarse = jnp.exp(last[0])
    return jnp.where(is_open, (8 * fine - 6 * middle + coarse) / 3, jnp.nan)
