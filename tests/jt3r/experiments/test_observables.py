"""Lifetimes and branching ratios of points against the paper's numbers as computed with mpmath."""

import jax
import numpy as np
import pytest

from jt3r import Point, observables
from jt3r.constants import ALPHA_EM, M_E, M_MU
from jt3r.errors import NotGiven
from jt3r.registry import Observable
from jt3r.u1.reads import read_by


# c tau in metres to the four digits that were checked; 2 m_e/m enters at (m_e/m)^4.
@pytest.mark.parametrize(
    ("mass", "expected"), [(0.02, 3.447e-2), (0.056, 1.570e-3), (0.1, 2.758e-4), (0.11, 2.072e-4), (0.2, 3.447e-5)]
)
def test_lifetime(mass, expected):
    assert float(observables["ctau_aprime"](Point(m_aprime=mass))) == pytest.approx(expected, rel=3e-4)


def test_muons_take_over_above_threshold():
    point = Point(m_aprime=0.25)
    assert float(observables["br_aprime_ee"](point)) == pytest.approx(2.5e-5, rel=0.05)
    # 24 pi/(g^2 m) x (1 - r) beta with r = (m_mu/m)^2 gives 4e-10 m.
    assert float(observables["ctau_aprime"](point)) == pytest.approx(4e-10, rel=0.15)


def test_branching_ratios_of_a_point():
    """A' -> nu_s nu_s beats e+ e- by (g^2/24 pi)/(alpha eps^2/3); phi' of 75 MeV goes to eta eta, then photons."""
    sterile = float(observables["br_aprime_sterile"](Point(m_aprime=0.1, m_nu_s=0.0)))
    # Above 2 m_e the electron's mass enters at (m_e/m)^4.
    assert 1 / sterile - 1 == pytest.approx(8 * np.pi * ALPHA_EM**2 / (4 * np.pi**3), rel=1e-6)
    assert observables["br_aprime_sterile"](Point(m_aprime=0.1)) == 0
    point = Point(m_aprime=0.1, m_phi=0.075, m_eta=0.03)
    dark = float(observables["br_aprime_eta"](point))
    # (m/12 pi)(g/2)^2 beta (1 + 2 r) of a Majorana pair with off-diagonal coupling, r = 0.09, beta = 0.8.
    assert dark / (1 - dark) == pytest.approx(0.8 * 1.18 * np.pi**2 / (4 * ALPHA_EM**2), rel=1e-6)
    assert observables["br_aprime_invisible"](point) == dark
    widths = {name: float(observables[f"width_phi_{name}"](point)) for name in ("etaeta", "gammagamma", "mumu", "aprimeaprime")}
    assert (widths["mumu"], widths["aprimeaprime"]) == (0, 0)
    assert widths["etaeta"] == pytest.approx(0.03**2 * 0.075 * 0.6**3 / (32 * np.pi * 100), rel=1e-14)
    assert float(observables["width_phi"](point)) == pytest.approx(sum(widths.values()), rel=1e-14)
    for name, width in widths.items():
        found = float(observables[f"br_phi_{name}"](point))
        assert found == pytest.approx(width / sum(widths.values()), rel=1e-14)
    assert float(observables["br_phi_eta"](point)) == float(observables["br_phi_etaeta"](point))
    # With a splitting eta_2 eta_2 counts too.
    split = float(observables["width_phi"](point.with_values(delta=0.001))) - float(observables["width_phi"](point))
    beta = np.sqrt(1 - 4 * (0.031 / 0.075) ** 2)
    assert split == pytest.approx(0.031**2 * 0.075 * beta**3 / (32 * np.pi * 100), rel=1e-10)
    heavy = Point(m_phi=0.5)
    expected = (M_MU / 200**0.5) ** 2 * 0.5 / (8 * np.pi) * (1 - 4 * (M_MU / 0.5) ** 2) ** 1.5
    assert float(observables["width_phi_mumu"](heavy)) == pytest.approx(expected, rel=1e-13)
    assert float(observables["br_phi_mumu"](heavy)) == pytest.approx(1, abs=1e-4)


def test_invisible_region_of_the_paper():
    """m_A' = 10-30, m_phi' = 95-102 MeV: phi' -> A'A' is 1e5 times gamma gamma."""
    point = Point(m_aprime=0.02, m_phi=0.098)
    assert float(observables["br_phi_gammagamma"](point)) == pytest.approx(7.9e-14 / 3.65e-8, rel=0.01)
    assert float(observables["br_phi_aprimeaprime"](point)) == pytest.approx(1, abs=1e-5)
    assert float(observables["ctau_phi"](point)) == pytest.approx(1.973269804e-16 / 3.65e-8, rel=0.01)


def test_gradients_at_thresholds():
    ctau = observables["ctau_aprime"]
    for mass in (2 * M_E, 2 * M_MU):
        for value in (np.nextafter(mass, 0), mass, np.nextafter(mass, 1)):
            slopes = jax.grad(lambda m, v: ctau(Point(m_aprime=m, v=v)), argnums=(0, 1))(value, 10.0)
            assert np.all(np.isfinite(slopes))


def test_what_is_read_depends_on_what_is_given():
    ctau = observables["ctau_aprime"]
    assert set(ctau.reads) == {"m_aprime", "v", "m_mu"}
    assert set(ctau.reads_at(Point(m_aprime=0.1, m_eta=0.03))) == {"m_aprime", "v", "m_mu", "m_eta"}
    assert set(ctau.reads_at(Point(m_aprime=0.1, kinetic_mixing=1e-5, width_invisible=0.0))) == {
        "m_aprime", "v", "m_mu", "kinetic_mixing", "width_invisible",
    }  # fmt: skip
    with pytest.raises(NotGiven, match="ctau_aprime needs m_aprime, which the point does not set"):
        ctau(Point())
    with pytest.raises(NotGiven, match="delta_a_mu needs m_aprime, m_phi, which"):
        observables["delta_a_mu"](Point())


@pytest.mark.parametrize("name", [name for name, entry in observables.items() if not entry.slow and entry.declared])
def test_what_is_declared_is_what_is_read(name):
    """Six of b -> s l l name all coefficients, which their formulas hold with factors of zero."""
    entry: Observable = observables[name]
    found = read_by(entry.of, Point, frozenset())
    assert set(found) <= set(entry.declared)
    assert set(found) == set(entry.declared) or "C9_bsmumu" in found
