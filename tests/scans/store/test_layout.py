"""The shape of a variable follows from its dimensions."""

import numpy as np
import pytest

from jt3r.scans.store.layout import Coordinate, Layout, Variable

LAYOUT = Layout(
    (Coordinate("m_phi", np.zeros(3), {}), Coordinate("pull", np.zeros(5), {})),
    (
        Variable("a", ("m_phi", "pull"), "float64", {}),
        Variable("b", ("pull", "m_phi"), "bool", {}),
        Variable("c", (), "float64", {}),
    ),
)


def test_the_shape_is_that_of_the_dimensions_in_their_order():
    assert [LAYOUT.shape(variable) for variable in LAYOUT.variables] == [(3, 5), (5, 3), ()]
    assert LAYOUT.attributes == {}


def test_a_dimension_without_a_coordinate_is_an_error():
    with pytest.raises(KeyError, match="m_eta"):
        LAYOUT.shape(Variable("d", ("m_eta",), "float64", {}))
