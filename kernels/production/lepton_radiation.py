"""Light bosons radiated by a charged lepton: in the field of a nucleus, l N -> l N X, and beside a
pair, e+ e- -> l+ l- X.

X couples as L = g X lbar G l with G = 1 (scalar), i gamma_5 (pseudoscalar), gamma^mu (vector) or
gamma^mu gamma_5 (axial). Both processes have one squared amplitude, that of virtual photon -> l+ l-
X, crossed. Source: traces derived for this module and checked by spinor sums in the tests; of the
nucleus, in the form of Y.-S. Liu, D. McKeen, G. A. Miller, arXiv:1609.06781 (original not seen),
and for massless leptons Bjorken, Essig, Schuster, Toro, arXiv:0906.0580.
"""

from functools import partial
from typing import Literal

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..numerics.promotion import floats
from ..numerics.quadrature import legendre, unit_rule
from ..units import GEV_MINUS2_IN_CM2
from .electron_bremsstrahlung import photon_flux

Kind = Literal["scalar", "pseudoscalar", "vector", "axial"]
NODES = 64
"""Nodes in each direction: 1e-7 of a cross section, 0.5 % of that of a boson of 1 MeV at all shares
of the energy.
"""


def squared_amplitude(
    kind: Kind,
    photon: Real[ArrayLike, "*b"],
    first: Real[ArrayLike, "*b"],
    second: Real[ArrayLike, "*b"],
    mass: Real[ArrayLike, "*b"],
    lepton: Real[ArrayLike, "*b"],
) -> Real[Array, "*b"]:
    """-g_mn sum over spins of M^m M^n* over (e g)^2 of virtual photon -> l- l+ X, dimensionless.

    ``photon`` is the photon's q^2, ``first`` and ``second`` are (l- + X)^2 - m_l^2 and (l+ + X)^2 -
    m_l^2, all in GeV^2; masses in GeV. With Q = q^2, M the boson's mass and m the lepton's, of a
    scalar

        4 (D1/D2 + D2/D1) + 8 + 8 (4 m^2 - M^2) (1/D1 + 1/D2)
        + (16 m^2 Q - 4 M^2 Q - 8 m^2 M^2 + 32 m^4) (1/D1^2 + 1/D2^2)
        + (8 M^4 + 32 m^2 Q - 48 m^2 M^2 + 64 m^4)/(D1 D2).

    That of an axial vector has a longitudinal part, 4 m^2/M^2 times that of a pseudoscalar. Source:
    traces; the tests have the spinor sums.
    """
    q, first, second, mass, lepton = floats(photon, first, second, mass, lepton)
    m2, l2 = mass**2, lepton**2
    ratio, ones = first / second + second / first, 1 / first + 1 / second
    squares, product = 1 / first**2 + 1 / second**2, 1 / (first * second)
    pseudoscalar = 4 * ratio + 8 - 8 * m2 * ones - 4 * m2 * (q + 2 * l2) * squares + 8 * m2 * (m2 - 2 * l2) * product
    if kind == "pseudoscalar":
        return pseudoscalar
    if kind == "scalar":
        more = 32 * l2 * ones + 16 * l2 * (q + 2 * l2) * squares + 32 * l2 * (q - m2 + 2 * l2) * product
        return pseudoscalar + more
    common = 8 * ratio - 16 * (q + m2) * ones - 8 * m2 * (q + 2 * l2) * squares + 16 * (q + m2) ** 2 * product
    if kind == "vector":
        return common - 32 * l2 * ones - 16 * l2 * (q + 2 * l2) * squares - 64 * l2**2 * product
    axial = common + 96 * l2 * ones + 48 * l2 * (q + 2 * l2) * squares
    axial -= 64 * l2 * (q + 2 * m2 - 3 * l2) * product
    return axial + 4 * l2 / m2 * pseudoscalar


def pairs(
    kind: Kind, mass: Real[ArrayLike, "*b"], lepton: Real[ArrayLike, ""], energy: Real[ArrayLike, ""], nodes: int = NODES
) -> Real[Array, "*b"]:
    """sigma(e+ e- -> l+ l- X)/[g^2 sigma(e+ e- -> l+ l-)] by one photon at the energy sqrt(s) in
    GeV; 0 for m + 2 m_l >= sqrt(s), NaN for m <= 0.

        R = int dW^2 dD1 H/[64 pi^2 s (s + 2 m_l^2) beta],  beta = sqrt(1 - 4 m_l^2/s)

    with H of ``squared_amplitude`` and W the mass of l+ l-. Radiation off e+ e- is left out: X does
    not couple to electrons. Source: arXiv:1609.06781 for the amplitudes, PDG 2024, review
    'Kinematics', sec. 49.4.3.
    """
    mass, lepton, energy = floats(mass, lepton, energy)
    return _pairs(kind, mass, lepton, energy, nodes)


