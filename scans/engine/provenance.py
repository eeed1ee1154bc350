"""How a file was made: the card, the constants and measurements, and the versions and device that
computed it.
"""

import json
import platform
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import jax

import jt3r
from jt3r import additions
from jt3r.constants import CONSTANTS
from jt3r.data.load import digest
from jt3r.flavour.measurements import measurements
from jt3r.measurements import DATASETS

from ..cards.base import Card
from .identity import SOURCE
from .plan import float_dtype

PACKAGES = ("jax", "jaxlib", "numpy", "h5py", "isal")


def provenance(card: Card) -> dict[str, str]:
    """Of every file: JSON ``card``, ``dataset``, ``constants``, ``data``, ``versions``; ``device``,
    ``dtype``, ``code``.

    ``code`` is the SHA-256 of jt3r's own source, ``additions`` those of what a user added in Python
    and the card names. No time and no host: the same card on the same installation gives the same
    file, bit by bit.
    """
    versions = {"jt3r": jt3r.__version__, "python": platform.python_version(), **{p: version(p) for p in PACKAGES}}
    return {
        "card": _json(card.model_dump(mode="json")),
        "dataset": _json({card.dataset: measured(card.dataset)}),
        "constants": _json(constants()),
        "data": _json(_data(card)),
        "versions": _json(versions),
        "device": jax.devices()[0].device_kind,
        "dtype": float_dtype().name,
        "code": SOURCE,
        **({"additions": _json(added)} if (added := additions.digests(set(_texts(card.model_dump(mode="json"))))) else {}),
    }


def measured(dataset: str) -> dict[str, Any]:
    """Each measurement of a data set with its errors and source, empty for a set that is not
    there.
    """
    if dataset not in DATASETS:
        return {}
    found = {key: quantity.model_dump() for key, quantity in DATASETS[dataset].items()}
    return found | {key: asdict(measurement) for key, measurement in measurements(dataset).items()}


def constants() -> dict[str, Any]:
    """Each physical constant with its unit, error and source."""
    return {key: quantity.model_dump() for key, quantity in CONSTANTS.items()}


def _texts(value: Any) -> Iterator[str]:
    """All texts and keys inside a card: what it may name."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for entry in value.items() if isinstance(value, dict) else value:
            yield from _texts(list(entry) if isinstance(entry, tuple) else entry)


def _data(card: Card) -> dict[str, dict[str, Any]]:
    """Data file -> its SHA-256 and the tables of it that the card's observables, terms and searches
    read.
    """
    tables: dict[str, list[str]] = {}
    for file, _, table in sorted(entry.partition(":") for entry in card.data_files()):
        tables.setdefault(file, []).extend([table] if table else [])
    return {file: {"sha256": digest(file), "tables": names} for file, names in tables.items()}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
