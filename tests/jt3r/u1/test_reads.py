"""Which parameters a function reads: by tracing, with what opens once more is given."""

import jax
import jax.numpy as jnp
import pytest

from jt3r import Point
from jt3r.couplings import Absent
from jt3r.errors import NotGiven
from jt3r.u1 import reads


def of(function, *given):
    return reads.read_by(lambda point: reads.given(function(reads.filled(point))), Point, frozenset(given))


def test_what_is_lacking_and_what_has_a_default_is_found():
    assert of(lambda p: p.m_phi * p.v) == ("v", "m_phi")
    assert of(lambda p: p.m_eta / p.m_aprime, "m_eta") == ("m_aprime", "m_eta")
    assert of(lambda p: jnp.ones(())) == ()


def test_a_value_that_is_looked_at_but_does_not_count_is_left_out():
    assert of(lambda p: p.m_phi + 0 * jnp.zeros_like(p.v)) == ("m_phi",)
    assert of(lambda p: jax.jit(lambda a, b: a)(p.m_phi, p.v)) == ("m_phi",)  # inside another program too


def test_a_parameter_as_it_stands_is_read_too():
    assert of(lambda p: p.m_phi) == ("m_phi",)
    with pytest.raises(NotGiven, match="m_eta"):
        reads.given(reads.filled(Point()).m_eta)
    assert reads.given(0.5) == 0.5


def test_structure_counts():
    def opens(point):
        return point.m_aprime if isinstance(point.m_eta, Absent) else point.m_aprime + point.m_eta

    assert of(opens) == ("m_aprime",)
    assert of(opens, "m_eta") == ("m_aprime", "m_eta")


def test_emptied_undoes_filled():
    point = Point(m_phi=0.1)
    full = reads.filled(point)
    assert full.m_eta == Absent("m_eta")
    assert float(full.m_phi) == 0.1
    assert reads.emptied(full).m_eta is None
    assert reads.emptied(full).m_phi is point.m_phi
    assert full.dataset == point.dataset


def test_an_error_that_giving_the_parameter_does_not_end_is_raised():
    def stubborn(point):
        raise NotGiven("m_eta")

    with pytest.raises(NotGiven, match="m_eta"):
        of(stubborn)


def test_what_is_lacking_is_named_even_where_the_value_does_not_move_with_it():
    assert of(lambda p: p.v + 0 * jnp.zeros_like(p.m_phi)) == ("v", "m_phi")
    assert of(lambda p: p.v + 0 * jnp.zeros_like(p.m_phi), "m_phi") == ("v",)
