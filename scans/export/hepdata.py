"""Scan files as HEPData tables in YAML."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from jt3r.errors import BadInput
from jt3r.extras import need
from jt3r.u1 import MODELS

from ..store.output import SIGNS
from .columns import Column, Columns, read_columns

MAX_YAML_ROWS = 100_000
"""More rows than this make a YAML file that no reader takes in; Parquet holds any number."""

MISSING = "-"
"""What HEPData puts where there is no value."""


def write_hepdata(source: Path, output: Path) -> None:
    """Write any file as a HEPData table: its axes are the independent variables, its arrays the
    dependent ones.
    """
    write_document(source, output, _hepdata(read_columns(source)))


def write_document(source: Path, output: Path, document: dict[str, Any]) -> None:
    """Write one table as HEPData YAML. Raises BadInput if it is too long for that."""
    yaml = need("yaml", "export", "HEPData YAML")
    rows = len(document["independent_variables"][0]["values"])
    if rows > MAX_YAML_ROWS:
        raise BadInput(f"{source}: has {rows:,} rows, and YAML is for {MAX_YAML_ROWS:,} at most; take .parquet or .csv")
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
    output.write_text(SIGNS[".yaml"][0].decode() + text, encoding="utf-8")


def _hepdata(columns: Columns) -> dict[str, Any]:
    """The HEPData table of any file: its axes are the independent variables, its arrays the
    dependent ones.
    """
    return {
        "independent_variables": [_variable(name, column) for name, column in columns.coordinates.items()],
        "dependent_variables": [
            _variable(name, column) | {"qualifiers": _qualifiers(columns, column)} for name, column in columns.variables.items()
        ],
    }


def _variable(name: str, column: Column) -> dict[str, Any]:
    return {
        "header": header(quantity_name(name, column), column.unit),
        "values": values_of(column.values),
    }


def header(name: str, unit: str) -> dict[str, str]:
    """A column's heading, with its unit if it has one."""
    return {"name": name} | ({"units": unit} if unit else {})


def quantity_name(name: str, column: Column) -> str:
    """The symbol as HEPData typesets it, with the name in the file; the name alone where there is
    no symbol.
    """
    return f"${column.attributes['latex']}$ ({name})" if "latex" in column.attributes else name


def values_of(values: np.ndarray) -> list[dict[str, Any]]:
    """The values as HEPData takes them: numbers and texts, yes and no as 1 and 0."""
    plain = values.astype(int) if values.dtype == bool else values
    return [{"value": MISSING if isinstance(x, float) and not np.isfinite(x) else x} for x in plain.tolist()]


def _qualifiers(columns: Columns, column: Column) -> list[dict[str, Any]]:
    """What an array means and where it comes from, and what the card says of all of them."""
    texts = [{"name": key, "value": column.attributes[key]} for key in ("long_name", "source") if key in column.attributes]
    return texts + card_qualifiers(json.loads(columns.attributes["card"]))


def card_qualifiers(card: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Model, data set and fixed parameters of a card, with units."""
    told = [
        {"name": key, "value": card[key]}
        for key in ("model", "dataset", "contributions", "recipe", "scenario")
        if card.get(key)
    ]
    known = MODELS[card.get("model", "t3r")].parameters
    for name, value in card.get("fixed", {}).items():
        unit = known[name].unit if name in known else "1"
        told.append({"name": name, "value": value} | ({} if unit == "1" else {"units": unit}))
    return told
