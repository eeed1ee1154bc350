"""Newton's method with second-order corrections: curved valleys, residuals that stay, saddle points, NaN."""

import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import least_squares

from jt3r.inference.newton import CONVERGED, CORRECTIONS, DAMPINGS, NEWTON_STEPS, STRETCHES, newton
from jt3r.inference.rough import allowed, levenberg_marquardt


def valley(x):
    """Rosenbrock's valley, ten thousand times narrower than it is long; smallest at (1, 1)."""
    return jnp.stack([1e4 * (x[1] - x[0] ** 2), 1 - x[0]])


def test_a_curved_valley_is_followed_where_straight_steps_creep():
    start = jnp.array([-1.2, 1.0])
    fit = jax.jit(lambda x: newton(valley, x))(start)
    # J at the minimum is ((-2e4, 1e4), (-1, 0)): the narrow width is 1e-4, along the valley it is 1
    np.testing.assert_allclose(fit.x, 1.0, atol=2 * CONVERGED)
    assert fit.gradient <= CONVERGED
    straight, _, spent = jax.jit(lambda x: levenberg_marquardt(valley, x, 1e-10, 64))(start)
    assert np.abs(straight - 1).max() > 0.1
    assert spent == 64 * 3


def test_a_residual_that_falls_as_an_exponential_is_left_behind_in_few_steps():
    """By 20 e-folds along a narrow valley, until its slope is 1e-10: more than twenty undamped steps of Newton's own."""

    def falling(x):
        return jnp.stack([1e3 * (x[1] - 2 * x[0]), jnp.exp(-10 * x[0])])

    fit = jax.jit(lambda x: newton(falling, x))(jnp.array([0.2, 0.5]))
    looks, tries = 6, (len(STRETCHES) + len(DAMPINGS)) * (1 + CORRECTIONS)
    assert fit.gradient <= CONVERGED / 100
    assert fit.evaluations < 15 * (looks + tries)


def test_residuals_that_cannot_vanish_end_where_scipy_does():
    """J. Kowalik, M. R. Osborne (1968), as test problem 15 of More, Garbow, Hillstrom, ACM TOMS 7, 17 (1981)."""
    u = np.array([4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625])
    y = np.array([0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246])

    def residuals(x):
        return 100 * (y - x[0] * (u**2 + u * x[1]) / (u**2 + u * x[2] + x[3]))

    start = np.array([0.25, 0.39, 0.415, 0.39])
    fit = jax.jit(lambda x: newton(residuals, x))(jnp.asarray(start))
    expected = least_squares(residuals, start, xtol=1e-15, ftol=1e-15, gtol=1e-15)
    assert fit.gradient <= CONVERGED
    # scipy stops where its cost moves by rounding, 1e-16 of it, which is 1e-8 in the worst determined parameter
    np.testing.assert_allclose(fit.x, expected.x, rtol=1e-6)
    # printed in the collection: 3.07505...e-4, cut off, for residuals a hundred times smaller
    assert 3.07505 <= float(fit.chi_square) < 3.07506


def test_a_start_at_a_saddle_goes_down():
    """x^4 - 2 x^2 + y^2 + 2 from the ridge at x = 0, but for 1e-6: to x = -1 or 1, where it is 1."""
    fit = newton(lambda x: jnp.stack([x[0] ** 2 - 1, x[1], jnp.ones(())]), jnp.array([1e-6, 0.5]))
    np.testing.assert_allclose(jnp.abs(fit.x), [1.0, 0.0], atol=CONVERGED)
    assert float(fit.chi_square) == pytest.approx(1.0, abs=1e-15)


def test_nan_all_around_gives_the_start_back():
    fit = newton(lambda x: x * jnp.nan, jnp.array([0.3, 0.4]))
    np.testing.assert_array_equal(fit.x, [0.3, 0.4])
    assert np.isnan(fit.chi_square)
    assert not fit.gradient <= CONVERGED


def test_a_wall_of_nan_beside_the_valley_is_not_crossed():
    """ln x cannot be left of zero; a full step from 20 for (ln x)^2 goes there."""
    fit = newton(lambda x: jnp.log(x), jnp.array([20.0]))
    np.testing.assert_allclose(fit.x, 1.0, atol=CONVERGED)


def test_single_precision_ends():
    fit = newton(lambda x: valley(x), jnp.array([-1.2, 1.0], jnp.float32))
    assert fit.x.dtype == jnp.float32
    np.testing.assert_allclose(fit.x, 1.0, atol=1e-2)  # chi-square is flat to 6e-8 of 1 over 2.4e-4, its valley bends
    assert fit.evaluations <= NEWTON_STEPS * (6 + (len(STRETCHES) + len(DAMPINGS)) * (1 + CORRECTIONS))


BATCHED = {"cusolver_getrf_ffi", "cu_lu_pivots_to_permutation", "cusolver_syevd_ffi"}
"""Calls that take a whole batch of matrices of up to 32 rows at once: JAX's ``solver_kernels_ffi.cc`` gives them to cuBLAS's
batched LU and to cuSOLVER's batched Jacobi.
"""


def calls_on_cuda(function):
    text = jax.export.export(jax.jit(jax.vmap(function)), platforms=["cuda"])(jnp.ones((64, 2))).mlir_module()
    return set(re.findall(r"custom_call @(\w+)", text))


def test_no_call_of_a_library_takes_the_starts_of_a_gpu_one_by_one():
    """Those for the reflections of a QR factorisation (orgqr, ormqr) would."""
    assert calls_on_cuda(lambda x: levenberg_marquardt(valley, x, 1e-10, 64)[0]) == set()
    assert calls_on_cuda(lambda x: newton(valley, x).x) <= BATCHED
    assert calls_on_cuda(lambda x: allowed(valley, x)[0].x) <= BATCHED
