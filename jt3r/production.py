"""How an A' is made: for each channel the amplitude that multiplies its unit-coupling rate, from
the couplings.

Channels: ``pion`` and ``eta`` (pi0, eta -> gamma A', over the amplitude of a photon), ``proton``
(vector coupling in units of 1), ``longitudinal`` (a longitudinal A' in place of a pi0, over the
pion's own amplitude), ``electron`` and ``muon`` (over e).
"""

from typing import Literal, NamedTuple

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from .couplings import CHARGES, ELECTRIC_CHARGE, Couplings, Vector, own, vector
from .data.inputs import inputs

Recipe = Literal["km", "direct", "full", "paper_estimator"]
"""``km``: by mixing alone. ``direct``: by the couplings to quarks and leptons too. ``full``: of the
longitudinal A' too, made wherever a pi0 is. The ``paper_estimator`` is no recipe but the paper's
own count of events, with couplings as ``direct``.
"""


class Meson(NamedTuple):
    """Quark content of a meson: amplitude of gamma A' is sum_q c_q Q_q x_q, over sum_q c_q Q_q^2
    for a photon.
    """

    u: float
    d: float
    s: float


MESONS = {"pion": Meson(1, -1, 0), "eta": Meson(1, 1, -1)}
"""pi0 = (uu - dd)/sqrt2, eta = (uu + dd - ss)/sqrt3. Source of the eta: mixing angle of -19.5
degrees, arcsin(1/3).
"""


def amplitude(c: Couplings, channel: str, direct: ArrayLike = 1.0) -> Array:
    """The amplitude of a channel; ``direct`` = 0 leaves out the couplings beside kinetic mixing.

    mesons: eps + sum_q c_q Q_q v_q/(e sum_q c_q Q_q^2); proton: e eps + 2 v_u + v_d; longitudinal:
    F (a_u - a_d)/m_A', F/(sqrt2 V) for U(1)_T3R at any mass; electron, muon: hypot of eps + v/e and
    a/e, which are one at high energy.

    The longitudinal one: the divergence of the isovector axial current is that of the pion, and the
    pole of the pion drops out for an A' on its mass shell, eps.k = 0. What is left is the amplitude
    of the process with a pi0, good to (m_A'/E)^2 and (m_pi/GeV)^2; the isoscalar part is left out.
    """
    a = vector(c)
    mixing = jnp.zeros_like(a.mass) if a.mixing is None else a.mixing
    direct = jnp.asarray(direct)
    if channel in MESONS:
        return mixing + direct * _meson(a, MESONS[channel]) / ELECTRIC_CHARGE
    if channel == "proton":
        return ELECTRIC_CHARGE * mixing + direct * (2 * _part(a, "u", 0) + _part(a, "d", 0))
    if channel == "longitudinal":
        return direct * (_part(a, "u", 1) - _part(a, "d", 1)) * inputs()["chiral_constant"] / a.mass
    lepton = {"electron": "e", "muon": "mu"}[channel]
    if own(a, lepton) is None:
        return mixing
    along = mixing + direct * _part(a, lepton, 0) / (CHARGES[lepton] * ELECTRIC_CHARGE)
    return jnp.hypot(along, direct * _part(a, lepton, 1) / ELECTRIC_CHARGE)


def proton(c: Couplings, direct: ArrayLike = 1.0) -> tuple[Array, Array]:
    """Isovector and isoscalar vector couplings of the proton, e eps + v_u - v_d and e eps + 3 (v_u
    + v_d): each meets a form factor of its own, which is 1/2 at mass 0.
    """
    a, direct = vector(c), jnp.asarray(direct)
    mixing = jnp.zeros_like(a.mass) if a.mixing is None else ELECTRIC_CHARGE * a.mixing
    up, down = _part(a, "u", 0), _part(a, "d", 0)
    return mixing + direct * (up - down), mixing + direct * (3 * (up + down))


def _meson(a: Vector, meson: Meson) -> Array:
    weights = {quark: getattr(meson, quark) * CHARGES[quark] for quark in meson._fields}
    norm = sum(weight * CHARGES[quark] for quark, weight in weights.items())
    return sum((_part(a, quark, 0) * (weight / norm) for quark, weight in weights.items()), start=jnp.zeros_like(a.mass))


def _part(a: Vector, fermion: str, which: int) -> Array:
    """The vector (0) or axial (1) coupling that a fermion has of its own, 0 if it has none."""
    found = own(a, fermion)
    return jnp.zeros_like(a.mass) if found is None else jnp.asarray(found[which])
