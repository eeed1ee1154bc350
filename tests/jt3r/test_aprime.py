"""Couplings and lifetime against the paper's numbers as computed with mpmath."""

import jax
import numpy as np
import pytest

from jt3r import aprime, displaced_figures, experiments
from jt3r.constants import M_MU


def test_kinetic_mixing_at_100_mev():
    g = aprime.gauge_coupling(0.1, 10.0)
    assert float(aprime.kinetic_mixing(g)) == pytest.approx(5.424e-5, rel=1e-4)


# c tau in metres to the four digits that were checked; 2 m_e/m enters at (m_e/m)^4.
@pytest.mark.parametrize(
    ("mass", "expected"), [(0.02, 3.447e-2), (0.056, 1.570e-3), (0.1, 2.758e-4), (0.11, 2.072e-4), (0.2, 3.447e-5)]
)
def test_lifetime(mass, expected):
    assert float(aprime.ctau(mass, 10.0)) == pytest.approx(expected, rel=3e-4)


def test_figure_6():
    """d_dec of A' of 110 and 200 MeV in metres."""
    figure = displaced_figures.decay_lengths(np.array([120.0, 400.0, 1000.0, 7000.0]), np.array([0.11, 0.2]))
    expected = [[0.226, 0.753, 1.88, 13.2], [0.0207, 0.0689, 0.172, 1.21]]
    assert np.allclose(figure.decay_length, expected, rtol=4e-3)
    assert figure.highest_energy == {"FASER": 7000.0, "SHiP": 400.0, "SeaQuest": 120.0}
    # At 110 MeV, 7-8 m: N exp(-d/d_dec) = 1 nearly, the paper's edge of SeaQuest.
    assert float(figure.needed_length["SeaQuest"][0]) == pytest.approx(float(figure.decay_length[0, 0]), rel=0.03)
    assert np.isnan(figure.needed_length["SeaQuest"][1])
    with pytest.raises(ValueError, match="E137"):
        displaced_figures.decay_lengths(np.array([10.0]), np.array([0.1]), names=("E137",))


def test_muons_take_over_above_threshold():
    g = aprime.gauge_coupling(0.25, 10.0)
    electrons = aprime.width_electrons(0.25, aprime.kinetic_mixing(g))
    assert float(electrons / aprime.width_visible(0.25, 10.0)) == pytest.approx(2.5e-5, rel=0.05)
    # 24 pi/(g^2 m) x (1 - r) beta with r = (m_mu/m)^2 gives 4e-10 m.
    assert float(aprime.ctau(0.25, 10.0)) == pytest.approx(4e-10, rel=0.15)


def test_invisible_widths():
    g = aprime.gauge_coupling(0.1, 10.0)
    sterile = float(aprime.width_sterile_neutrinos(0.1, 0.0, g))
    assert sterile == pytest.approx(float(g**2 * 0.1 / (24 * np.pi)), rel=1e-14)
    assert float(aprime.width_eta(0.1, 0.0, 0.0, g)) == pytest.approx(float(g**2 / 4 * 0.1 / (12 * np.pi)), rel=1e-14)
    assert aprime.width_eta(0.1, 0.05, 1e-3, g) == 0


def test_gradients_at_thresholds():
    for mass in (2 * experiments.inputs()["electron_mass"], 2 * M_MU):
        for value in (np.nextafter(mass, 0), mass, np.nextafter(mass, 1)):
            assert np.all(np.isfinite(jax.grad(aprime.width_visible, argnums=(0, 1))(value, 10.0)))
