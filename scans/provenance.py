"""How a file was made: the card, the numbers it rests on, and the versions and device that computed it."""

import json
import platform
from importlib.metadata import version
from typing import Any

import jax

import jt3r
from jt3r.constants import CONSTANTS
from jt3r.datasets import DATASETS

from .card import BandCard, GridCard
from .scan import float_dtype

PACKAGES = ("jax", "jaxlib", "numpy", "h5py")


def provenance(card: GridCard | BandCard) -> dict[str, str]:
    """Attributes of every file: JSON texts `card`, `dataset`, `constants`, `versions`, and `device` and `dtype`.

    No time and no host: the same card on the same installation gives the same file, bit by bit.
    """
    versions = {"jt3r": jt3r.__version__, "python": platform.python_version(), **{p: version(p) for p in PACKAGES}}
    measured = {key: quantity.model_dump() for key, quantity in DATASETS[card.dataset].items()}
    constants = {key: quantity.model_dump() for key, quantity in CONSTANTS.items()}
    return {
        "card": _json(card.model_dump(mode="json")),
        "dataset": _json({card.dataset: measured}),
        "constants": _json(constants),
        "versions": _json(versions),
        "device": jax.devices()[0].device_kind,
        "dtype": float_dtype().name,
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
