"""What cards over a mesh share: axes, and parameters that are fixed."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from jt3r import observables
from jt3r.point import PARAMETERS

from .axis import Axis
from .base import Card, Finite
from .validators import check_parameter, check_reads, in_own_units, known


def _unit(name: str) -> str | None:
    return PARAMETERS[name].unit if name in PARAMETERS else None


class MeshCard(Card):
    """A card over every combination of the values of its axes."""

    axes: Annotated[dict[str, Axis], Field(min_length=1), known("parameter", PARAMETERS), in_own_units(_unit)]
    fixed: Annotated[dict[str, Finite], known("parameter", PARAMETERS), in_own_units(_unit)] = Field(default_factory=dict)

    @field_validator("axes", "fixed")
    @classmethod
    def _allowed(cls, table: dict[str, Any]) -> dict[str, Any]:
        for name, value in table.items():
            check_parameter(name, (value,) if isinstance(value, float) else value.ends())
        return table

    @model_validator(mode="after")
    def _no_parameter_twice(self) -> "MeshCard":
        if both := set(self.axes) & set(self.fixed):
            raise ValueError(f"{', '.join(sorted(both))}: both an axis and fixed")
        return self

    def check_reads(self, names: Iterable[str], *solved: str) -> None:
        """Raise ValueError unless the parameters that these observables read are axes, fixed, or `solved` for."""
        check_reads((observables[name] for name in names), {*self.axes, *self.fixed, *solved}, "as an axis or under fixed")
