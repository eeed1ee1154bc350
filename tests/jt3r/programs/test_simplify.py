import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r import Point, observables
from jt3r.programs.simplify import without_repetition
from jt3r.sensitivity import derivative

NAMES = ("c_phi", "delta_a_mu_phi", "delta_a_mu", "pull_gm2", "cancellation")


def _gm2(given):
    point = Point(**given)
    values = [observables[name].function(point) for name in NAMES]
    return values, {name: derivative(observables[name].function, point, "m_phi") for name in NAMES}


def _given():
    return {name: jnp.asarray(value) for name, value in (("v", 10.0), ("m_aprime", 0.11), ("m_phi", 0.0792), ("m_mu", 0.1056))}


def _branches(function, *arguments):
    """Branches that the compiled program would hold, through all calls."""

    def count(value):
        if isinstance(value, tuple | list):
            return sum(map(count, value))
        inner = getattr(value, "jaxpr", value)
        equations = getattr(inner, "eqns", ())
        return sum((e.primitive.name == "cond") + sum(map(count, e.params.values())) for e in equations)

    return count(jax.make_jaxpr(function)(*arguments))


def test_a_result_that_one_function_drops_and_another_reads_is_there():
    def both(x):
        low = jax.lax.top_k(x, 2)[1]  # the values are dropped
        high, low_again = jax.lax.top_k(x, 2)
        return high, low, low_again

    x = jnp.asarray([3.0, 1.0, 2.0])
    for a, b in zip(both(x), jax.jit(without_repetition(both))(x), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_values_and_slopes_are_those_of_the_function():
    plain, simplified = jax.jit(_gm2)(_given()), jax.jit(without_repetition(_gm2))(_given())
    assert jax.tree.structure(plain) == jax.tree.structure(simplified)
    # one rounding of the terms of delta_a_mu, which cancel to 0.3 %, moves its own by 4e-14
    for a, b in zip(jax.tree.leaves(plain), jax.tree.leaves(simplified), strict=True):
        assert float(a) == pytest.approx(float(b), rel=1e-12)


def test_a_branch_that_many_functions_share_is_kept_once():
    assert _branches(without_repetition(_gm2), _given()) == 3  # c_phi, its slope, c_aprime
    assert _branches(_gm2, _given()) > 3


def test_operations_that_differ_in_a_number_or_a_constant_stay_apart():
    table, other = jnp.arange(3.0), jnp.arange(3.0) + 1

    def function(x):
        return x * 2 + 1, x * 3 + 1, jnp.sum(table * x), jnp.sum(other * x), x.astype(jnp.float32), jnp.where(x > 0, x, 0.0)

    found, expected = without_repetition(function)(jnp.asarray(1.5)), function(jnp.asarray(1.5))
    np.testing.assert_array_equal([float(x) for x in found], [float(x) for x in expected])
    assert [x.dtype for x in found] == [x.dtype for x in expected]


def test_loops_and_unused_results():
    def function(x):
        top, _ = jax.lax.top_k(x, 2)
        return top, jax.lax.fori_loop(0, 5, lambda k, y: y * 0.5 + x, x), jax.lax.fori_loop(0, 5, lambda k, y: y * 0.5 + x, x)

    x = jnp.asarray([1.0, 3.0, 2.0])
    for a, b in zip(without_repetition(function)(x), function(x), strict=True):
        np.testing.assert_array_equal(a, b)
    text = str(jax.make_jaxpr(without_repetition(function))(x))
    assert text.count("scan[") + text.count("while[") == 1
