"""Thermally averaged annihilation of identical fermions through a scalar resonance in the s
channel.

eta eta -> phi -> X for a Majorana fermion of mass m with L = (y/2) etabar eta phi: a p-wave, phi
being a scalar. With widths taken at the energy sqrt(s) and r = s - 4 m^2, beta^2 = r/s,

    sigma = 8 pi s G_in G_out/[r ((s - M^2)^2 + s (G_in + G_out)^2)],
    G_in = y^2 sqrt(s) beta^3/(16 pi),

    <sigma v> = 1/(8 m^4 T K_2(m/T)^2) int_{4 m^2}^inf ds sigma r sqrt(s) K_1(sqrt(s)/T).

P. Gondolo, G. Gelmini, Nucl. Phys. B360, 145 (1991), eqs. (3.8) and (6.1). Masses, widths and
temperatures in GeV, <sigma v> in GeV^-2; shapes broadcast. The temperature must leave m/T >= 0.5,
else NaN.
"""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..numerics.bessel import scaled_k1_k2
from ..numerics.promotion import floats

_THERMAL_REACH = 40.0  # exp(-40) of the Boltzmann tail is left out
_THRESHOLD_REACH = 48.0  # the integrand falls at least as sqrt(r) towards r = 0: exp(-24) is left out
_NODES_EDGE, _NODES_PEAK, _NODES_CLOSED = 48, 96, 192


def width_to_majorana_pair(energy_squared: ArrayLike, above_threshold: ArrayLike, yukawa: ArrayLike) -> Real[Array, "*b"]:
    """G_in in GeV at s = ``energy_squared`` with r = ``above_threshold`` = s - 4 m^2 (GeV^2).

    y^2 sqrt(s) (r/s)^(3/2)/(16 pi), 0 for r <= 0. Taking r, not m, keeps the threshold free of
    cancellation.
    """
    s, r, y = floats(energy_squared, above_threshold, yukawa)
    is_open = r > 0
    beta2 = jnp.where(is_open, r, 1.0) / s
    return jnp.where(is_open, y**2 * jnp.sqrt(s) * beta2 * jnp.sqrt(beta2) / (16 * jnp.pi), 0.0)


def narrow_width_average(
    dm_mass: ArrayLike,
    resonance_mass: ArrayLike,
    temperature: ArrayLike,
    yukawa: ArrayLike,
    width_out: ArrayLike,
    width_beside: ArrayLike = 0.0,
) -> Real[Array, "*b"]:
    """<sigma v> in GeV^-2 in the limit G -> 0:

        pi^2 M^2 [G_in G_out/(G_in + G_out + G_beside)] K_1(M/T)/(m^4 T K_2(m/T)^2).

    ``width_out`` is G_out at s = M^2, ``width_beside`` of channels that count as neither, such as
    other dark matter; all arguments broadcast. 0 at and below threshold, 2 m >=
    M. Left out is the tail of the resonance, of relative order (G/M) exp((M - 2 m)/T):
    ``breit_wigner_average`` has it.
    """
    values = floats(dm_mass, resonance_mass, temperature, yukawa, width_out, width_beside)
    m, mass, temperature, yukawa, width_out, width_beside = values
    width_in = width_to_majorana_pair(mass**2, (mass - 2 * m) * (mass + 2 * m), yukawa)
    total = width_in + width_out + width_beside
    return (
        jnp.pi**2 * mass**2 * (width_in / total) * width_out / (m**4 * temperature)
        * jnp.exp(jnp.minimum(2 * m - mass, 0) / temperature)
        * scaled_k1_k2(mass / temperature)[0] / scaled_k1_k2(m / temperature)[1] ** 2
    )  # fmt: skip


def _gauss(nodes: int, dtype: jnp.dtype) -> tuple[Array, Array]:
    """Gauss-Legendre nodes and weights on [0, 1]."""
    x, w = np.polynomial.legendre.leggauss(nodes)
    return jnp.asarray((1 + x) / 2, dtype), jnp.asarray(w / 2, dtype)


