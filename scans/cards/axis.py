"""An axis of a card: a range, or a list of values."""

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Discriminator, Field, Tag, model_validator

from .base import Finite, Model, Rising

MAX_AXIS = 2**31 - 1
"""Points along one axis: device indices are 32-bit."""


class Range(Model):
    """From `min` to `max`, both included, in `n` points, evenly in the value or in its logarithm."""

    min: Finite
    max: Finite
    n: int = Field(ge=1, le=MAX_AXIS)
    spacing: Literal["linear", "log"] = "linear"

    @model_validator(mode="after")
    def _check(self) -> "Range":
        if self.min >= self.max:
            raise ValueError(f"min = {self.min} must be below max = {self.max}")
        if self.spacing == "log" and self.min <= 0:
            raise ValueError(f"min = {self.min}: a log axis must lie above zero")
        return self

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
