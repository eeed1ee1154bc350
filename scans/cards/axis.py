"""An axis of a card: a range, or a list of values."""

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Discriminator, Field, Tag, model_validator

from jt3r.inference.space import Prior

from .base import Finite, Model, Rising

MAX_AXIS = 2**31 - 1
"""Points along one axis: device indices are 32-bit."""


class Interval(Model):
    """From ``min`` to ``max``, even in the value or in its logarithm: the rules of a prior."""

    min: Finite
    max: Finite
    spacing: Literal["linear", "log"] = "linear"

    @model_validator(mode="after")
    def _check(self) -> "Interval":
        self.prior()
        return self

    def prior(self) -> Prior:
        """The uniform prior over the interval. Raises ValueError for ends in the wrong order, or
        not above zero with log.
        """
        return Prior(self.min, self.max, self.spacing)


class Range(Interval):
    """An interval, both ends included, in ``n`` points."""

    n: int = Field(ge=1, le=MAX_AXIS)

    def ends(self) -> tuple[float, float]:
        """The lowest and the highest value."""
        return self.min, self.max if self.n > 1 else self.min

    def points(self) -> np.ndarray:
        """The values of the axis, float64; the ends are exact."""
        if self.n == 1:
            return np.array([self.min])
        return (np.geomspace if self.spacing == "log" else np.linspace)(self.min, self.max, self.n)


class Values(Model):
    """The listed values, in rising order."""

    values: Rising

    def ends(self) -> tuple[float, float]:
        """The lowest and the highest value."""
        return self.values[0], self.values[-1]

    def points(self) -> np.ndarray:
        """The values of the axis, float64."""
        return np.array(self.values)


def _form(axis: Any) -> str:
    listed = "values" in axis if isinstance(axis, dict) else isinstance(axis, Values)
    return LISTED if listed else RANGE


RANGE, LISTED = "axis as a range", "axis as a list"
Axis = Annotated[Annotated[Range, Tag(RANGE)] | Annotated[Values, Tag(LISTED)], Discriminator(_form)]
