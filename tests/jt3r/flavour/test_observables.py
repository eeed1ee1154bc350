"""Flavour observables of a point are the predictions at its coefficients."""

import pytest

from jt3r import Point, observables
from jt3r.flavour import on_shell
from jt3r.flavour.observables import PREDICTED, coefficients
from jt3r.flavour.predict import predict
from jt3r.flavour.z_exchange import b_to_k_nunu
from jt3r.kernels.flavour.running import NAMES

AT = {"C9_bsmumu": -0.5, "C10p_bsmumu": 0.1, "C10_bsee": 0.3, "CS_bsmumu": 0.01}


def test_a_point_sets_all_coefficients():
    found = coefficients(Point(**AT))
    assert set(found) == set(NAMES)
    assert {name: float(value) for name, value in found.items() if value != 0} == AT


@pytest.mark.parametrize("name", PREDICTED)
def test_each_is_the_prediction_of_its_name(name):
    assert float(observables[name](Point(**AT))) == pytest.approx(float(predict(AT)[name]), rel=1e-14)
    assert observables[name].reads == NAMES
    assert observables[name].unit == PREDICTED[name][0]


def test_neutrinos_see_the_electrons_axial_coupling_alone():
    point = Point(**AT, C10p_bsee=-0.2)
    expected = b_to_k_nunu({"C10_bsee": 0.3, "C10p_bsee": -0.2})
    for name, value in expected.items():
        assert float(observables[name](point)) == pytest.approx(float(value), rel=1e-15)


def test_pull_of_the_standard_model_vanishes_there():
    assert float(observables["sm_pull_flavour"](Point())) == 0
    assert float(observables["sm_pull_flavour"](Point(C9_bsmumu=-0.5))) > 0


def test_a_branching_ratio_on_shell_is_width_times_lifetime_times_visible():
    """Below the muon threshold A' decays to e e alone: the whole width."""
    point = Point(m_aprime=0.1, C9_bsmumu=-0.5)
    for meson, kind in (("Bp", "K"), ("B0", "Kst")):
        width = float(observables[f"width_{meson}{kind}A"](point))
        assert width > 0
        found = float(observables[f"BR_{meson}{kind}Aee"](point))
        assert found == pytest.approx(width * on_shell.lifetime(kind), rel=1e-14)
    dark = point.with_values(m_eta=0.03, delta=0.001)
    assert float(observables["BR_BpKAee"](dark)) < 1e-3 * float(observables["BR_BpKAee"](point))
