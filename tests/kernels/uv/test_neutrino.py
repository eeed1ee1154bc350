"""The 3 x 3 matrix of neutral states: determinant, seesaw limits, gradients."""

import jax
import numpy as np
import pytest

from jt3r.kernels.uv import neutrino


def test_the_masses_are_singular_values_and_multiply_to_the_determinant():
    entries = (0.2, 3.0, 40.0, 0.7)
    matrix = np.asarray(neutrino.mass_matrix(*entries))
    masses = np.asarray(neutrino.masses(matrix))
    np.testing.assert_allclose(masses, np.linalg.svd(matrix, compute_uv=False)[::-1], rtol=1e-12)
    assert masses.prod() == pytest.approx(0.2**2 * 0.7, rel=1e-10)


def test_without_a_majorana_mass_of_nu_r_one_state_is_massless_and_the_others_are_a_seesaw():
    light, middle, heavy = np.asarray(neutrino.masses(neutrino.mass_matrix(0.2, 3.0, 4e3)))
    assert light < 1e-12
    assert middle == pytest.approx((0.2**2 + 3.0**2) / 4e3, rel=1e-5)  # corrections are (b/M)^2
    assert heavy == pytest.approx(4e3, rel=1e-5)


def test_shapes_and_gradients():
    assert neutrino.masses(neutrino.mass_matrix(np.ones((4, 1)), 2.0, np.full(3, 50.0))).shape == (4, 3, 3)
    slope = jax.grad(lambda m: neutrino.masses(neutrino.mass_matrix(0.2, 3.0, 40.0, m))[0])(0.7)
    h = 1e-5
    low, high = (neutrino.masses(neutrino.mass_matrix(0.2, 3.0, 40.0, 0.7 + d))[0] for d in (-h, h))
    assert float(slope) == pytest.approx(float(high - low) / (2 * h), rel=1e-6)