@partial(jax.jit, static_argnames=("kind", "nodes"))
def _pairs(kind: Kind, mass: Array, lepton: Array, energy: Array, nodes: int) -> Array:
    s = energy**2
    is_open = mass + 2 * lepton < energy
    safe = jnp.where(is_open, mass, energy / 2)[..., None]
    unit, weights = unit_rule(nodes, safe.dtype)
    # The energy of X is M cosh(rapidity); its density is even in the rapidity, and a root at the end.
    top = jnp.arccosh((s + safe**2 - 4 * lepton**2) / (2 * energy * safe))
    rapidity = top * jnp.sin(jnp.pi / 2 * unit)
    along = top * jnp.pi / 2 * jnp.cos(jnp.pi / 2 * unit) * weights
    boson, momentum = safe * jnp.cosh(rapidity), safe * jnp.sinh(rapidity)
    pair = s + safe**2 - 2 * energy * boson
    velocity = jnp.sqrt(jnp.maximum(1 - 4 * lepton**2 / pair, 0))
    middle, reach = energy * boson, velocity * energy * momentum
    # D1 = middle (1 + b c), D2 = middle (1 - b c) with b c = tanh(y): 1/(D1 D2) is flat in y.
    bound = jnp.arctanh(reach / middle)[..., None]
    y = bound * unit
    tilt = jnp.tanh(y)
    first, second = middle[..., None] * (1 + tilt), middle[..., None] * (1 - tilt)
    density = squared_amplitude(kind, s, first, second, safe[..., None], lepton)
    inner = 2 * jnp.sum(density * (1 - tilt**2) * bound * weights, axis=-1) * middle
    total = jnp.sum(inner * 2 * energy * momentum * along, axis=-1)
    two_body = 4 * (s + 2 * lepton**2) * jnp.sqrt(1 - 4 * lepton**2 / s) / (8 * jnp.pi)
    return jnp.where(is_open, total / (128 * jnp.pi**3 * s) / two_body, 0)


def emission(
    kind: Kind,
    share: Real[ArrayLike, "*b"],
    transfer: Real[ArrayLike, "*b"],
    mass: Real[ArrayLike, "*b"],
    lepton: Real[ArrayLike, "*b"],
    alpha: Real[ArrayLike, ""],
) -> Real[Array, "*b"]:
    """d sigma/(dx dU) of l N -> l N X over g^2 times the flux of photons, GeV^-4.

        alpha^2/(4 pi) (1 - x) A/U^2,  A = -H/4 at q^2 = 0, D1 = U/(1 - x), D2 = -U

    x is the ``share`` of the energy that X takes, U = m_l^2 - (l - X)^2 = (E theta)^2 x + m^2 (1 -
    x)/x + m_l^2 x the ``transfer``, H of ``squared_amplitude``. Source: arXiv:1609.06781 and, for
    m_l = 0, arXiv:0906.0580, eq. (A7).
    """
    x, u, mass, lepton, alpha = floats(share, transfer, mass, lepton, alpha)
    amplitude = -squared_amplitude(kind, jnp.zeros_like(u), u / (1 - x), -u, mass, lepton) / 4
    return alpha**2 / (4 * jnp.pi) * (1 - x) * amplitude / u**2


def bremsstrahlung(
    kind: Kind,
    mass: Real[ArrayLike, "*b"],
    lepton: Real[ArrayLike, ""],
    beam: Real[ArrayLike, ""],
    nucleus: tuple[float, float],
    electron: Real[ArrayLike, ""],
    alpha: Real[ArrayLike, ""],
    shares: tuple[float, float] = (0.5, 1.0),
    nodes: int = NODES,
) -> Real[Array, "*b"]:
    """sigma(l N -> l N X)/g^2 in cm^2 where X takes a share of the ``beam`` energy (GeV) between
    these; 0 where that is less than its mass, NaN for m <= 0.

    The improved Weizsaecker-Williams approximation: photons of the nucleus (charge and mass
    number), elastic form factors alone, t between [U/(2 E (1 - x))]^2 and m^2 + m_l^2; of lead,
    less than 0.5 % of the flux lies above. Leptons are unpolarised. For muons of 160 GeV on lead
    it is 0.03 % (m = 10 MeV) to 1 % (1 GeV) above the tree level of l N -> l N X with a nucleus
    without spin, for each kind: the tests have that. Source: arXiv:1609.06781.
    """
    mass, lepton, beam, electron, alpha = floats(mass, lepton, beam, electron, alpha)
    return _bremsstrahlung(kind, mass, lepton, beam, nucleus, electron, alpha, shares, nodes)


@partial(jax.jit, static_argnames=("kind", "nucleus", "shares", "nodes"))
def _bremsstrahlung(
    kind: Kind,
    mass: Array,
    lepton: Array,
    beam: Array,
    nucleus: tuple[float, float],
    electron: Array,
    alpha: Array,
    shares: tuple[float, float],
    nodes: int,
) -> Array:
    # X has at least its own mass; where even the largest share is less, the rule below has no width.
    bounded = jnp.minimum(mass, shares[1] * beam)
    start = jnp.clip(bounded / beam, shares[0], shares[1])
    reach = jnp.sqrt(bounded**2 + lepton**2)
    # The lepton keeps the share r = 1 - x, at least what U = m^2 r/x + m_l^2 x <= 2 E r reach leaves.
    least = jnp.maximum(1.05 * lepton**2 / (2 * beam * reach - bounded**2 / start), 1 - shares[1])
    log_kept, along = legendre(jnp.log(least), jnp.log(jnp.maximum(1 - start, least)), nodes)
    is_mass, mass, reach = mass > 0, bounded[..., None], reach[..., None]
    kept = jnp.exp(log_kept)
    x = 1 - kept
    lowest = mass**2 * kept / x + lepton**2 * x
    highest = jnp.maximum(2 * beam * kept * reach, lowest)
    log_u, across = legendre(jnp.log(lowest), jnp.log(highest), nodes)
    u = jnp.exp(log_u)
    x, kept, mass = x[..., None], kept[..., None], mass[..., None]
    flux = photon_flux((u / (2 * beam * kept)) ** 2, mass**2 + lepton**2, *nucleus, electron)
    velocity = jnp.sqrt(jnp.maximum(1 - (mass / (x * beam)) ** 2, 1e-30))
    density = emission(kind, x, u, mass, lepton, alpha) * flux * velocity
    total = jnp.sum(jnp.sum(density * u * across, axis=-1) * kept[..., 0] * along, axis=-1)
    return jnp.where(is_mass, GEV_MINUS2_IN_CM2 * total, jnp.nan)
