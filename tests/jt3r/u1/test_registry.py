"""The list of models."""

import pickle

import pytest

import jt3r
from jt3r import Point
from jt3r.couplings import Couplings
from jt3r.u1 import MODELS, ModelPoint, couplings_of, model_of
from jt3r.u1.registry import get, model


def test_the_models_that_there_are():
    assert {"t3r", "dark_photon", "b_l", "lmu_ltau"} <= set(MODELS)
    for name, entry in MODELS.items():
        assert entry.name == name
        assert entry.doc
        assert len(entry.source) > 10
        assert {"m_aprime", "m_mu"} <= set(entry.parameters)
    assert pickle.loads(pickle.dumps(MODELS)) is MODELS is jt3r.models
    assert get("b_l") is MODELS["b_l"]
    with pytest.raises(KeyError, match="did you mean 'dark_photon'"):
        get("darkphoton")


def test_a_point_knows_its_model():
    assert model_of(Point()).name == model_of(Point).name == "t3r"
    with pytest.raises(TypeError, match="ModelPoint is the point of no model; there are "):
        model_of(ModelPoint())


def test_couplings_are_given_back():
    c = Couplings()
    assert couplings_of(c) is c
    assert isinstance(couplings_of(Point(m_aprime=0.1)), Couplings)
    with pytest.raises(TypeError, match="point of no model"):
        couplings_of(0.1)


class Mine(ModelPoint):
    """Of a test."""


def named(name, doc="What it is."):
    def function(point):
        return Couplings()

    function.__name__, function.__doc__ = name, doc
    return function


@pytest.mark.parametrize(
    ("point", "function", "message"),
    [
        (Mine, named("t3r"), "model 't3r' exists"),
        (Mine, named("mine", ""), "model 'mine' needs a docstring"),
        (Point, named("mine"), "points of Point belong to the model 't3r': derive a class of your own"),
    ],
)
def test_what_is_refused(point, function, message):
    before = dict(MODELS)
    with pytest.raises(ValueError, match=message):
        model(point, source="none")(function)
    assert dict(MODELS) == before


def test_a_model_of_ones_own():
    model(Mine, source="none")(named("mine"))
    assert model_of(Mine()).name == "mine"
    assert MODELS["mine"].origin.file == __file__
    model(Mine, source="other", replace=True)(named("mine"))
    assert MODELS["mine"].source == "other"
