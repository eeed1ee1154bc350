"""Axes of a card: exact ends, even spacing, rising values."""

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from jt3r.inference.space import Prior
from jt3r.scans.cards.axis import Axis, Interval, Range, Values

AXIS = TypeAdapter(Axis)


def test_a_range_has_exact_ends_and_even_steps():
    line = Range(min=0.1, max=0.7, n=7)
    assert (line.points()[0], line.points()[-1], line.ends()) == (0.1, 0.7, (0.1, 0.7))
    np.testing.assert_allclose(np.diff(line.points()), 0.1, rtol=1e-14)
    log = Range(min=1e-3, max=10.0, n=5, spacing="log")
    assert (log.points()[0], log.points()[-1]) == (1e-3, 10.0)
    np.testing.assert_allclose(log.points(), [1e-3, 1e-2, 0.1, 1.0, 10.0], rtol=1e-14)  # roundings of powers


def test_one_point_is_the_lower_end():
    one = Range(min=0.1, max=0.7, n=1)
    assert (one.points().tolist(), one.ends()) == ([0.1], (0.1, 0.1))


def test_a_list_is_taken_as_it_is():
    listed = Values(values=[0.1, 0.2, 5.0])
    assert (listed.points().tolist(), listed.ends()) == ([0.1, 0.2, 5.0], (0.1, 5.0))


def test_what_is_given_tells_the_form():
    assert isinstance(AXIS.validate_python({"values": [1.0]}), Values)
    assert isinstance(AXIS.validate_python({"min": 0.0, "max": 1.0, "n": 2}), Range)
    axis = Range(min=0.0, max=1.0, n=3)
    assert AXIS.validate_python(axis) == AXIS.validate_python(axis.model_dump()) == axis


def test_an_interval_is_a_prior():
    assert Interval(min=0.1, max=1.0, spacing="log").prior() == Prior(0.1, 1.0, "log")


@pytest.mark.parametrize(
    ("axis", "key"),
    [
        ({"min": 1.0, "max": 0.5, "n": 3}, "min"),
        ({"min": 0.0, "max": 0.5, "n": 3, "spacing": "log"}, "above zero"),
        ({"min": 0.0, "max": float("inf"), "n": 3}, "max"),
        ({"min": 0.0, "max": 1.0, "n": 0}, "n"),
        ({"min": 0.0, "max": 1.0, "n": 2**31}, "n"),
        ({"min": 0.0, "max": 1.0, "n": 2.5}, "n"),
        ({"min": 0.0, "max": 1.0, "n": True}, "n"),
        ({"min": 0.0, "max": 1.0, "n": 2, "spacing": "square"}, "spacing"),
        ({"min": 0.0, "max": 1.0, "n": 2, "step": 1}, "step"),
        ({"min": 0.0, "n": 2}, "max"),
        ({"values": []}, "values"),
        ({"values": [2.0, 1.0]}, "must rise"),
        ({"values": [1.0, 1.0]}, "must rise"),
        ({"values": [1.0, float("nan")]}, "values"),
        ({"values": [1.0], "n": 1}, "n"),
    ],
)
def test_a_wrong_axis_names_the_key(axis, key):
    with pytest.raises(ValidationError, match=key):
        AXIS.validate_python(axis)
