"""What printed digits say."""

import numpy as np
import pytest

from jt3r.flavour.printed import Printed, corners


@pytest.mark.parametrize(
    ("text", "digit", "inside", "outside"),
    [
        ("4.5", 0.1, 4.5501 - 1e-3, 4.551),
        ("-0.30", 0.01, -0.305, -0.306),
        ("26", 1.0, 26.5, 26.51),
        ("1.8e3", 100.0, 1850, 1851),
    ],
)
def test_what_digits_say(text, digit, inside, outside):
    printed = Printed(text)
    assert printed.digit == pytest.approx(digit, rel=1e-15)
    assert printed.holds(inside, inside)
    assert not printed.holds(outside, outside)
    assert not printed.holds(np.nan, np.nan)
    assert Printed(text, 1e-8).off(printed.value * 1e-8 + 2e-8 * digit) == pytest.approx(2)


def test_corners_hold_the_printed_value_first_and_every_corner():
    found = corners({"a": Printed("1.0"), "b": None, "c": Printed("2")})
    assert (found["a"][0], found["c"][0]) == (1.0, 2.0)
    assert {(round(a, 9), c) for a, c in zip(found["a"][1:], found["c"][1:], strict=True)} == {
        (0.95, 1.5), (0.95, 2.5), (1.05, 1.5), (1.05, 2.5)
    }  # fmt: skip
    assert not found["b"].any()
