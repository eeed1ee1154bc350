"""What a parameter of a point may be, and what a point says of them."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jt3r
import jt3r.names
import jt3r.parameter


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("mA", "m_aprime"), ("MA", "m_aprime"), ("mphi", "m_phi"), ("V", "v"), ("m_Aprime", "m_aprime"), ("mchi", "m_eta")],
)
def test_what_physicists_type_is_understood(typed, meant):
    for attempt in (lambda: jt3r.Point(**{typed: 1.0}), lambda: jt3r.Point().with_values(**{typed: 1.0})):
        with pytest.raises(TypeError, match=f"did you mean '{meant}'"):
            attempt()
    with pytest.raises(KeyError, match=f"did you mean '{meant}'"):
        jt3r.parameters[typed]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"m_phi": -1}, r"^m_phi = -1: must be a finite number above zero$"),
        ({"m_phi": 0.0}, r"^m_phi = 0.0: must be a finite number above zero$"),
        ({"m_phi": np.nan}, r"^m_phi = nan: must be a finite number above zero$"),
        ({"delta": np.inf}, r"^delta = inf: must be a finite number$"),
        ({"C9_bsmumu": 1j}, r"^C9_bsmumu = 1j: must be a finite number, or an array of them$"),
        ({"m_phi": "0.1"}, r"^m_phi = '0.1': must be a finite number above zero, or an array"),
        ({"m_phi": True}, r"^m_phi = True: must"),
        ({"m_phi": [[1.0], [2.0, 3.0]]}, r"^m_phi = .*: must"),
        ({"m_phi": jnp.array([0.1, -0.2, 0.3])}, r"^m_phi = -0.2 among 3 values: each must be a finite number above zero$"),
        (
            {"m_phi": jnp.ones(3), "m_aprime": jnp.ones((4, 1)), "v": jnp.ones((2, 1))},
            r"do not broadcast: v \(2, 1\), m_aprime",
        ),
        ({"dataset": "today"}, r"allowed are paper2021, data2026"),
    ],
)
def test_a_value_that_is_not_allowed(values, message):
    with pytest.raises(ValueError, match=message):
        jt3r.Point(**values)
    with pytest.raises(ValueError, match=message):
        jt3r.Point().with_values(**values)


def test_traced_values_and_holes_of_an_array_are_left_alone():
    pull = jt3r.observables["pull_gm2"]
    assert np.isfinite(jax.jit(lambda m: pull(jt3r.Point(m_aprime=0.11, m_phi=m)))(0.08))
    assert jt3r.Point(m_phi=jnp.array([0.1, jnp.nan])).m_phi.shape == (2,)


def test_what_a_copy_replaces_and_keeps():
    point = jt3r.Point(m_aprime=0.11, m_phi=0.0792)
    copy = point.with_values(m_phi=1, dataset="current")
    assert (float(copy.m_phi), copy.m_aprime, copy.dataset) == (1.0, point.m_aprime, "current")
    assert copy.m_phi.dtype == point.m_phi.dtype
    assert jax.tree.structure(point.with_values(m_phi=0.08)) == jax.tree.structure(point)


def test_a_point_says_what_is_set():
    text = repr(jt3r.Point(m_phi=jnp.linspace(0.07, 0.11, 5), C9_bsmumu=-0.5))
    assert "m_phi=[0.07 .. 0.11; 5] GeV" in text
    assert "C9_bsmumu=-0.5" in text
    assert "C10_bsmumu" not in text
    assert "m_aprime" not in text


def test_a_value_without_a_name_is_refused():
    with pytest.raises(TypeError, match=r"^Point takes its parameters by name: Point\(v=\.\.\.\)$"):
        jt3r.Point(0.11, 0.0792)
