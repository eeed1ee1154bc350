"""The list of observables."""

import dataclasses
import math
import pickle

import pytest

import jt3r
from jt3r import Point, observables
from jt3r.errors import NotGiven
from jt3r.point import PARAMETERS
from jt3r.registry import observable
from jt3r.u1.dark_photon import DarkPhoton

NAMES = ("g_t3r", "epsilon", "c_phi", "delta_a_mu", "pull_gm2", "tuning_gm2")


def test_the_registry_lists_the_model():
    assert set(observables) >= set(NAMES)
    assert observables is jt3r.observables
    for name, entry in observables.items():
        assert entry.name == name
        assert isinstance(entry.unit, str)
        assert entry.latex
        assert "$" not in entry.latex
        assert len(entry.source) > 10
        assert set(entry.reads) <= set(PARAMETERS)
        assert entry.doc
    with pytest.raises(TypeError):
        observables["mine"] = observables["g_t3r"]


def test_the_registry_refuses_a_second_of_the_name_and_unknown_parameters():
    def g_t3r(point):
        """Again."""

    with pytest.raises(ValueError, match="'g_t3r' exists"):
        observable(unit="1", latex="g", source="nowhere at all", reads=("v",))(g_t3r)
    g_t3r.__name__ = "other"
    with pytest.raises(ValueError, match="'m_z'"):
        observable(unit="1", latex="g", source="nowhere at all", reads=("m_z",))(g_t3r)
    assert "other" not in observables


def test_an_observable_that_is_a_parameter_reads_it():
    def mass_itself(point):
        """The mass of phi' as it stands."""
        return point.m_phi

    observable(unit="GeV", latex="m", source="a test")(mass_itself)
    entry = observables["mass_itself"]
    assert entry.reads == ("m_phi",)
    assert float(entry(Point(m_phi=0.1))) == 0.1
    with pytest.raises(NotGiven, match="mass_itself needs m_phi, which the point does not set"):
        entry(Point())


def test_an_observable_is_pickled_by_its_name():
    entry = observables["c_phi"]
    assert pickle.loads(pickle.dumps(entry)) is entry
    other = dataclasses.replace(entry, unit="GeV", function=math.sin)
    assert pickle.loads(pickle.dumps(other)) == other


def test_what_a_model_does_not_have_is_named():
    with pytest.raises(ValueError, match="the model has no phi'"):
        observables["c_phi"](DarkPhoton(m_aprime=0.1, kinetic_mixing=1e-3))
    with pytest.raises(ValueError, match="g_t3r needs v, which the model dark_photon does not have"):
        observables["g_t3r"](DarkPhoton(m_aprime=0.1, kinetic_mixing=1e-3))


@pytest.mark.parametrize("given", [0.1, {"m_aprime": 0.1}, None])
def test_what_is_no_point_is_refused_by_name(given):
    with pytest.raises(TypeError, match=f"epsilon is a function of a point, .*, not of {type(given).__name__}$"):
        observables["epsilon"](given)
