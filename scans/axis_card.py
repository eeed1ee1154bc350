"""An axis of a card that runs over a range."""

from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

MAX_AXIS = 2**31 - 1
"""Points along one axis: device indices are 32-bit."""

Finite = Annotated[float, Field(allow_inf_nan=False)]


class Range(BaseModel):
    """From `min` to `max`, both included, in `n` points, evenly in the value or in its logarithm."""

    model_config = ConfigDict(extra="forbid", frozen=True)

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
        return self.min, self.max if self.n > 1 else self.min

    def points(self) -> np.ndarray:
        """The values of the axis, float64; the ends are exact."""
        if self.n == 1:
            return np.array([self.min])
        return (np.geomspace if self.spacing == "log" else np.linspace)(self.min, self.max, self.n)
