"""The card of ``kind = "what_is_left"``."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from jt3r.experiments import left
from jt3r.experiments import load as searches
from jt3r.production import Recipe

from ...cards.mesh import MeshCard
from ...cards.validators import Searches
from ..limits.card import data_of_searches, published

Share = Annotated[float, Field(gt=0, le=1)]


class WhatIsLeftCard(MeshCard):
    """The strength of every search over m_A' and V, phi' on the g-2 band, for several ways in which
    A' decays.

    ``decays``: "visible", "invisible", "thermal", or the share of visible decays as a number;
    ``as_of``: searches published in that year or before, all unless given.
    """

    kind: Literal["what_is_left"]
    recipe: Recipe = "direct"
    decays: Annotated[list[left.Scenario | Share], Field(min_length=1)] = Field(
        default=["visible", 0.01, "thermal", "invisible"]
    )
    as_of: int | None = None
    experiments: Annotated[Searches, Field(min_length=1)] = Field(
        default_factory=lambda: [name for name, search in searches.load().items() if search.status != "favoured"]
    )

    @model_validator(mode="after")
    def _complete(self) -> "WhatIsLeftCard":
        if set(self.axes) != {"v", "m_aprime"} or self.fixed:
            raise ValueError("what is left is scanned along the axes v and m_aprime, and nothing is fixed")
        if self.recipe == "paper_estimator":
            raise ValueError("recipe = 'paper_estimator' is no count of events: allowed are km, direct, full")
        return self

    @property
    def names(self) -> list[str]:
        """The searches that were published by then."""
        return published(self.experiments, self.as_of)

    def data_files(self) -> set[str]:
        return {*data_of_searches(self.names), "dark.toml"}
