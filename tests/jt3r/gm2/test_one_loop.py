"""Moments from couplings: what goes into the kernels, which have tests against 30 digits of their own."""

import jax.numpy as jnp
import numpy as np
import pytest

from jt3r import Point, observables
from jt3r.constants import ALPHA_EM, M_E, M_MU
from jt3r.couplings import ELECTRIC_CHARGE, Couplings, Fermions, Scalar, Vector
from jt3r.gm2 import one_loop
from jt3r.kernels.loops import l_vector
from jt3r.kernels.loops.gminus2 import neutral_scalar, neutral_vector


def test_mixing_in_the_muon_vertex():
    """Twice the product of the vector couplings, -2 (g/2) e eps l_V/(4 pi^2) of the moment, for either sign."""
    point = Point(m_aprime=0.1, m_phi=0.08)
    plain, eps = float(observables["delta_a_mu"](point)), 1e-5
    up, down = (float(observables["delta_a_mu_mixed"](point.with_values(kinetic_mixing=s * eps))) for s in (1, -1))
    assert float(observables["delta_a_mu"](point.with_values(kinetic_mixing=eps))) == plain
    assert up - plain == pytest.approx(plain - down, rel=1e-2)
    assert (up - plain) / (2 * eps * (4 * np.pi * ALPHA_EM) ** 0.5 * 0.1 / (2 * 200**0.5)) == pytest.approx(
        float(l_vector(0.1 / M_MU)) / (4 * np.pi**2), rel=1e-2
    )
    with pytest.raises(ValueError, match="muon's"):
        observables["pull_gm2"](point.with_values(m_mu=5.11e-4))


def test_a_dark_higgs_alone():
    c = Couplings(phi=Scalar(jnp.asarray(0.08), Fermions(mu=2e-3)), m_mu=jnp.asarray(M_MU))
    expected = float(neutral_scalar(0.08, M_MU, 2e-3))
    assert float(one_loop.by_scalar(c)) == pytest.approx(expected, rel=1e-14)
    assert float(one_loop.moment(c)) == float(one_loop.by_scalar(c))
    assert one_loop.by_scalar(c, "e") == 0


@pytest.mark.parametrize(
    ("left", "right", "mixing", "with_mixing", "expected"),
    [
        (None, 1e-3, None, False, (5e-4, 5e-4)),
        (1e-3, None, None, False, (5e-4, -5e-4)),
        (None, 1e-3, 1e-4, False, (5e-4, 5e-4)),
        (None, 1e-3, 1e-4, True, (5e-4 - 1e-4 * ELECTRIC_CHARGE, 5e-4)),
        (1e-3, 3e-3, None, False, (2e-3, 1e-3)),
        (None, None, 1e-4, False, (-1e-4 * ELECTRIC_CHARGE, 0.0)),
        (None, None, None, False, (0.0, 0.0)),
    ],
)
def test_a_vector_by_its_vector_and_axial_couplings(left, right, mixing, with_mixing, expected):
    vector = Vector(jnp.asarray(0.05), mixing, Fermions(mu=left), Fermions(mu=right))
    found = one_loop.by_vector(Couplings(vector, m_mu=jnp.asarray(M_MU)), with_mixing=with_mixing)
    # One chirality alone: l_V and l_A cancel to a tenth in C_A', a few roundings more.
    assert float(found) == pytest.approx(float(neutral_vector(0.05, M_MU, *expected)), rel=1e-13)


def test_equal_chiralities_have_no_axial_part_down_to_a_small_mass():
    """Left and right the same object: no l_A, which diverges as 1/m^2."""
    same = Fermions(e=1e-3)
    found = one_loop.by_vector(Couplings(Vector(jnp.asarray(1e-5), None, same, same)), "e")
    assert float(found) == pytest.approx(float(neutral_vector(1e-5, M_E, 1e-3)), rel=1e-14)


def test_nothing_gives_nothing_and_a_muon_needs_its_mass():
    assert one_loop.moment(Couplings()) == 0
    with pytest.raises(ValueError, match="the model gives no m_mu"):
        one_loop.lepton_mass(Couplings())
    with pytest.raises(ValueError, match="the model has no phi'"):
        one_loop.by_scalar(Couplings())
