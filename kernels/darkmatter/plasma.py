"""Effective degrees of freedom of the primordial plasma, pure numbers, interpolated from a
published table.

Definitions: P. Gondolo, G. Gelmini, Nucl. Phys. B360, 145 (1991), sec. 3.
"""

from typing import NamedTuple

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..numerics.promotion import floats


class PlasmaTable(NamedTuple):
    """h_eff and g_eff on temperatures (GeV) in rising order and uniform in ln T."""

    temperature: Real[Array, " n"]
    h_eff: Real[Array, " n"]
    g_eff: Real[Array, " n"]


class Plasma(NamedTuple):
    """The plasma at one temperature: entropy s = 2 pi^2/45 h T^3, energy rho = pi^2/30 g T^4, and d
    ln h/d ln T.
    """

    h_eff: Real[Array, "*b"]
    g_eff: Real[Array, "*b"]
    slope: Real[Array, "*b"]

    @property
    def sqrt_g_star(self) -> Real[Array, "*b"]:
        """g_*^(1/2) = h/sqrt(g) (1 + (1/3) d ln h/d ln T). Source: P. Gondolo, G. Gelmini (1991),
        eq. (3.19).
        """
        return self.h_eff / jnp.sqrt(self.g_eff) * (1 + self.slope / 3)


def plasma_at(temperature: ArrayLike, table: PlasmaTable) -> Plasma:
    """The plasma at ``temperature`` (GeV, any shape), by cubic interpolation of ln h and ln g in ln
    T.

    The interpolant has a continuous slope (Catmull-Rom). Below the table the values are those of
    its first row, where the plasma is photons and decoupled neutrinos; above it NaN.
    """
    (temperature,) = floats(temperature)
    first, last = table.temperature[0], table.temperature[-1]
    count = table.temperature.shape[0]
    step = (jnp.log(last) - jnp.log(first)) / (count - 1)
    position = (jnp.log(jnp.clip(temperature, first, last)) - jnp.log(first)) / step
    cell = jnp.clip(jnp.floor(position), 0, count - 2).astype(int)
    f = (position - cell).astype(temperature.dtype)

    def interpolate(values: Array) -> tuple[Array, Array]:
        padded = jnp.concatenate([values[:1], values, values[-1:]])
        before, left, right, after = (padded[cell + i] for i in range(4))
        d_left, d_right, jump = (right - before) / 2, (after - left) / 2, right - left
        curve, cubic = 3 * jump - 2 * d_left - d_right, d_left + d_right - 2 * jump
        value = left + f * (d_left + f * (curve + f * cubic))
        return value.astype(f.dtype), ((d_left + f * (2 * curve + 3 * f * cubic)) / step).astype(f.dtype)

    log_h, slope = interpolate(jnp.log(table.h_eff))
    log_g, _ = interpolate(jnp.log(table.g_eff))
    known = jnp.where(temperature <= last, 1.0, jnp.nan).astype(f.dtype)
    slope = jnp.where(temperature < first, 0.0, slope)
    return Plasma(jnp.exp(log_h) * known, jnp.exp(log_g) * known, slope * known)
