import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jt3r.kernels.numerics.roots import bracketed_root, nth_bracket, sign_changes
from tests.kernels.problems import assert_lowers_for_cuda

ACCURACY = 7e-15
"""Stated by ``bracketed_root``, of the larger end of the bracket."""


def test_all_roots_of_the_sine():
    nodes = jnp.linspace(0.5, 20.0, 40)
    changed = sign_changes(jnp.sin(nodes))
    assert int(changed.sum()) == 6
    for n in range(6):
        root = bracketed_root(jnp.sin, *nth_bracket(changed, nodes, n))
        assert float(root) == pytest.approx((n + 1) * np.pi, rel=2 * ACCURACY)
    assert np.isnan(nth_bracket(changed, nodes, 6)).all()
    assert np.isnan(bracketed_root(jnp.sin, *nth_bracket(changed, nodes, 6)))


def test_brackets_element_by_element():
    """Columns with different numbers of roots."""
    nodes = jnp.linspace(0.0, 4.0, 9)
    shift = jnp.asarray([0.25, 1.25, 9.0])
    changed = sign_changes((nodes[:, None] - shift) * (nodes[:, None] - shift - 2))
    assert changed.sum(0).tolist() == [2, 2, 0]
    lower, upper = nth_bracket(changed, nodes, 1)
    np.testing.assert_array_equal(lower, [2.0, 3.0, np.nan])
    np.testing.assert_array_equal(upper, [2.5, 3.5, np.nan])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, -1, -1, 1], [True, False, True]),
        ([0, 1, 1, 1], [True, False, False]),
        ([1, 0, -1, -1], [True, False, False]),
        ([1, 1, 1, 0], [False, False, True]),
        ([0, 0, 1, 1], [True, False, False]),
        ([np.nan, 1, -1, np.nan], [False, True, False]),
        ([1, np.nan, -1, -1], [False, False, False]),
        ([np.inf, -np.inf, 1, 1], [True, True, False]),
    ],
)
def test_sign_changes(values, expected):
    assert sign_changes(jnp.asarray(values, float)).tolist() == expected


@pytest.mark.parametrize("power", [1, 3, 9])
def test_a_root_on_a_node_is_found_exactly(power):
    nodes = jnp.asarray([-1.0, 0.0, 2.0])
    lower, upper = nth_bracket(sign_changes(nodes**power), nodes, 0)
    assert float(bracketed_root(lambda x: x**power, lower, upper)) == 0.0


@settings(max_examples=50, deadline=None)
@given(st.floats(0.01, 100), st.floats(0.01, 100), st.floats(-8, 8))
def test_any_bracket_of_a_steep_function(below, above, log_root):
    """tanh is flat where the bracket begins: interpolation alone would leave it."""
    lower, upper = jnp.asarray(log_root - below), jnp.asarray(log_root + above)
    root = bracketed_root(lambda x: jnp.tanh(x - log_root), lower, upper)
    assert abs(float(root) - log_root) <= ACCURACY * max(abs(log_root - below), abs(log_root + above))


def test_a_batch_with_nan_brackets():
    c = jnp.asarray([1.0, 2.0, 3.0, 4.0])
    lower, upper = jnp.asarray([0.0, jnp.nan, 0.0, jnp.nan]), jnp.asarray([5.0, 5.0, jnp.nan, jnp.nan])
    roots = bracketed_root(lambda x: x * x - c, lower, upper)
    assert float(roots[0]) == pytest.approx(1.0, abs=5 * ACCURACY)
    assert np.isnan(roots[1:]).all()
    slopes = jax.jacobian(lambda c: bracketed_root(lambda x: x * x - c, lower, upper))(c)
    assert float(slopes[0, 0]) == pytest.approx(0.5, rel=1e-14)
    assert (slopes[0, 1:] == 0).all()


def _square_root(a):
    return bracketed_root(lambda x: x * x - a, jnp.zeros_like(a), 10 * jnp.ones_like(a))


def test_first_and_second_derivatives_are_exact():
    a = jnp.asarray(2.0)
    exact = [2**0.5, 0.5 * 2**-0.5, -0.25 * 2**-1.5, 0.375 * 2**-2.5]
    third = jax.grad(jax.grad(jax.grad(_square_root)))
    # The root is good to 7e-14 (the bracket ends at 10), each derivative multiplies that by a small power.
    for function, expected in zip(
        (_square_root, jax.grad(_square_root), jax.grad(jax.grad(_square_root)), third), exact, strict=True
    ):
        assert float(function(a)) == pytest.approx(expected, rel=1e-12)
    value, slope = jax.jvp(_square_root, (a,), (jnp.ones_like(a),))
    assert (float(value), float(slope)) == pytest.approx(exact[:2], rel=1e-12)
    assert float(jax.hessian(_square_root)(a)) == pytest.approx(exact[2], rel=1e-12)


def test_derivatives_in_several_parameters():
    """x = (-b + sqrt(b^2 - 4ac))/2a: gradient and mixed second derivatives against those of the closed form."""

    def root(p):
        return bracketed_root(lambda x: p[0] * x * x + p[1] * x + p[2], jnp.asarray(0.0), jnp.asarray(3.0))

    def closed(p):
        return (-p[1] + jnp.sqrt(p[1] ** 2 - 4 * p[0] * p[2])) / (2 * p[0])

    p = jnp.asarray([1.5, 0.7, -2.0])
    np.testing.assert_allclose(jax.grad(root)(p), jax.grad(closed)(p), rtol=1e-12)
    np.testing.assert_allclose(jax.hessian(root)(p), jax.hessian(closed)(p), rtol=1e-11)


def test_the_ends_are_not_differentiated():
    slope = jax.grad(lambda end: bracketed_root(lambda x: x - 1.0, jnp.asarray(0.0), end))(jnp.asarray(3.0))
    assert float(slope) == 0.0


def test_float32_vmap_and_cuda():
    a = jnp.asarray([0.5, 2.0, 7.0], jnp.float32)
    roots = _square_root(a)
    assert roots.dtype == jnp.float32
    np.testing.assert_allclose(roots, np.sqrt(a), atol=20 * 10 * np.finfo(np.float32).eps)  # 16 eps of the larger end
    np.testing.assert_allclose(jax.vmap(_square_root)(a), roots, rtol=1e-6)
    for dtype in (jnp.float32, jnp.float64):
        assert_lowers_for_cuda(jax.value_and_grad(lambda a: _square_root(a).sum()), a.astype(dtype))


def test_bracketed_root_and_its_derivative():
    def cube_root(target):
        return bracketed_root(lambda x: x**3 - target, jnp.zeros_like(target), jnp.full_like(target, 10.0))

    values = jnp.array([1.0, 8.0, 27.0])
    assert np.allclose(cube_root(values), [1, 2, 3], rtol=1e-15)
    slopes = jax.vmap(jax.grad(cube_root))(values)
    assert np.allclose(slopes, 1 / (3 * np.array([1.0, 4.0, 9.0])), rtol=1e-14)


def test_bracketed_root_of_a_falling_function_from_infinity():
    root = bracketed_root(lambda x: jnp.where(x < 1, jnp.inf, 2 - x), jnp.asarray(0.0), jnp.asarray(5.0))
    assert float(root) == pytest.approx(2, rel=1e-15)
