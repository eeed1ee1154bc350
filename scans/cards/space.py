"""What cards over a parameter space share: free coordinates with priors, fixed ones, and the terms
of the likelihood.
"""

import warnings
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from jt3r import observables
from jt3r.errors import unknown
from jt3r.flavour.coordinates import ANGLES, COORDINATES
from jt3r.inference.freedom import unmeasured, unread
from jt3r.inference.likelihood import Likelihood
from jt3r.inference.space import Space
from jt3r.inference.terms import TERMS, check_measured
from jt3r.u1 import MODELS

from .axis import Interval
from .base import Card, Finite
from .validators import Observables, check_parameter, check_reads, data_of, in_own_units, known, parameter_units


def coordinate_units() -> dict[str, str]:
    """The coordinates of all models with their units."""
    return parameter_units() | {name: entry.unit for name, entry in COORDINATES.items()}


OWN_UNITS = in_own_units("coordinate", coordinate_units)
WHERE = "under free or fixed"


class SpaceCard(Card):
    """A likelihood over free coordinates.

    ``cuts``: published cuts are smooth walls in the sum ("wall"), or veto points afterwards
    ("veto"). ``matching`` says how mixing angles become Wilson coefficients. ``errors``: two-piece
    errors, "moments" for the paper's data and "two-sided" for others unless said. ``theory``: the
    flavour observables' theory errors, with the covariance at the point ("point"), the Standard
    Model's ("sm"), or none ("none"). ``relic_error``: theory error of ln(Omega h^2), in the place
    of each relic term's own, 2.5 in kinetic equilibrium and 0.25 by coupled equations.
    """

    terms: Annotated[list[str], Field(min_length=1), known("term", TERMS)]
    cuts: Literal["wall", "veto"] = "wall"
    errors: Literal["dataset", "moments", "two-sided", "average"] = "dataset"
    theory: Literal["point", "sm", "none"] = "point"
    relic_error: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    matching: Literal["paper", "pdg", "derived"] = "pdg"
    free: Annotated[dict[str, Interval], Field(min_length=1), OWN_UNITS]
    fixed: Annotated[dict[str, Finite], OWN_UNITS] = Field(default_factory=dict)
    observables: Observables = Field(default_factory=list)

    @model_validator(mode="before")
    @classmethod
    def _renamed(cls, table: Any) -> Any:
        """``theory_errors`` of earlier versions: true is ``theory = "point"``, false "none"."""
        if isinstance(table, dict) and isinstance(table.get("theory_errors"), bool) and "theory" not in table:
            rest = {key: value for key, value in table.items() if key != "theory_errors"}
            return rest | {"theory": "point" if table["theory_errors"] else "none"}
        return table

    @field_validator("free", "fixed")
    @classmethod
    def _are_coordinates(cls, table: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        model = info.data.get("model", "t3r")
        coordinates = [*MODELS[model].parameters, *(COORDINATES if model == "t3r" else ())]
        for name in table:
            if name not in coordinates:
                raise ValueError(unknown("coordinate", name, coordinates))
        return table

    @model_validator(mode="after")
    def _complete(self) -> "SpaceCard":
        ends = {name: (prior.min, prior.max) for name, prior in self.free.items()}
        for name, values in (ends | {name: (value,) for name, value in self.fixed.items()}).items():
            if name not in COORDINATES:
                check_parameter(name, values, self.model)
        for name in self.terms:
            check_measured(name, self.dataset)
        check_reads((TERMS[name] for name in self.terms), self.space().parameters, WHERE, self.model)
        if missing := unmeasured(self.likelihood(), self.dataset):
            raise ValueError(f"terms: the data set {self.dataset!r} has no measurement of {', '.join(missing)}")
        if idle := [name for name in unread(self.likelihood(), self.space()) if name not in self.profiled()]:
            warnings.warn(f"free: no term reads {', '.join(idle)}", RuntimeWarning, stacklevel=2)
        self.check_reads(self.observables)
        return self

    def profiled(self) -> set[str]:
        """Parameters that the scan itself reads, beside the terms."""
        return set()

    def check_reads(self, names: Iterable[str]) -> None:
        """Raise ValueError unless the space has every parameter that these observables read."""
        check_reads((observables[name] for name in names), self.space().parameters, WHERE, self.model)

    def data_files(self) -> set[str]:
        angles = {"flavour_inputs.toml"} if set(ANGLES) & {*self.free, *self.fixed} else set()
        return angles | data_of(TERMS[name] for name in self.terms) | data_of(observables[name] for name in self.computed())

    def problem(self) -> tuple[Likelihood, Space]:
        """The likelihood and the parameter space."""
        return self.likelihood(), self.space()

    def space(self) -> Space:
        """The parameter space."""
        free = {name: interval.prior() for name, interval in self.free.items()}
        return Space(free, self.fixed, self.dataset, self.matching, self.model)

    def likelihood(self) -> Likelihood:
        """The likelihood."""
        return Likelihood(tuple(self.terms), self.cuts, self.errors, self.theory, self.relic_error)
