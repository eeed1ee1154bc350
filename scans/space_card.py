"""What cards over a parameter space share: free coordinates with priors, fixed ones, and the terms of the likelihood."""

from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from jt3r import observables
from jt3r.flavour_coordinates import COORDINATES
from jt3r.likelihood import Likelihood
from jt3r.point import PARAMETERS
from jt3r.space import Prior, Space
from jt3r.terms import TERMS

from .data_card import DataCard, Finite, Model
from .errors import unknown


class Free(Model):
    """A uniform prior between `min` and `max`, in the value or in its logarithm."""

    min: Finite
    max: Finite
    spacing: Literal["linear", "log"] = "linear"

    @model_validator(mode="after")
    def _check(self) -> "Free":
        Prior(self.min, self.max, self.spacing)
        return self


class SpaceCard(DataCard):
    """A likelihood over free coordinates.

    `cuts`: published cuts are smooth walls in the sum ("wall"), or veto points afterwards ("veto"). `matching` says how mixing
    angles become Wilson coefficients.
    """

    terms: list[str] = Field(min_length=1)
    cuts: Literal["wall", "veto"] = "wall"
    errors: Literal["moments", "two-sided", "average"] = "moments"
    theory_errors: bool = False
    matching: Literal["paper", "pdg", "derived"] = "pdg"
    free: dict[str, Free] = Field(min_length=1)
    fixed: dict[str, Finite] = Field(default_factory=dict)

    @field_validator("terms")
    @classmethod
    def _known_terms(cls, names: list[str]) -> list[str]:
        for name in names:
            if name not in TERMS:
                raise ValueError(unknown("term", name, TERMS))
        if len(set(names)) < len(names):
            raise ValueError("a term is listed twice")
        return names

    @field_validator("free", "fixed")
    @classmethod
    def _known_coordinates(cls, table: dict[str, Any]) -> dict[str, Any]:
        known = [*PARAMETERS, *COORDINATES]
        for name in table:
            if name not in known:
                raise ValueError(unknown("coordinate", name, known))
        return table

    @model_validator(mode="after")
    def _complete(self) -> "SpaceCard":
        given = self.space().parameters
        for name in self.terms:
            for parameter in TERMS[name].reads:
                if parameter not in given and PARAMETERS[parameter].default is None:
                    raise ValueError(f"term {name!r} needs {parameter!r}: give it under free or fixed")
        return self

    def space(self) -> Space:
        """The parameter space."""
        free = {name: Prior(prior.min, prior.max, prior.spacing) for name, prior in self.free.items()}
        return Space(free, self.fixed, self.dataset, self.matching)

    def likelihood(self) -> Likelihood:
        """The likelihood."""
        return Likelihood(tuple(self.terms), self.cuts, self.errors, self.theory_errors)


def check_observables(card: SpaceCard, names: list[str]) -> None:
    """Raise ValueError unless each is an observable whose parameters the card sets, named once."""
    given = card.space().parameters
    for name in names:
        if name not in observables:
            raise ValueError(unknown("observable", name, observables))
        for parameter in observables[name].reads:
            if parameter not in given and PARAMETERS[parameter].default is None:
                raise ValueError(f"observable {name!r} needs {parameter!r}: give it under free or fixed")
    if len(set(names)) < len(names):
        raise ValueError("an observable is listed twice")
