"""Observables called by hand at one point: one program for the value, one for value and slopes, kept."""

import os
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jt3r
from jt3r.programs.one_point import is_one_by_hand

POINT = jt3r.Point(m_aprime=0.11, m_phi=0.0792)
PULL = jt3r.observables["pull_gm2"]
PLAIN = PULL.value
"""The same, operation by operation."""

ROUNDING = 1e-11
"""Of a pull that is a difference of numbers a hundred times larger, in another order of operations: 100 x 1e-16 x the 20 or so
operations, and a factor for its slopes."""


def by_name(gradient):
    return {name: float(getattr(gradient, name)) for name in ("v", "m_aprime", "m_phi", "lambda_l", "m_mu")}


@pytest.mark.parametrize("name", ["pull_gm2", "ctau_aprime", "br_aprime_ee", "g_t3r", "R_K"])
def test_value_and_gradient_are_those_of_the_operations_one_by_one(name):
    entry = jt3r.observables[name]
    value, gradient = jax.value_and_grad(entry)(POINT)
    plain, slopes = jax.value_and_grad(entry.value)(POINT)
    assert float(value) == pytest.approx(float(plain), rel=ROUNDING)
    assert float(entry(POINT)) == pytest.approx(float(plain), rel=ROUNDING)
    for found, expected in zip(jax.tree.leaves(gradient), jax.tree.leaves(slopes), strict=True):
        assert float(found) == pytest.approx(
            float(expected), rel=ROUNDING, abs=1e-14
        )  # br_aprime_ee moves with no V but by rounding


def test_every_way_of_differentiating_gives_the_same():
    slopes = by_name(jax.grad(PLAIN)(POINT))
    expected = pytest.approx(slopes, rel=ROUNDING)
    assert by_name(jax.jacfwd(PULL)(POINT)) == expected
    assert by_name(jax.jit(jax.grad(PULL))(POINT)) == expected
    assert by_name(jax.vjp(PULL, POINT)[1](jnp.asarray(1.0))[0]) == expected
    assert float(jt3r.sensitivity.derivative(PULL, POINT, "m_phi")) == pytest.approx(slopes["m_phi"], rel=ROUNDING)
    assert float(jax.grad(lambda m: PULL(jt3r.Point(m_aprime=0.11, m_phi=m)) ** 2)(0.0792)) == pytest.approx(
        2 * float(PULL(POINT)) * slopes["m_phi"], rel=ROUNDING
    )


def test_second_derivatives_and_maps_are_those_of_the_operations():
    light = jt3r.observables["delta_a_mu_phi"]

    def at(observable):
        return lambda m: observable(POINT.with_values(m_phi=m))

    expected = float(jax.hessian(at(light.value))(0.0792))
    assert float(jax.hessian(at(light))(0.0792)) == pytest.approx(expected, rel=ROUNDING)
    assert float(jax.jit(jax.hessian(at(light)))(0.0792)) == pytest.approx(expected, rel=ROUNDING)
    masses = jnp.array([0.079, 0.0792])
    np.testing.assert_allclose(jax.vmap(at(light))(masses), light(POINT.with_values(m_phi=masses)), rtol=ROUNDING)
    slopes = [float(jax.grad(at(light.value))(m)) for m in masses]
    np.testing.assert_allclose(jax.vmap(jax.grad(at(light)))(masses), slopes, rtol=ROUNDING)


def test_only_single_points_called_by_hand_are_such():
    assert is_one_by_hand(POINT)
    assert not is_one_by_hand(POINT.with_values(m_phi=jnp.array([0.079, 0.08])))
    seen = []

    def look(point):
        seen.append(is_one_by_hand(point))
        return point.v

    jax.grad(look)(POINT)
    jax.jit(look)(POINT)
    jax.jit(lambda v: look(POINT) + v)(1.0)  # known numbers inside a program
    jax.eval_shape(lambda point: look(point), POINT)
    assert seen == [True, False, False, False]


def test_what_is_missing_is_named_as_before():
    with pytest.raises(jt3r.errors.NotGiven, match="m_phi"):
        PULL(jt3r.Point(m_aprime=0.11))
    with pytest.raises(ValueError, match="m_phi"):
        jax.grad(PULL)(jt3r.Point(m_aprime=0.11))


def test_a_user_s_own_function_is_called_as_it_stands():
    factor = [1.0]

    @jt3r.observable(unit="1", latex="x", source="none")
    def scaled(point):
        "A number that the user changes."
        return factor[0] * point.m_phi

    found = []
    for factor[0] in (1.0, 2.0):
        found.append(float(jt3r.observables["scaled"](POINT)))
    assert found == [0.0792, 2 * 0.0792]


SECOND = """
import jax, jt3r
point = jt3r.Point(m_eta=0.0333, m_phi=0.075, m_aprime=0.1)
compiled = []
jax.monitoring.register_event_duration_secs_listener(
    lambda event, seconds, **more: compiled.append(seconds) if event.endswith("backend_compile_duration") else None
)
value, slopes = jax.value_and_grad(jt3r.observables["ctau_aprime"])(point)
print(float(value), float(slopes.m_eta), float(slopes.v), len(compiled))
"""


def test_a_second_process_reads_the_programs_of_the_first(tmp_path):
    own = {name: value for name, value in os.environ.items() if name != "JAX_COMPILATION_CACHE_DIR"}
    own["XDG_CACHE_HOME"] = str(tmp_path)
    first, second = (
        subprocess.run([sys.executable, "-c", SECOND], env=own, capture_output=True, text=True, check=True).stdout.split()
        for _ in range(2)
    )
    assert first[:3] == second[:3]
    assert int(second[3]) < int(first[3])
    assert len(list(tmp_path.rglob("program-*"))) == 1
