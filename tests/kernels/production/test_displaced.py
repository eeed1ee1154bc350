"""Decay in a volume against mpmath at 30 digits, from l << L to l >> L."""

import jax
import jax.export
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest

from jt3r.kernels.numerics import chebyshev
from jt3r.kernels.numerics.quadrature import legendre, log_legendre
from jt3r.kernels.numerics.roots import bracketed_root
from jt3r.kernels.production.displaced import (
    log_decay_probability,
    log_expected_decays,
    log_folded_decays,
    log_or_closed,
    log_sum_exp,
    log_weighted_sum,
    relative_decays,
)
from jt3r.kernels.production.meson_spectra import highest_meson_energy, radial_scaling

mp.mp.dps = 30
INVERSE_LENGTHS = [1e-25, 1e-10, 1e-3, 0.02, 0.0304, 0.0305, 0.5, 30.0, 1e4, 1e11]
DISTANCE, DEPTH = 64.0, 23.0


# A few roundings of the logarithm, and of the product L/l that it is made of.
@pytest.mark.parametrize(("dtype", "tolerance"), [(jnp.float64, 5e-16), (jnp.float32, 3e-7)])
@pytest.mark.parametrize("inverse_length", INVERSE_LENGTHS)
def test_probability(dtype, tolerance, inverse_length):
    value = log_decay_probability(dtype(inverse_length), DISTANCE, DEPTH)
    assert value.dtype == dtype
    rate = mp.mpf(float(dtype(inverse_length)))
    expected = -rate * mp.mpf(DISTANCE) + mp.log(-mp.expm1(-rate * mp.mpf(DEPTH)))
    assert float(value) == pytest.approx(float(expected), rel=4 * tolerance, abs=4 * tolerance)


@pytest.mark.parametrize("inverse_length", INVERSE_LENGTHS)
def test_gradient(inverse_length):
    rate, depth = mp.mpf(inverse_length), mp.mpf(DEPTH)
    expected = -mp.mpf(DISTANCE) + depth / mp.expm1(rate * depth)
    gradient = jax.grad(log_decay_probability)(inverse_length, DISTANCE, DEPTH)
    assert float(gradient) == pytest.approx(float(expected), rel=1e-14)


def test_stable_particle_never_decays():
    value, gradient = jax.value_and_grad(log_decay_probability)(0.0, DISTANCE, DEPTH)
    assert value == -np.inf
    assert gradient == -DISTANCE


def test_expected_number_far_below_the_smallest_float():
    weights, rates = jnp.array([1.0, 2.0]), jnp.array([5e10, 4.7e11])
    value, gradient = jax.value_and_grad(log_expected_decays)(weights, rates, DISTANCE, DEPTH)
    assert float(value) == pytest.approx(1.0 - 5e10 * 64, rel=1e-15)
    assert np.array_equal(gradient, [1.0, 0.0])


def test_node_after_node_is_the_sum_over_nodes():
    """Two spectra, one with a closed node, on an open mesh; lives from far longer to far shorter than the distance."""
    energies, widths = jnp.array([1.0, 3.0, 10.0]), jnp.geomspace(1e-9, 1e6, 7)
    spectra = [jnp.log(jnp.array([[5.0, 2.0, 1.0]])), jnp.array([[0.1, 0.5, -jnp.inf]])]

    def folded(width):
        return log_folded_decays(energies, spectra, lambda energy: width / energy, DISTANCE, DEPTH)

    rates = widths[:, None] / energies
    for spectrum, found in zip(spectra, folded(widths), strict=True):
        # The sums are relative to the slowest node: 1e13 roundings of L/l cancel between them.
        assert np.allclose(found, log_expected_decays(spectrum, rates, DISTANCE, DEPTH), rtol=1e-14, atol=1e-13)
    slopes = jax.jacrev(lambda width: folded(width)[0])(widths)
    expected = jax.jacrev(lambda width: log_expected_decays(spectra[0], width[:, None] / energies, DISTANCE, DEPTH))(widths)
    assert np.allclose(slopes, expected, rtol=1e-12)
    stable, slope = jax.value_and_grad(lambda width: folded(width)[0][0])(jnp.asarray(0.0))
    assert stable == -np.inf
    assert np.isfinite(slope)


def test_closed_nodes_count_for_nothing():
    terms = jnp.array([0.5, -jnp.inf, 1.5])
    value, gradient = jax.value_and_grad(log_sum_exp)(terms)
    assert float(value) == pytest.approx(np.logaddexp(0.5, 1.5), rel=1e-15)
    assert gradient[1] == 0
    assert float(gradient.sum()) == pytest.approx(1, rel=1e-15)
    value, gradient = jax.value_and_grad(log_sum_exp)(jnp.full(3, -jnp.inf))
    assert value == -np.inf
    assert np.array_equal(gradient, np.zeros(3))


def test_log_of_nothing_has_no_gradient():
    value, gradient = jax.value_and_grad(log_or_closed)(0.0)
    assert value == -np.inf
    assert gradient == 0


@pytest.mark.parametrize(
    ("kernel", "shapes"),
    [
        (log_decay_probability, [(3,), (), ()]),
        (log_expected_decays, [(3, 4), (3, 4), (), ()]),
        (log_or_closed, [(3,)]),
        (log_sum_exp, [(3, 4)]),
        (log_weighted_sum, [(3, 4), (3, 4)]),
        (relative_decays, [(3, 4), (), ()]),
        (lambda e, w, m: log_folded_decays(e, [w], lambda energy: m / energy, 64.0, 23.0), [(4,), (3, 4), (3,)]),
        (chebyshev.evaluate, [(3,), (5, 4)]),
        (lambda low, high: legendre(low, high, 4), [(3,), (3,)]),
        (lambda low, high: log_legendre(low, high, 4), [(3,), (3,)]),
        (highest_meson_energy, [(), (), ()]),
        (radial_scaling, [(3,), (3,), (), (), ()]),
        (lambda top: bracketed_root(lambda x: x**2 - top, jnp.zeros_like(top), top + 1), [(3,)]),
    ],
)
def test_lowers_for_cuda(kernel, shapes):
    arguments = [jax.ShapeDtypeStruct(shape, jnp.float64) for shape in shapes]
    jax.export.export(jax.jit(kernel), platforms=("cpu", "cuda"))(*arguments)
