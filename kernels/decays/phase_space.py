"""Phase space of two- and three-body decays: momenta, invariants and rules of integration that hold
at thresholds.

Masses and momenta in GeV. Source: PDG 2024, review 'Kinematics', secs. 49.4.2 and 49.4.3.
"""

from collections.abc import Callable

import jax.numpy as jnp
from jaxtyping import Array, Real

from ..numerics.quadrature import unit_rule

NODES = 32
"""Nodes in each direction of ``integrate``: 1e-9 of a leptonic rate."""


def momentum(parent: Real[Array, "*b"], first: Real[Array, "*b"], second: Real[Array, "*b"]) -> Real[Array, "*b"]:
    """Momentum of the daughters in the rest frame of the parent, GeV; the parent must be the
    heavier.

    Factors of the triangle function are kept apart, so that it is exact next to threshold.
    """
    above, apart = parent**2 - (first + second) ** 2, parent**2 - (first - second) ** 2
    return jnp.sqrt(above * apart) / (2 * parent)


def integrate(
    density: Callable[[Array, Array], Array],
    parent: Real[Array, "*b"],
    boson: Real[Array, "*b"],
    lepton: Real[Array, "*b"],
    nodes: int = NODES,
) -> Real[Array, "*b"]:
    """int dq^2 ds ``density``(q^2, s) over a decay P -> X l nu with a massless neutrino: q = l +
    nu, s = (l + X)^2.

    The three masses broadcast; the parent must be heavier than the others together. ``density``
    takes and returns arrays with two further axes, of ``nodes`` each. In q the integrand ends as a
    square root at the largest value: the rule is Gauss-Legendre in t with q = q_min + (q_max -
    q_min) sin^2(pi t/2).
    """
    parent, boson, lepton = jnp.broadcast_arrays(parent, boson, lepton)
    unit, weights = unit_rule(nodes, parent.dtype)
    span = (parent - boson - lepton)[..., None]
    angle = jnp.pi / 2 * unit
    q = lepton[..., None] + span * jnp.sin(angle) ** 2
    q_weight = 2 * q * span * jnp.pi * jnp.sin(angle) * jnp.cos(angle) * weights
    parent, boson, lepton = parent[..., None], boson[..., None], lepton[..., None]
    # Energies of lepton and boson in the frame of q, and the momenta that go with them.
    lepton_energy, lepton_momentum = (q**2 + lepton**2) / (2 * q), (q**2 - lepton**2) / (2 * q)
    boson_energy = (parent**2 - q**2 - boson**2) / (2 * q)
    boson_momentum = (
        parent
        * jnp.sqrt((parent - q - boson) * (parent + q - boson) * (parent - q + boson) * (parent + q + boson))
        / (2 * parent * q)
    )
    middle = boson**2 + lepton**2 + 2 * boson_energy * lepton_energy
    reach = 2 * boson_momentum * lepton_momentum
    s = middle[..., None] + reach[..., None] * (2 * unit - 1)
    values = density((q**2)[..., None], s)
    return jnp.sum(jnp.sum(values * weights, axis=-1) * 2 * reach * q_weight, axis=-1)


def three_body_rate(squared_amplitude: Real[Array, "*b"], parent: Real[Array, "*b"]) -> Real[Array, "*b"]:
    """Gamma = int|M|^2 dq^2 ds/[(2 pi)^3 32 M^3], from the integral of the summed squared
    amplitude.
    """
    return squared_amplitude / ((2 * jnp.pi) ** 3 * 32 * parent**3)
