"""Cards over a mesh: axes and fixed parameters, in their units, each once."""

import pytest
from pydantic import ValidationError

from jt3r.scans.cards.axis import Range, Values
from jt3r.scans.cards.mesh import MeshCard

AXES = {"m_phi": {"min": 0.07, "max": 0.11, "n": 3}}


def card(**changes):
    return MeshCard(**{"kind": "grid", "axes": AXES, **changes})


def test_axes_and_fixed_parameters_in_their_units():
    made = card(axes={"m_phi": {"min": 70, "max": "0.11 GeV", "n": 3, "unit": "MeV"}}, fixed={"v": "10000 MeV", "m_eta": 0.03})
    assert made.axes == {"m_phi": Range(min=0.07, max=0.11, n=3)}
    assert made.fixed == {"v": 10.0, "m_eta": 0.03}
    assert card(axes={"m_phi": {"values": ["70 MeV", 0.08]}}).axes == {"m_phi": Values(values=[0.07, 0.08])}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"axes": {}}, "axes"),
        ({"axes": {"m_phy": AXES["m_phi"]}}, "parameter 'm_phy' is unknown; did you mean 'm_phi'"),
        ({"axes": {"m_phy": {"min": 70, "max": 110, "n": 3, "unit": "MeV"}}}, "parameter 'm_phy' is unknown; did you"),
        ({"fixed": {"m_z": 91.0}}, "parameter 'm_z' is unknown"),
        ({"axes": {"m_phi": {"min": -0.1, "max": 0.1, "n": 3}}}, "m_phi = -0.1: must be a finite number above zero"),
        ({"fixed": {"v": 0.0}}, "v = 0.0: must be a finite number above zero"),
        ({"fixed": {"m_phi": 0.1}}, "m_phi: both an axis and fixed"),
        ({"model": "b_l"}, "parameter 'm_phi' is unknown"),
    ],
)
def test_a_wrong_card_names_the_key(changes, message):
    with pytest.raises(ValidationError, match=message):
        card(**changes)


def test_what_an_observable_reads_must_be_given():
    card().check_reads(["c_phi"])
    card().check_reads(["c_aprime"], "m_aprime")
    with pytest.raises(ValueError, match="observable 'c_aprime' needs 'm_aprime': give it as an axis or under fixed"):
        card().check_reads(["c_aprime"])


def test_a_mass_that_looks_like_mev_is_doubted():
    with pytest.warns(RuntimeWarning, match="m_phi = 80: masses are in GeV; did you mean 0.08"):
        card(axes={"m_phi": {"values": [80.0]}})
