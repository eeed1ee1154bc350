import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jt3r.kernels.loops import one_loop as loops
from tests.kernels.problems import assert_lowers_for_cuda
from tests.reference import loops as oracle

NAMES = ["c_phi", "c_aprime", "l_pseudoscalar", "l_vector", "l_axial"]
"""l_scalar is c_phi under its general name; ``test_scalar_is_c_phi`` holds that."""

JOINTS = [loops._R_SMALL, 1.0, 2.0, loops._R_LARGE]
POINTS = np.concatenate(
    [
        np.geomspace(1e-6, 1e6, 1500),
        np.random.default_rng(1).uniform(0.1, 10, 500),
        [joint + step for joint in JOINTS for step in (-1e-3, -1e-9, 0.0, 1e-9, 1e-3)],
        [np.nextafter(joint, 0) for joint in JOINTS],
    ]
)

# Stated in the module's docstring; what is measured is 50 to 500 times better.
VALUE = {"float64": 1e-13, "float32": 5e-6}
DERIVATIVE = {"float64": 1e-11, "float32": 1e-4}


def _worst(computed, exact):
    """Largest relative error and where, counted in the oracle's precision."""
    errors = [float(abs(mp.mpf(float(c)) / e - 1)) for c, e in zip(np.asarray(computed), exact, strict=True)]
    return max(errors)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", NAMES)
def test_value_against_30_digits(name, dtype):
    r = POINTS.astype(dtype)
    computed = getattr(loops, name)(jnp.asarray(r))
    assert computed.dtype == dtype
    assert _worst(computed, [oracle.value(name, float(x)) for x in r]) < VALUE[dtype]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", NAMES)
def test_derivative_against_30_digits(name, dtype):
    r = POINTS.astype(dtype)
    computed = jax.vmap(jax.grad(getattr(loops, name)))(jnp.asarray(r))
    assert computed.dtype == dtype
    assert _worst(computed, [oracle.derivative(name, float(x)) for x in r]) < DERIVATIVE[dtype]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", NAMES)
def test_second_derivative_against_30_digits(name, dtype):
    """Bounds of the first derivative, of what both derivatives change over a factor in r: the second has zeros. Measured are
    4e-13 and 2e-6.
    """
    r = POINTS[::20].astype(dtype)
    computed = jax.vmap(jax.grad(jax.grad(getattr(loops, name))))(jnp.asarray(r))
    exact = [(oracle.second_derivative(name, float(x)), oracle.derivative(name, float(x)) / float(x)) for x in r]
    errors = [abs(mp.mpf(float(c)) - e) / (abs(e) + abs(other)) for c, (e, other) in zip(computed, exact, strict=True)]
    assert max(errors) < DERIVATIVE[dtype]


@pytest.mark.parametrize("name", NAMES)
def test_second_derivative_is_finite(name):
    assert np.isfinite(jax.vmap(jax.grad(jax.grad(getattr(loops, name))))(jnp.asarray(POINTS))).all()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("r", [1e-3, 0.4, 0.9, 2.0, 2.000001, 3.8, 30.0, 1e4])
def test_oracle_is_the_integral(name, r):
    # mp.quad promises the working precision, 30 digits; 25 leaves room for its error estimate.
    assert abs(oracle.value(name, r) / oracle.integral(name, r) - 1) < mp.mpf(10) ** -25


def test_limits():
    assert float(loops.c_phi(0.0)) == 1.5
    assert float(jax.grad(loops.c_phi)(0.0)) == pytest.approx(-np.pi, rel=1e-15)  # one rounding
    assert float(loops.c_phi(1.0)) == pytest.approx(0.5, rel=1e-15)
    assert float(loops.c_phi(0.64952592)) == pytest.approx(2 / 3, rel=1e-8)  # r is given to eight digits
    assert float(loops.c_phi(jnp.inf)) == 0.0
    assert float(loops.c_aprime(0.0)) == 0.5
    assert float(jax.grad(loops.c_aprime)(0.0)) == 0.0
    assert float(loops.c_aprime(1.0)) == pytest.approx(np.pi / (3 * np.sqrt(3)), rel=1e-15)
    assert float(loops.c_aprime(jnp.inf)) == pytest.approx(2 / 3, rel=1e-15)
    assert float(loops.l_vector(0.0)) == 0.5
    assert float(loops.l_pseudoscalar(0.0)) == -0.5
    assert float(loops.l_axial(0.0)) == -np.inf


@pytest.mark.parametrize("name", [*NAMES, "l_scalar"])
def test_outside_the_domain_is_nan(name):
    assert np.isnan(getattr(loops, name)(jnp.asarray([np.nan, -1.0, -1e-300, -np.inf]))).all()


def test_scalar_is_c_phi():
    r = jnp.asarray(POINTS)
    assert (loops.l_scalar(r) == loops.c_phi(r)).all()


@given(st.floats(1e-3, 1e3), st.floats(1.0001, 10))
def test_monotone(r, factor):
    assert loops.c_phi(r * factor) < loops.c_phi(r)
    assert loops.c_aprime(r * factor) > loops.c_aprime(r)


@pytest.mark.parametrize("name", [*NAMES, "l_scalar"])
def test_shape_vmap_and_cuda(name):
    function = getattr(loops, name)
    r = jnp.linspace(0.1, 5, 12).reshape(3, 4)
    # Vectorised and scalar code of the compiler may contract multiply-add differently: a few roundings.
    np.testing.assert_allclose(jax.vmap(function)(r), function(r), rtol=4e-15)
    assert function(r).shape == (3, 4)
    assert function(1).shape == ()
    for dtype in ("float32", "float64"):
        assert_lowers_for_cuda(jax.value_and_grad(lambda x, f=function: f(x).sum()), r.astype(dtype))
