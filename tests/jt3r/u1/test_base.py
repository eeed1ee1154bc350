"""What the points of every model have."""

import pytest

from jt3r import Point
from jt3r.constants import M_MU
from jt3r.parameter import parameters_of
from jt3r.u1 import MODELS
from jt3r.u1.base import ModelPoint


def test_a_muon_and_a_data_set():
    point = ModelPoint()
    assert (float(point.m_mu), point.dataset) == (M_MU, "paper2021")
    with pytest.raises(ValueError, match=r"^dataset = 'today': allowed are paper2021, data2026"):
        ModelPoint(dataset="today")
    with pytest.raises(ValueError, match="m_mu = -1"):
        ModelPoint(m_mu=-1)


@pytest.mark.parametrize("name", [name for name in MODELS if not issubclass(MODELS[name].point, Point)])
def test_every_other_model_has_them_first(name):
    assert issubclass(MODELS[name].point, ModelPoint)
    assert next(iter(parameters_of(MODELS[name].point))) == "m_mu"
