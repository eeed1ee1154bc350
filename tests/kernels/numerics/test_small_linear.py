"""Least squares with a handful of unknowns: answers as good as LAPACK's, and a batch as one program that calls no library."""

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest

from jt3r.kernels.numerics.small_linear import least_squares


def problem(m, n, seed=0):
    """Columns from 1e-4 to 1e4 in size."""
    random = np.random.default_rng(seed)
    return random.normal(size=(m, n)) * 10.0 ** random.uniform(-4, 4, n), random.normal(size=m)


@pytest.mark.parametrize(("m", "n"), [(1, 1), (3, 3), (10, 4), (20, 6)])
def test_the_solution_is_that_of_30_digits(m, n):
    """Within 100 roundings times the condition of the matrix with columns of one size: reflections do not see their scale."""
    a, b = problem(m, n)
    with mpmath.workdps(30):
        exact = np.array([float(x) for x in mpmath.qr_solve(mpmath.matrix(a.tolist()), mpmath.matrix(b.tolist()))[0]])
    condition = np.linalg.cond(a / np.linalg.norm(a, axis=0))
    found = np.asarray(jax.jit(least_squares)(jnp.asarray(a), jnp.asarray(b)))
    sizes = np.linalg.norm(a, axis=0)
    assert np.abs((found - exact) * sizes).max() < 100 * 2.2e-16 * condition**2 * np.linalg.norm(b)


def test_neither_large_nor_small_columns_overflow():
    """1e-200 and 1e200, whose squares are no numbers; a column without first element."""
    a = np.array([[1e200, 0.0], [1e200, 1e-200], [0.0, 1e-200]])
    x = least_squares(jnp.asarray(a), jnp.array([1.0, 2.0, 1.0]))
    np.testing.assert_allclose(x * np.array([1e200, 1e-200]), [1, 1], rtol=1e-14)


def test_a_matrix_without_full_rank_has_no_finite_answer():
    assert not np.isfinite(least_squares(jnp.ones((3, 2)).at[:, 1].set(0), jnp.ones(3))).all()


def test_a_batch_for_cuda_calls_no_library():
    a, b = (jnp.stack(each) for each in zip(*(map(jnp.asarray, problem(8, 4, k)) for k in range(5)), strict=True))
    batch = jax.jit(jax.vmap(least_squares))
    text = jax.export.export(batch, platforms=["cuda"])(a, b).mlir_module()
    assert "custom_call" not in text
    assert "while" not in text
    for k in range(5):  # to the rounding of sums of 8 terms in another order
        np.testing.assert_allclose(batch(a, b)[k], least_squares(a[k], b[k]), rtol=1e-11)
    assert jax.jit(least_squares)(a[0].astype("float32"), b[0].astype("float32")).dtype == "float32"
