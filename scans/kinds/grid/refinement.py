"""The ``refine`` table of a grid card: which cells of the mesh are split, and how often."""

from typing import Annotated, Any

from pydantic import Field, model_validator

from jt3r import observables

from ...cards.base import Finite, Model, Pair
from ...cards.validators import known


class Refine(Model):
    """Cells are split ``levels`` times where ``where`` passes through one of ``contours``, or takes
    a value inside ``band``.
    """

    levels: int = Field(ge=1, le=16)
    where: Annotated[str, known("observable", observables)]
    contours: list[Finite] = Field(default_factory=list)
    band: Pair | None = None

    @model_validator(mode="before")
    @classmethod
    def _zero_by_default(cls, table: Any) -> Any:
        given = isinstance(table, dict) and (table.get("contours") is not None or table.get("band") is not None)
        return {**table, "contours": [0.0]} if isinstance(table, dict) and not given else table

    @model_validator(mode="after")
    def _something_to_follow(self) -> "Refine":
        if not self.contours and self.band is None:
            raise ValueError("contours = []: give at least one value, or a band")
        if self.band is not None and self.band[0] >= self.band[1]:
            raise ValueError(f"band = {list(self.band)}: the lower value comes first")
        return self

    def intervals(self) -> list[tuple[float, float]]:
        """The values of ``where`` that are followed: a contour is an interval of no width."""
        return [(value, value) for value in self.contours] + ([self.band] if self.band is not None else [])
