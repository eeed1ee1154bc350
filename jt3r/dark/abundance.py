"""Relic density and annihilation of dark matter from the couplings of a point, with every channel
that is open.

Without a splitting eta_1 alone is counted. With one, 0 included, eta_1 and eta_2 freeze out
together: their pairs annihilate on the phi', and eta_1 with eta_2 through A'.
"""

from dataclasses import replace

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from .. import decays
from ..couplings import Couplings, Vector, dark_current, dark_matter, is_given, scalar
from ..kernels.darkmatter import coannihilation, coupled_freezeout, freezeout, resonance
from ..kernels.numerics.batching import in_batches
from ..kernels.numerics.promotion import floats
from .relic import BATCH, INPUTS, PLASMA

DARK = ("etaeta", "eta2eta2")
"""Channels of phi' that are dark matter."""

AT_THRESHOLD = 0.02
"""An A' lighter than a pair by less than this share of m_eta is not off resonance at freeze-out."""
STEPS = 3200
"""Of the coupled equations: 7e-5 with A'A' open, where freeze-out is late; half of them 1e-3."""
APRIME_FELT = 3.0
"""Below this m_A'/m_eta an A' heavier than the pair takes part in freeze-out, which the coupled
equations do not have.
"""


def width_out(c: Couplings) -> Array:
    """Width of phi' into everything but dark matter, GeV: the exits of the resonance."""
    table = decays.phi(c)
    return decays.total(table, [channel for channel in table if channel not in DARK])


def halo_temperature(c: Couplings) -> Array:
    """T = m v_0^2/2 in GeV of a Maxwell-Boltzmann distribution with v_0 = 238 km/s."""
    return dark_matter(c).mass * (INPUTS["halo_velocity"].value ** 2 / 2)


def t_channel(c: Couplings, heavier: bool = False) -> Array:
    """sigma v in GeV^-2 of eta_1 eta_1 -> A'A' through eta_2 at rest, or of eta_2 eta_2 through
    eta_1.

    0 where it is closed or the point gives no A'. NaN where it is open and the current axial: then
    the p wave into longitudinal A' is the larger part, up to (m_eta/m_A')^4, and is not here.
    """
    eta = dark_matter(c)
    splitting = jnp.zeros_like(eta.mass) if eta.splitting is None else eta.splitting
    mass = eta.mass + splitting if heavier else eta.mass
    current = dark_current(c.aprime) if is_given(c.aprime) else None
    if not is_given(c.aprime) or current is None:
        return jnp.zeros_like(mass)
    if is_given(c.aprime.eta_axial):
        return jnp.where(c.aprime.mass < mass, jnp.nan, 0.0)
    return coannihilation.vector_pair_at_rest(mass, c.aprime.mass, current[0], -splitting if heavier else splitting)


def _exits(c: Couplings, vector: Vector, mass: Array) -> Array:
    """Width in GeV of an A' of this mass into everything but dark matter."""
    table = decays.aprime(Couplings(aprime=replace(vector, mass=mass), m_mu=c.m_mu))
    return jnp.broadcast_to(decays.total(table), mass.shape)


@jax.jit
def omega_h2(c: Couplings) -> Array:
    """Omega h^2 in kinetic equilibrium with every exit of the resonance, and eta eta -> A'A' beside
    it; of eta_1 and, with a splitting, eta_2.

    NaN for 2 m_eta >= m_phi', where what is left is the tail of the resonance, which the narrow
    width does not have, for a negative splitting, as ``t_channel`` says, and with two species for
    an A' within 0.02 m_eta below their threshold.
    """
    p, eta = scalar(c), dark_matter(c)
    y = jnp.asarray(p.eta)
    if eta.splitting is not None:
        return _together(c, y, eta.splitting)

    def relic(m: Array, mass: Array, y: Array, out: Array, beside: Array) -> Array:
        def average(temperature: Array) -> Array:
            at = (a[..., None] for a in (y, out))
            return resonance.narrow_width_average(m[..., None], mass[..., None], temperature, *at) + beside[..., None]

        left = freezeout.omega_h2(m, freezeout.integrated_yield(m, average, PLASMA))
        return jnp.where(2 * m < mass, left, jnp.nan)

    return in_batches(relic, *floats(eta.mass, p.mass, y, width_out(c), t_channel(c)), size=BATCH)


