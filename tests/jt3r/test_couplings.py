"""Particles by their couplings: what a model has, what a point does not give, chiral to vector and axial."""

import copy
import pickle

import jax
import jax.numpy as jnp
import pytest

from jt3r.constants import ALPHA_EM
from jt3r.couplings import (
    ELECTRIC_CHARGE,
    Absent,
    Couplings,
    DarkMatter,
    Fermions,
    Scalar,
    Vector,
    dark_matter,
    is_given,
    lepton,
    mixed,
    own,
    scalar,
    vector,
)
from jt3r.errors import NotGiven

PI = 3.141592653589793


@pytest.mark.parametrize(
    "use",
    [
        lambda x: x + 1,
        lambda x: 1 - x,
        lambda x: x * x,
        lambda x: 2 / x,
        lambda x: x**2,
        lambda x: -x,
        abs,
        float,
        lambda x: x < 1,
        lambda x: x.mass,
        jnp.sqrt,
        lambda x: jnp.asarray(1.0) * x,
    ],
)
def test_whatever_is_done_with_an_absent_value_names_the_parameter(use):
    with pytest.raises(NotGiven, match="m_eta") as found:
        use(Absent("m_eta"))
    assert found.value.parameter == "m_eta"


def test_an_absent_value_may_be_carried_about():
    absent = Absent("m_eta")
    assert copy.deepcopy(absent) == pickle.loads(pickle.dumps(absent)) == absent
    assert jax.tree.leaves(absent) == []
    assert [is_given(value) for value in (None, absent, 0.0, jnp.zeros(2))] == [False, False, True, True]


@pytest.mark.parametrize(("of", "name"), [(vector, "A'"), (scalar, "phi'"), (dark_matter, "eta")])
def test_a_particle_that_the_model_does_not_have(of, name):
    with pytest.raises(ValueError, match=f"^the model has no {name}$"):
        of(Couplings())


def test_particles_are_given_back():
    a, p, d = Vector(0.1), Scalar(0.2), DarkMatter(0.03)
    c = Couplings(a, p, d)
    assert (vector(c), scalar(c), dark_matter(c)) == (a, p, d)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [(None, None, None), (3.0, None, (1.5, -1.5)), (None, 3.0, (1.5, 1.5)), (1.0, 3.0, (2.0, 1.0)), (2.0, 2.0, (2.0, 0.0))],
)
def test_chiral_couplings_are_vector_and_axial(left, right, expected):
    """g_L P_L + g_R P_R = (g_L + g_R)/2 + (g_R - g_L)/2 gamma_5."""
    assert own(Vector(0.1, left=Fermions(mu=left), right=Fermions(mu=right)), "mu") == expected


def test_mixing_couples_to_the_charge():
    assert pytest.approx((4 * PI * ALPHA_EM) ** 0.5, rel=1e-15) == ELECTRIC_CHARGE
    a = Vector(0.1, mixing=1e-4)
    for fermion, charge in {"e": -1, "tau": -1, "u": 2 / 3, "s": -1 / 3}.items():
        assert mixed(a, fermion) == pytest.approx(charge * 1e-4 * ELECTRIC_CHARGE, rel=1e-15)
    assert mixed(Vector(0.1), "u") is None


def test_mixing_adds_to_a_leptons_own_coupling_if_its_sign_is_known():
    shift = -1e-4 * ELECTRIC_CHARGE
    right = Fermions(mu=2e-3)
    assert lepton(Vector(0.1), "mu") is None
    assert lepton(Vector(0.1, mixing=1e-4), "mu") == (shift, 0.0)
    assert lepton(Vector(0.1, right=right), "mu") == (1e-3, 1e-3)
    assert lepton(Vector(0.1, mixing=1e-4, right=right), "mu") == (1e-3 + shift, 1e-3)
    assert lepton(Vector(0.1, mixing=1e-4, right=right, interferes=False), "mu") == (1e-3, 1e-3)
