"""Residuals of counts, walls and upper limits against mpmath at 30 digits."""

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest

from jt3r.kernels.numerics.statistics import interval_wall, poisson, upper_limit
from tests.kernels.problems import assert_lowers_for_cuda

DIGITS = 30
DTYPES = (np.float32, np.float64)
TINY = mp.mpf(10) ** -DIGITS

# ln s, b, n; n = 0, no signal, s + b near n and far from it, 10^130 events
COUNTS = [
    (-np.inf, 0.3, 1.0),
    (-800.0, 0.3, 1.0),
    (-2.0, 0.3, 1.0),
    (-0.3567, 0.3, 1.0),
    (0.5, 0.3, 1.0),
    (5.0, 0.3, 1.0),
    (40.0, 0.3, 1.0),
    (3.0, 10.0, 100.0),
    (4.5, 10.0, 100.0),
    (4.4998, 10.0, 100.0),
    (-np.inf, 59.0, 100.0),
    (7.0, 1e4, 1e4),
    (-np.inf, 0.0, 0.0),
    (-30.0, 0.0, 0.0),
    (2.0, 0.0, 0.0),
    (2.0, 5.0, 0.0),
    (80.0, 0.0, 0.0),
]
# x = (s + b)/n - 1 on both sides of where the series takes over, and on both sides of zero
JOIN = [(float(np.log(100 * (1 + x) - 10)), 10.0, 100.0) for side in (-1, 1) for x in side * np.array([0.0199, 0.0201])]


def exact(log_signal, background, observed):
    """Residual and its slope in ln s."""
    with mp.workdps(2 * DIGITS):
        s, b, n = mp.exp(mp.mpf(float(log_signal))), mp.mpf(float(background)), mp.mpf(float(observed))
        if n == 0:
            return mp.sqrt(2 * s), mp.sqrt(s / 2)
        deviance = 2 * (s + b - n - n * mp.log((s + b) / n))
        value = mp.sign(s + b - n) * mp.sqrt(deviance)
        return value, s * (1 - n / (s + b)) / value


def rounding(log_signal, background, observed):
    """Absolute error of the residual per rounding of s + b: sqrt(n) of (s + b - n)/n."""
    total = mp.exp(mp.mpf(float(log_signal))) + background
    return float(total / mp.sqrt(observed)) if observed and total < 10 * observed else 0.0


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("count", COUNTS + JOIN)
def test_poisson_and_its_gradient(count, dtype):
    count = tuple(dtype(number) for number in count)
    eps = float(np.finfo(dtype).eps)
    value, slope = jax.value_and_grad(poisson)(*count)
    assert value.dtype == slope.dtype == dtype
    expected, expected_slope = exact(*count)
    # s + b carries two roundings. The rest is x - ln(1 + x), where 2/|x| <= 100 roundings are lost at the join, and
    # up to 128 in XLA's log1p(-0.41) = -0.53, 1.4e-14 of a difference of 0.118: halved by the root, 270 eps.
    assert abs(float(value) - float(expected)) <= 270 * eps * abs(float(expected)) + 2 * eps * rounding(*count)
    # the slope divides by it, with a difference that loses 50 roundings at the join; it underflows below the smallest number
    smallest = float(np.finfo(dtype).tiny)
    assert abs(float(slope) - float(expected_slope)) <= 300 * eps * abs(float(expected_slope)) + smallest


def test_poisson_is_smooth_where_the_count_is_as_expected():
    """At s + b = n the residual is zero, its slope in ln s is s/sqrt(n); mpmath's difference quotient would be 0/0."""
    value, slope = jax.value_and_grad(poisson)(np.log(90.0), 10.0, 100.0)
    assert abs(float(value)) < 1e-14
    assert float(slope) == pytest.approx(9.0, rel=1e-14)
    curvature = jax.grad(jax.grad(lambda log_signal: poisson(log_signal, 10.0, 100.0) ** 2))(np.log(90.0))
    # -2 ln L has the curvature 2 s^2 n/(s + b)^2 + 2 s (1 - n/(s + b))
    assert float(curvature) == pytest.approx(2 * 90**2 / 100, rel=1e-12)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("observed", [0.0, 1.0])
def test_poisson_of_any_signal_that_is_a_number_has_a_value_and_a_gradient(dtype, observed):
    largest = np.log(np.finfo(dtype).max) - dtype(1)
    count = tuple(dtype(number) for number in (largest, 0.3, observed))
    value, slope = jax.value_and_grad(poisson)(*count)
    expected, expected_slope = exact(*count)
    # an exponential reduces its argument with a rounding of ln s at worst
    tolerance = float(largest * np.finfo(dtype).eps)
    assert float(value) == pytest.approx(float(expected), rel=tolerance)
    assert float(slope) == pytest.approx(float(expected_slope), rel=tolerance)


def test_an_event_without_background_excludes_no_signal():
    assert float(poisson(-np.inf, 0.0, 1.0)) == -np.inf


def test_poisson_rises_through_the_join():
    x = np.concatenate([np.linspace(-0.0201, -0.0199, 2001), np.linspace(0.0199, 0.0201, 2001)])
    # steps of 1e-7 are far above the rounding of 1e-14
    assert np.all(np.diff(poisson(np.log(100 * (1 + x) - 10), 10.0, 100.0)) > 0)


