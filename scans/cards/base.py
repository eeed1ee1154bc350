"""What every card has: a data set, no unknown keys, and finite numbers."""

from itertools import pairwise
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, ValidationInfo

from jt3r.measurements import DATASETS
from jt3r.u1 import MODELS

from .validators import known


def _rising(values: list[float], info: ValidationInfo) -> list[float]:
    if any(a >= b for a, b in pairwise(values)):
        raise ValueError(f"{info.field_name} must rise")
    return values


Finite = Annotated[float, Field(allow_inf_nan=False)]
Pair = Annotated[tuple[Finite, Finite], Strict(False)]
"""Two numbers, in TOML a list."""

Rising = Annotated[list[Finite], Field(min_length=1), AfterValidator(_rising)]


class Model(BaseModel):
    """A table of a card: immutable, an unknown key is an error, and so is a value of another type:
    true is not 1.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Card(Model):
    """A run card: its kind of scan, the model, and the measurements it is taken against."""

    kind: str
    include: list[str] = Field(default_factory=list)
    code: dict[str, str] = Field(default_factory=dict)
    plugins: list[str] = Field(default_factory=list)
    measurements: dict[str, dict[str, Any]] = Field(default_factory=dict)
    own_experiments: dict[str, dict[str, Any]] = Field(default_factory=dict)
    model: Annotated[str, known("model", MODELS)] = "t3r"
    dataset: Annotated[str, known("data set", DATASETS)] = "paper2021"

    def computed(self) -> list[str]:
        """Names of the observables that the scan computes."""
        return list(getattr(self, "observables", ()))

    def data_files(self) -> set[str]:
        """Files under jt3r/data beside constants and measurements that the scan reads, a table of
        one after a colon.
        """
        raise NotImplementedError