def _together(c: Couplings, y: Array, splitting: Array) -> Array:
    """Omega h^2 of eta_1 and eta_2, co-annihilating; every eta_2 becomes an eta_1 in the end."""
    p, eta = scalar(c), dark_matter(c)
    table = decays.phi(c)
    into_1, into_2 = table["etaeta"], table["eta2eta2"]
    at_phi = [eta.mass, splitting, p.mass, y, width_out(c), into_1, into_2, t_channel(c), t_channel(c, heavier=True)]
    through_aprime: list[ArrayLike] = []
    current = dark_current(c.aprime) if is_given(c.aprime) else None
    if is_given(c.aprime) and current is not None:
        threshold = 2 * eta.mass + splitting
        exits = [_exits(c, c.aprime, mass) for mass in (c.aprime.mass, threshold)]
        through_aprime = [c.aprime.mass, *current, *exits]

    def relic(m: Array, delta: Array, mass: Array, y: Array, *rest: Array) -> Array:
        out, into_1, into_2, beside_1, beside_2, *vector = (a[..., None] for a in rest)
        light, gap, pole, coupling = (a[..., None] for a in (m, delta, mass, y))

        def average(t: Array) -> Array:
            second = coannihilation.share_of_heavier(light, gap, t)
            heavy = light + gap
            alike_1 = resonance.narrow_width_average(light, pole, t, coupling, out, into_2) + beside_1
            alike_2 = resonance.narrow_width_average(heavy, pole, t, coupling * heavy / light, out, into_1) + beside_2
            pairs = (1 - second) ** 2 * alike_1 + second**2 * alike_2
            if not vector:
                return pairs
            boson, *others = vector
            mixed = coannihilation.vector_average_of_pair(light, gap, boson, t, *others)
            return pairs + 2 * second * (1 - second) * mixed

        def degrees(t: Array) -> Array:
            return 2 / (1 - coannihilation.share_of_heavier(light, gap, t))

        left = freezeout.omega_h2(m, freezeout.integrated_yield(m, average, PLASMA, degrees))
        return jnp.where((2 * m < mass) & (delta >= 0), left, jnp.nan)

    left = in_batches(relic, *floats(*at_phi, *through_aprime), size=BATCH)
    if not through_aprime:
        return left
    below = (2 * eta.mass + splitting - c.aprime.mass) / eta.mass  # type: ignore[union-attr]
    return jnp.where((below >= 0) & (below < AT_THRESHOLD), jnp.nan, left)


@jax.jit
def omega_h2_coupled(c: Couplings) -> Array:
    """Omega h^2 with the temperature of dark matter evolved too, every exit of the resonance, and
    eta eta -> A'A' beside it; of eta_1 and, with a splitting of 0, eta_2.

    NaN as ``omega_h2`` is, for a splitting above 0, where one temperature and one mass do not do,
    and with two species for 2 m_eta < m_A' < 3 m_eta, where they annihilate on the A' as well.
    """
    p, eta = scalar(c), dark_matter(c)
    both = eta.splitting is not None
    other = decays.phi(c)["etaeta"] if both else jnp.zeros_like(eta.mass)

    def relic(m: Array, mass: Array, y: Array, out: Array, other: Array, beside: Array) -> Array:
        # Of both species together, half the pairs are of one kind.
        share, degrees = (0.5, 4.0) if both else (1.0, 2.0)
        left = coupled_freezeout.coupled_yield(
            m, mass, y, out, jnp.zeros_like, PLASMA, degrees, STEPS, share * beside, other, share
        )
        return freezeout.omega_h2(m, left)

    values = floats(eta.mass, p.mass, jnp.asarray(p.eta), width_out(c), other, t_channel(c))
    left = in_batches(relic, *values, size=BATCH)
    if eta.splitting is None:
        return left
    holds = eta.splitting == 0
    if is_given(c.aprime) and dark_current(c.aprime) is not None:
        holds = holds & ((c.aprime.mass < 2 * eta.mass) | (c.aprime.mass > APRIME_FELT * eta.mass))
    return jnp.where(holds, left, jnp.nan)


@jax.jit
def sigma_v(c: Couplings, temperature: ArrayLike) -> Array:
    """Thermal average of eta eta -> phi' -> everything but dark matter in GeV^-2 with the full
    shape of the resonance.

    eta eta -> A'A' through eta_2 is added at rest.
    """
    p, eta = scalar(c), dark_matter(c)
    leaves, tree = jax.tree.flatten(Couplings(c.aprime, p, None, c.m_mu))

    def average(m_eta: Array, m_phi: Array, yukawa: Array, temperature: Array, *others: Array) -> Array:
        def out(energy: Array) -> Array:
            at = jax.tree.unflatten(tree, [leaf[..., None] for leaf in others])
            return width_out(replace(at, phi=replace(at.phi, mass=energy)))

        return resonance.breit_wigner_average(m_eta, m_phi, temperature, yukawa, out)

    arguments = floats(eta.mass, p.mass, jnp.asarray(p.eta), temperature, *leaves)
    return in_batches(average, *arguments, size=BATCH) + t_channel(c)
