"""What cards over a mesh share: axes, and parameters that are fixed."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator, model_validator

from jt3r import observables

from .axis import Axis
from .base import Card, Finite
from .validators import check_parameter, check_reads, in_own_units, parameter_units

IN_OWN_UNITS = in_own_units("parameter", parameter_units)


class MeshCard(Card):
    """A card over every combination of the values of its axes."""

    axes: Annotated[dict[str, Axis], Field(min_length=1), IN_OWN_UNITS]
    fixed: Annotated[dict[str, Finite], IN_OWN_UNITS] = Field(default_factory=dict)

    @field_validator("axes", "fixed")
    @classmethod
    def _allowed(cls, table: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        for name, value in table.items():
            check_parameter(name, (value,) if isinstance(value, float) else value.ends(), info.data.get("model", "t3r"))
        return table

    @model_validator(mode="after")
    def _no_parameter_twice(self) -> "MeshCard":
        if both := set(self.axes) & set(self.fixed):
            raise ValueError(f"{', '.join(sorted(both))}: both an axis and fixed")
        return self

    def check_reads(self, names: Iterable[str], *solved: str) -> None:
        """Raise ValueError unless the parameters that these observables read are axes, fixed, or
        ``solved`` for.
        """
        given = {*self.axes, *self.fixed, *solved}
        check_reads((observables[name] for name in names), given, "as an axis or under fixed", self.model)
