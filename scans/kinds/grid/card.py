"""The card of ``kind = "grid"``: observables over a mesh."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from jt3r import observables

from ...cards.base import Model, Pair
from ...cards.mesh import MeshCard
from ...cards.validators import Observables, data_of
from .refinement import Refine


class Summary(Model):
    """What a grid is reduced to: counts of |value| < level, the point of smallest |value|, a
    histogram of the value.

    Every level and every bin costs one pass over the grid; ``bins = 0`` and ``best = false`` leave
    those out.
    """

    levels: list[Annotated[float, Field(gt=0, allow_inf_nan=False)]] = Field(default=[1.0, 2.0, 3.0], min_length=1)
    best: bool = True
    bins: int = Field(default=20, ge=0, le=1000)
    range: Pair = (-5.0, 5.0)

    @field_validator("range")
    @classmethod
    def _rising(cls, value: tuple[float, float]) -> tuple[float, float]:
        if value[0] >= value[1]:
            raise ValueError(f"{value[0]} must be below {value[1]}")
        return value


class GridCard(MeshCard):
    """Observables over a mesh of axes: stored in full, refined along a contour, or reduced as the
    grid streams by.
    """

    kind: Literal["grid"]
    observables: Annotated[Observables, Field(min_length=1)]
    output: Literal["full", "summary"] = "full"
    summary: Summary = Summary()
    refine: Refine | None = None

    @model_validator(mode="after")
    def _complete(self) -> "GridCard":
        self.check_reads(self.observables)
        if self.output == "summary" and len(self.observables) != 1:
            raise ValueError(f"observables = {self.observables}: output = 'summary' reduces exactly one observable")
        if self.refine:
            self.check_reads([self.refine.where])
            if self.output == "summary" or any(len({*axis.ends()}) < 2 for axis in self.axes.values()):
                raise ValueError("refine needs output = 'full' and at least 2 points along each axis")
            if self.refine.levels * len(self.axes) > 48:
                raise ValueError(f"refine.levels = {self.refine.levels}: times {len(self.axes)} axes must be at most 48")
        return self

    def computed(self) -> list[str]:
        return [*super().computed(), *([self.refine.where] if self.refine else [])]

    def data_files(self) -> set[str]:
        return data_of(observables[name] for name in self.computed())