def exact_wall(x, lower, upper, width):
    x, lower, width = mp.mpf(float(x)), mp.mpf(float(lower)), mp.mpf(float(width))
    if not lower < x < float(upper):
        return mp.mpf(0), mp.mpf(0)
    if np.isinf(upper):
        return (x - lower) / width, 1 / width
    upper = mp.mpf(float(upper))
    return (x - lower) * (upper - x) / ((upper - lower) * width), (lower + upper - 2 * x) / ((upper - lower) * width)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("lower", "upper"), [(0.03, 0.2), (0.0, 0.01), (0.03, np.inf), (0.03, 0.03)], ids=["both", "from zero", "one side", "empty"]
)
def test_interval_wall(lower, upper, dtype):
    lower, upper, width = dtype(lower), dtype(upper), dtype(1e-3)
    eps = float(np.finfo(dtype).eps)
    for x in np.array([-1.0, 0.0, 1e-6, 5e-3, 0.01, 0.03, 0.0300001, 0.07, 0.115, 0.19, 0.2, 0.3, 50.0], dtype):
        value, slope = jax.value_and_grad(interval_wall)(x, lower, upper, width)
        assert value.dtype == slope.dtype == dtype
        with mp.workdps(DIGITS):
            expected = exact_wall(x, lower, upper, width)
        assert float(value) == pytest.approx(float(expected[0]), rel=8 * eps, abs=0)
        # the slope is a difference of terms of 1/width
        assert float(slope) == pytest.approx(float(expected[1]), rel=8 * eps, abs=8 * eps / float(width))


def test_the_wall_has_the_slope_of_its_width_at_both_edges_and_its_square_a_continuous_gradient():
    a, b, width, inside = 0.03, 0.2, 2e-3, 1e-9
    slope = jax.grad(interval_wall)
    # one part in 1e-9/0.17 inside the edge, times two
    assert float(slope(a + inside, a, b, width)) == pytest.approx(1 / width, rel=2e-8)
    assert float(slope(b - inside, a, b, width)) == pytest.approx(-1 / width, rel=2e-8)
    square = jax.grad(lambda x: interval_wall(x, a, b, width) ** 2)
    assert float(square(a)) == float(square(b)) == float(square(a - inside)) == 0
    assert abs(float(square(a + inside))) < 3 * inside / width**2


def test_a_missing_value_stays_missing():
    assert np.isnan(interval_wall(np.nan, 0.03, 0.2, 1e-3))
    assert np.isnan(upper_limit(np.nan, 0.1, 1.6))
    assert np.isnan(poisson(np.nan, 0.3, 1.0))


@pytest.mark.parametrize("dtype", DTYPES)
def test_upper_limit(dtype):
    x, limit, deviations = dtype(3.1e-38), dtype(6.7e-38), dtype(1.2815515655446004)
    value, slope = jax.value_and_grad(upper_limit)(x, limit, deviations)
    with mp.workdps(DIGITS):
        expected = mp.mpf(float(deviations)) / mp.mpf(float(limit))
        # two roundings
        assert float(value) == pytest.approx(float(mp.mpf(float(x)) * expected), rel=2 * float(np.finfo(dtype).eps))
        assert float(slope) == pytest.approx(float(expected), rel=2 * float(np.finfo(dtype).eps))
    assert value.dtype == slope.dtype == dtype
    assert float(upper_limit(0.12, 0.12, 1.6448536269514722)) == pytest.approx(1.6448536269514722, rel=1e-15)


KERNELS = [(poisson, (0.5, 0.3, 1.0)), (interval_wall, (0.05, 0.03, 0.2, 1e-3)), (upper_limit, (0.1, 0.2, 1.6))]


@pytest.mark.parametrize(("kernel", "arguments"), KERNELS)
def test_arrays_broadcast_map_and_compile(kernel, arguments):
    first, *rest = arguments
    x = first * jnp.linspace(0.5, 1.5, 6)
    one_by_one = np.array([kernel(value, *rest) for value in x])
    # the same operations, contracted differently: a few roundings, times 100 where x - ln(1 + x) loses digits
    for found in (kernel(x, *rest), jax.vmap(lambda value: kernel(value, *rest))(x), jax.jit(kernel)(x, *rest)):
        np.testing.assert_allclose(found, one_by_one, rtol=1e-13, atol=1e-15)
    mesh = kernel(x[:, None], *(jnp.full((1, 4), number) for number in rest))
    np.testing.assert_allclose(mesh, np.repeat(one_by_one[:, None], 4, axis=1), rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("dtype", [jnp.float32, jnp.float64])
@pytest.mark.parametrize(("kernel", "arguments"), KERNELS)
def test_values_and_gradients_lower_for_cuda(kernel, arguments, dtype):
    shapes = [jax.ShapeDtypeStruct((7,), dtype) for _ in arguments]
    assert_lowers_for_cuda(lambda *a: (kernel(*a), jax.grad(lambda *b: jnp.sum(kernel(*b)))(*a)), *shapes)
