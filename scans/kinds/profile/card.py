"""The card of ``kind = "profile"``: the best fit at each value of one or two quantities, over
everything else.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from jt3r import observables
from jt3r.errors import unknown
from jt3r.u1 import MODELS

from ...cards.axis import Range
from ...cards.space import SpaceCard, coordinate_units
from ...cards.validators import in_own_units

OWN_UNITS = in_own_units("axis", lambda: coordinate_units() | {name: entry.unit for name, entry in observables.items()})


def rows(card: dict) -> set[str]:
    """A flat table of a profile has one row for each profiled point."""
    return set(card["axes"])


class ProfileCard(SpaceCard):
    """The smallest chi-square at each value of one or two free coordinates or observables, over the
    rest of the space.

    ``axes`` names them, with the values at which the profile is taken. The best fit of all is
    sought from ``starts`` random points. ``observables`` are computed at every profiled point and
    stored.
    """

    kind: Literal["profile"]
    axes: Annotated[dict[str, Range], Field(min_length=1, max_length=2), OWN_UNITS]
    starts: int = Field(default=64, ge=1, le=1_000_000)
    seed: int = Field(default=0, ge=0, lt=2**32)

    @model_validator(mode="after")
    def _checked(self) -> "ProfileCard":
        for name, axis in self.axes.items():
            if name not in self.free and name not in observables:
                raise ValueError(unknown("axis", name, [*self.free, *observables]))
            if axis.n < 2:
                raise ValueError(f"axes.{name}.n = {axis.n}: a profile needs at least 2 values")
            if name in self.free and not self.free[name].min <= axis.min < axis.max <= self.free[name].max:
                raise ValueError(f"axes.{name}: must lie inside its prior, {self.free[name].min} to {self.free[name].max}")
        self.check_reads(name for name in self.axes if name not in self.free)
        return self

    def profiled(self) -> set[str]:
        named = [observables[name] for name in self.axes if name in observables and name not in self.free]
        point, given = MODELS[self.model].point, self.space().parameters
        return {*self.axes, *(parameter for entry in named for parameter in entry.reads_of(point, given))}

    def computed(self) -> list[str]:
        return [*super().computed(), *(name for name in self.axes if name not in self.free)]
