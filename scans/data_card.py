"""What every card has: a data set, no unknown keys, and finite numbers."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from jt3r import DATASETS

from .errors import unknown

Finite = Annotated[float, Field(allow_inf_nan=False)]


class Model(BaseModel):
    """A table of a card: immutable, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DataCard(Model):
    """A card that names the measurements it is taken against."""

    dataset: str = "paper2021"

    @field_validator("dataset")
    @classmethod
    def _known_dataset(cls, name: str) -> str:
        if name not in DATASETS:
            raise ValueError(unknown("data set", name, DATASETS))
        return name