def breit_wigner_average(
    dm_mass: ArrayLike,
    resonance_mass: ArrayLike,
    temperature: ArrayLike,
    yukawa: ArrayLike,
    width_out: Callable[[Array], Array],
) -> Real[Array, "*b"]:
    """<sigma v> in GeV^-2 with the full Breit-Wigner shape, above, at and below the threshold M = 2
    m.

    ``width_out`` maps energies sqrt(s) (GeV), of the shape of the other arguments with one axis
    added at the end, to G_out(sqrt(s)); where it depends on a parameter of that shape, it must add
    the axis itself.

    The integral over r is split so that no part has a scale it cannot see, whatever G/M is.
    Resonance open, at r_0 = M^2 - 4 m^2 > 0: r = r_0 t^2/2 below r_0/2, and r = r_0 + M G sinh(w)
    above, even in w across the peak. Closed: r = exp(u). Relative error below 1e-7 in float64 down
    to G/M = 1e-13, no worse for wider ones. float32 does not resolve G/M < 1e-7 near threshold and
    is good to 1e-4 elsewhere.
    """
    m, mass, temperature, yukawa = jnp.broadcast_arrays(*floats(dm_mass, resonance_mass, temperature, yukawa))
    m, mass, temperature, yukawa = (a[..., None] for a in (m, mass, temperature, yukawa))
    pole = (mass - 2 * m) * (mass + 2 * m)
    is_open = pole > 0
    k2 = scaled_k1_k2(m / temperature)[1]

    def integrand(r: Array, from_pole: Array) -> Array:
        """r sigma sqrt(s) K_1(sqrt(s)/T)/(8 pi m^3 K_2(m/T)^2), the measure dr left to the caller.

        ``from_pole`` is s - M^2, which the difference of r and r_0 is not at a peak narrower than
        their rounding. What is divided here would be below the smallest float32 in a halo.
        """
        s = 4 * m**2 + r
        energy = jnp.sqrt(s)
        into, out = width_to_majorana_pair(s, r, yukawa), width_out(energy)
        boltzmann = jnp.exp(-r / (temperature * (energy + 2 * m)))
        k1 = scaled_k1_k2(energy / temperature)[0]
        away = jnp.hypot(from_pole, energy * (into + out))
        return s * energy / m**3 * (into / away) * (out / away) * boltzmann * (k1 / k2**2)

    def reach(from_energy: Array) -> Array:
        """r at ``_THERMAL_REACH`` temperatures above an energy at or above 2 m."""
        top = from_energy + _THERMAL_REACH * temperature
        return (top - 2 * m) * (top + 2 * m)

    safe_pole = jnp.where(is_open, pole, mass**2)
    peak_width = mass * (width_to_majorana_pair(mass**2, safe_pole, yukawa) + width_out(mass))

    t, weight = _gauss(_NODES_EDGE, m.dtype)
    edge = jnp.minimum(safe_pole / 2, reach(2 * m))
    r = edge * t**2
    below = jnp.sum(weight * 2 * t * edge * integrand(r, r - safe_pole), -1)

    t, weight = _gauss(_NODES_PEAK, m.dtype)
    around = jnp.zeros_like(below)
    for extent in (-safe_pole / 2, reach(jnp.maximum(mass, 2 * m)) - safe_pole):
        last = jnp.arcsinh(extent / peak_width)
        w = last * t
        measure = weight * jnp.abs(last) * peak_width * jnp.cosh(w)
        from_pole = peak_width * jnp.sinh(w)
        around += jnp.sum(measure * integrand(safe_pole + from_pole, from_pole), -1)

    u = jnp.linspace(-_THRESHOLD_REACH, 0.0, _NODES_CLOSED, dtype=m.dtype)
    r = reach(2 * m) * jnp.exp(u)
    closed = jnp.sum(r * integrand(r, r - pole), -1) * (_THRESHOLD_REACH / (_NODES_CLOSED - 1))

    m, temperature, is_open = m[..., 0], temperature[..., 0], is_open[..., 0]
    return jnp.pi / (m * temperature) * jnp.where(is_open, below + around, closed)
