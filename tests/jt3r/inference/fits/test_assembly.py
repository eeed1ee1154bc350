"""How ends become minima: covariances."""

import numpy as np

from jt3r.inference.fits import assembly


def test_covariance_is_twice_the_inverse_or_nan():
    curvature = np.array([[[4.0, 1.0], [1.0, 2.0]], [[1.0, 1.0], [1.0, 1.0]], [[np.nan, 0], [0, 1]]])
    scale = np.full((3, 2), 2.0)
    found = assembly._covariance(curvature, scale)
    np.testing.assert_allclose(found[0], 4 * 2 * np.linalg.inv(curvature[0]), rtol=1e-13)
    assert np.isnan(found[1:]).all()
