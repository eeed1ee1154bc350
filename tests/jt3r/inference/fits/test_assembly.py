"""How ends become minima: blocks of points, and covariances."""

import numpy as np
import pytest

from jt3r.inference.fits import assembly
from jt3r.inference.fits.assembly import in_blocks
from jt3r.kernels.numerics.devices import BLOCK


@pytest.mark.parametrize("count", [1, BLOCK, BLOCK + 1])
def test_blocks_are_the_whole(count):
    sizes = []

    def function(u):
        sizes.append(len(u))
        return u.sum(axis=-1)

    u = np.random.default_rng(0).uniform(size=(count, 3))
    np.testing.assert_allclose(in_blocks(function, u), u.sum(axis=-1), rtol=1e-15)
    assert set(sizes) == {BLOCK}


def test_covariance_is_twice_the_inverse_or_nan():
    curvature = np.array([[[4.0, 1.0], [1.0, 2.0]], [[1.0, 1.0], [1.0, 1.0]], [[np.nan, 0], [0, 1]]])
    scale = np.full((3, 2), 2.0)
    found = assembly._covariance(curvature, scale)
    np.testing.assert_allclose(found[0], 4 * 2 * np.linalg.inv(curvature[0]), rtol=1e-13)
    assert np.isnan(found[1:]).all()


def test_blocks_of_several_arrays_stay_apart():
    u = np.random.default_rng(0).uniform(size=(BLOCK + 3, 2))
    found = in_blocks(lambda u: {"sum": u.sum(axis=-1), "outer": u[:, :, None] * u[:, None, :]}, u)
    np.testing.assert_array_equal(found["sum"], u.sum(axis=-1))
    np.testing.assert_array_equal(found["outer"], u[:, :, None] * u[:, None, :])
