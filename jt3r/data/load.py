"""Reading the TOML files of numbers beside this module, each checked as it is read."""

import hashlib
import tomllib
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Quantity(BaseModel):
    """A number from the literature: its value in ``unit``, "1" for a pure number, and where it is
    printed.

    ``error`` is one standard deviation in the same unit, 0 for an exact or a defined number;
    ``latex`` how it is typeset. Pydantic raises ValidationError for a number that is not finite, an
    error below zero, or no source.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float = Field(allow_inf_nan=False)
    error: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    unit: str = Field(min_length=1)
    latex: str = ""
    source: str = Field(min_length=4)


def read_toml(name: str) -> dict[str, Any]:
    """The file ``jt3r/data/NAME`` as a nested dict."""
    return tomllib.loads(files("jt3r.data").joinpath(name).read_text(encoding="utf-8"))


def digest(name: str) -> str:
    """SHA-256 of the file ``jt3r/data/NAME``, in hexadecimal."""
    return hashlib.sha256(files("jt3r.data").joinpath(name).read_bytes()).hexdigest()
