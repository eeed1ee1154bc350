"""Numbers as a paper prints them: their digits say how well they are known."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import numpy as np

EXACT = 1e-16
"""To so much a fraction is a float."""


@dataclass(frozen=True)
class Printed:
    """A number as printed, for instance ``"-0.30"`` or ``"2/3"``, in a unit of ``scale``."""

    text: str
    scale: float = 1.0

    @property
    def value(self) -> float:
        """The number times its scale."""
        return (float(Fraction(self.text)) if "/" in self.text else float(self.text)) * self.scale

    @property
    def digit(self) -> float:
        """One unit of the last printed digit, times the scale; of a fraction, that of a float."""
        if "/" in self.text:
            return EXACT * self.scale
        mantissa, _, exponent = self.text.lower().partition("e")
        decimals = len(mantissa.partition(".")[2])
        return 10.0 ** (int(exponent or 0) - decimals) * self.scale

    def off(self, value: float) -> float:
        """How far a value is from the printed one, in units of the last printed digit."""
        return (value - self.value) / self.digit

    def holds(self, lowest: float, highest: float) -> bool:
        """Whether some number between these two rounds to what is printed; NaN never does.

        Half a digit and a rounding error of it: 2.5 may be printed as 2 or as 3.
        """
        half = self.digit * (0.5 + 1e-9)
        return lowest <= self.value + half and highest >= self.value - half


def corners(numbers: Mapping[str, Printed | None]) -> dict[str, np.ndarray]:
    """All numbers at once, each at its printed value less and plus half a digit: arrays of 1 + 2^n,
    the printed values first.

    What is not printed (None) is zero everywhere.
    """
    signs = np.array(list(product((-0.5, 0.5), repeat=len(numbers))))
    shifts = np.concatenate([np.zeros((1, len(numbers))), signs])
    found = {}
    for k, (name, number) in enumerate(numbers.items()):
        found[name] = 0.0 * shifts[:, k] if number is None else number.value + number.digit * shifts[:, k]
    return found
