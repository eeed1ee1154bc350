"""Reading the TOML files of numbers beside this module, each checked as it is read."""

import hashlib
import tomllib
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Quantity(BaseModel):
    """A number from the literature: value and one standard deviation in `unit`, how it is typeset, and who measured it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float = Field(allow_inf_nan=False)
    error: float = Field(ge=0, allow_inf_nan=False)
    unit: str
    latex: str
    source: str = Field(min_length=1)


def read_toml(name: str) -> dict[str, Any]:
    """The file jt3r/data/`name` as a nested dict."""
    return tomllib.loads(files("jt3r.data").joinpath(name).read_text(encoding="utf-8"))


def digest(name: str) -> str:
    """SHA-256 of the file jt3r/data/`name`, in hexadecimal."""
    return hashlib.sha256(files("jt3r.data").joinpath(name).read_bytes()).hexdigest()
