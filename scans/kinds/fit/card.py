"""The card of ``kind = "fit"``: minima of a likelihood from many random starts."""

from typing import Annotated, Literal

from pydantic import AliasChoices, Field, model_validator

from jt3r.inference.fits.fit import check_named

from ...cards.base import Finite
from ...cards.space import OWN_UNITS, SpaceCard


class SearchCard(SpaceCard):
    """Minima from ``starts`` random points of the priors, and from those under ``named_starts``.

    ``named_starts.NAME`` gives coordinates of one more start; those it leaves out lie in the middle
    of their priors. ``observables`` are computed at every minimum. ``warm_up = false`` leaves out
    Adam. With ``until = "allowed"`` a start ends as soon as every term is within one
    standard deviation: many allowed points for little, none a minimum.
    """

    kind: Literal["fit"]
    starts: int = Field(default=1000, ge=1, le=10_000_000)
    seed: int = Field(default=0, ge=0, lt=2**32)
    until: Literal["minimum", "allowed"] = "minimum"
    warm_up: bool = True
    toys: int = Field(default=0, ge=0, le=1_000_000)
    named_starts: dict[str, Annotated[dict[str, Finite], OWN_UNITS]] = Field(
        default_factory=dict, validation_alias=AliasChoices("named_starts", "begin")
    )

    @model_validator(mode="after")
    def _checked(self) -> "SearchCard":
        check_named(self.space(), self.named_starts)
        return self
