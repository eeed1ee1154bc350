import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest

from jt3r.kernels.uv import seesaw
from tests.kernels.problems import assert_lowers_for_cuda

CASES = [
    (174.1, 10.0, 16478.0),
    (174.1, 10.0, 8e5),
    (1.0, 1.0, 1e-6),
    (3.0, 3.0, 1e-12),
    (5.0, 0.2, 0.3),
    (1.0, 1e-8, 1e3),
]


@pytest.mark.parametrize(("a", "b", "m"), CASES)
def test_singular_values(a, b, m):
    with mp.workdps(40):
        exact = sorted(float(x) for x in mp.svd_r(mp.matrix([[0, a], [b, m]]), compute_uv=False))
    np.testing.assert_allclose(seesaw.exact_masses(a, b, m), exact, rtol=2e-15)  # half a dozen roundings


@pytest.mark.parametrize(("a", "b", "m"), CASES)
def test_angles_diagonalise(a, b, m):
    left, right = seesaw.exact_mixing(a, b, m)
    rotate = lambda t: np.array([[np.cos(t), np.sin(t)], [-np.sin(t), np.cos(t)]])  # noqa: E731
    diagonal = rotate(-float(left)) @ np.array([[0, a], [b, m]]) @ rotate(-float(right)).T
    scale = max(a, b, m)
    assert abs(diagonal[0, 1]) + abs(diagonal[1, 0]) < 1e-15 * scale * 4  # roundings of the products in the test


@pytest.mark.parametrize(("a", "b", "m"), CASES)
def test_gradients_are_exact_near_degeneracy(a, b, m):
    """d m_i/d(a, b, M) = u_i^T dM v_i, from the singular vectors at 60 digits, down to 1e-12 from degeneracy."""
    with mp.workdps(60):
        u, s, v = mp.svd_r(mp.matrix([[0, a], [b, m]]))
        order = [1, 0] if s[0] > s[1] else [0, 1]
        entries = [(0, 1), (1, 0), (1, 1)]
        exact = [[float(u[i, k] * v[k, j]) for i, j in entries] for k in order]
    jacobian = jax.jacobian(lambda p: jnp.stack(seesaw.exact_masses(*p)))(jnp.array([a, b, m]))
    # M/hypot(M, a - b) and the like: a - b is exact in these cases; the rest is a few roundings of the scale 1.
    np.testing.assert_allclose(jacobian, exact, rtol=1e-13, atol=1e-15)


def test_degenerate_and_massless_points_are_finite():
    for point in ([2.0, 2.0, 0.0], [0.0, 0.0, 0.0], [0.0, 1.0, 5.0]):
        jacobian = jax.jacobian(lambda p: jnp.stack(seesaw.exact_masses(*p)))(jnp.array(point))
        assert np.isfinite(jacobian).all()


def test_leading_order_is_leading():
    a, b, m = 174.1, 10.0, 16478.0
    for exact, leading in zip(seesaw.exact_masses(a, b, m), seesaw.leading_masses(a, b, m), strict=True):
        assert float(leading / exact) == pytest.approx(1, abs=((a**2 + b**2) / m**2))
    for exact, leading in zip(seesaw.exact_mixing(a, b, m), seesaw.leading_mixing(a, b, m), strict=True):
        assert float(leading / exact) == pytest.approx(1, abs=2 * ((a**2 + b**2) / m**2))


def test_inverse():
    a, b, light = 174.1, 10.0, 0.1056583755
    m = seesaw.vectorlike_mass(light, a, b)
    got_light, got_heavy = seesaw.exact_masses(a, b, m)
    assert float(got_light) == pytest.approx(light, rel=1e-14)
    assert float(got_heavy) == pytest.approx(float(seesaw.partner_mass(light, a, b)), rel=1e-14)
    assert np.isnan(float(seesaw.partner_mass(20.0, a, b)))


def test_light_yukawa_is_the_derivative_of_the_mass():
    a, b, m, vev = 174.1, 10.0, 1600.0, 10.0
    slope = jax.grad(lambda w: seesaw.exact_masses(a, b / vev * w, m)[0])(vev)
    assert float(seesaw.light_yukawa(a, b, m, vev)) == pytest.approx(float(slope) / np.sqrt(2), rel=1e-12)


@pytest.mark.parametrize(("d", "left", "right"), [(0.001, 0.03, 0.03), (1.0, 0.2, -3.0), (2.0, -1.0, -0.5), (0.0, 0.0, 4.0)])
def test_majorana_masses_are_the_eigenvalues(d, left, right):
    exact = np.sort(np.abs(np.linalg.eigvalsh([[left, d], [d, right]])))
    np.testing.assert_allclose(np.array(seesaw.majorana_masses(d, left, right)), exact, rtol=1e-13, atol=1e-15)


def test_dtype_and_cuda():
    arguments = [jnp.float32(x) for x in (174.1, 10.0, 16478.0)]
    assert all(x.dtype == jnp.float32 for x in seesaw.exact_masses(*arguments))
    assert_lowers_for_cuda(seesaw.exact_masses, *arguments)
    assert_lowers_for_cuda(seesaw.exact_mixing, *arguments)
