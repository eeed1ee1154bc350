"""The numbers behind Fig. 6."""

import numpy as np
import pytest

from jt3r.experiments import estimator


def test_figure_6():
    """d_dec of A' of 110 and 200 MeV in metres."""
    figure = estimator.decay_lengths(np.array([120.0, 400.0, 1000.0, 7000.0]), np.array([0.11, 0.2]))
    expected = [[0.226, 0.753, 1.88, 13.2], [0.0207, 0.0689, 0.172, 1.21]]
    assert np.allclose(figure.decay_length, expected, rtol=4e-3)
    assert figure.highest_energy == {"FASER": 7000.0, "SHiP": 400.0, "SeaQuest": 120.0}
    # At 110 MeV, 7-8 m: N exp(-d/d_dec) = 1 nearly, the paper's edge of SeaQuest.
    assert float(figure.needed_length["SeaQuest"][0]) == pytest.approx(float(figure.decay_length[0, 0]), rel=0.03)
    assert np.isnan(figure.needed_length["SeaQuest"][1])
    with pytest.raises(ValueError, match="E137"):
        estimator.decay_lengths(np.array([10.0]), np.array([0.1]), names=("E137",))
