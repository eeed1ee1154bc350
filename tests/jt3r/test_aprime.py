"""Couplings and lifetime against the paper's numbers as computed with mpmath."""

import jax
import numpy as np
import pytest

from jt3r import Point, aprime, observables
from jt3r.constants import ALPHA_EM, M_E, M_MU
from jt3r.experiments import estimator as displaced_figures


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


def test_branching_ratios_of_a_point():
    """A' -> nu_s nu_s beats e+ e- by (g^2/24 pi)/(alpha eps^2/3); phi' of 75 MeV goes to eta eta, then photons."""
    point = Point(m_aprime=0.1, m_phi=0.075, m_eta=0.03, delta=0.0)
    br = {
        name: float(observables[f"br_{name}"](point)) for name in ("aprime_sterile", "aprime_eta", "phi_gammagamma", "phi_mumu")
    }
    # Above 2 m_e the electron's mass enters at (m_e/m)^4.
    assert 1 / br["aprime_sterile"] - 1 == pytest.approx(8 * np.pi * ALPHA_EM**2 / (4 * np.pi**3), rel=1e-6)
    # (m/12 pi)(g/2)^2 beta (1 + 2 r) of a Majorana pair with off-diagonal coupling, r = 0.09, beta = 0.8.
    assert br["aprime_eta"] / (1 - br["aprime_eta"]) == pytest.approx(0.8 * 1.18 * np.pi**2 / (4 * ALPHA_EM**2), rel=1e-6)
    assert (br["phi_gammagamma"], br["phi_mumu"]) == (1, 0)
    widths = {name: float(observables[f"width_phi_{name}"](point)) for name in ("eta", "gammagamma")}
    assert widths["eta"] == pytest.approx(0.03**2 * 0.075 * 0.6**3 / (32 * np.pi * 100), rel=1e-14)
    assert float(observables["br_phi_eta"](point)) == pytest.approx(widths["eta"] / sum(widths.values()), rel=1e-14)
    heavy = point.with_values(m_phi=0.5)
    expected = (M_MU / 200**0.5) ** 2 * 0.5 / (8 * np.pi) * (1 - 4 * (M_MU / 0.5) ** 2) ** 1.5
    assert float(observables["width_phi_mumu"](heavy)) == pytest.approx(expected, rel=1e-13)
    assert float(observables["br_phi_mumu"](heavy)) == pytest.approx(1, abs=1e-4)


def test_gradients_at_thresholds():
    for mass in (2 * M_E, 2 * M_MU):
        for value in (np.nextafter(mass, 0), mass, np.nextafter(mass, 1)):
            assert np.all(np.isfinite(jax.grad(aprime.width_visible, argnums=(0, 1))(value, 10.0)))
