"""The point of U(1)_T3R."""

import jax
import jax.numpy as jnp
import pytest

from jt3r import Point, observables
from jt3r.point import PARAMETERS


def test_missing_parameters_are_named():
    with pytest.raises(ValueError, match="delta_a_mu needs m_aprime, m_phi"):
        observables["delta_a_mu"](Point())


def test_point_is_an_immutable_pytree():
    point = Point(m_phi=0.08, m_aprime=1)
    assert point.m_aprime.dtype == jnp.float64
    with pytest.raises(AttributeError):
        point.m_phi = 0.1
    assert float(point.with_values(m_phi=0.1).m_phi) == 0.1
    assert float(point.m_phi) == 0.08
    assert len(jax.tree.leaves(point)) == sum(getattr(point, name) is not None for name in PARAMETERS)
