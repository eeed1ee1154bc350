"""What a finished file holds, in words."""

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from .format import JSON_TEXTS
from .hdf5 import open_scan
from .reading import items_of


def describe(path: str | Path) -> dict[str, Any]:
    """The file's arrays with shape, unit, range and meaning, its card and how it was made. Raises
    BadInput as ``open_scan``.
    """
    with open_scan(path) as file:
        attributes = {key: _plain(value) for key, value in items_of(file.attrs)}
        arrays = {name: _array(item) for name, item in items_of(file) if isinstance(item, h5py.Dataset)}
        for key in JSON_TEXTS:
            attributes[key] = json.loads(attributes[key])
    return {"file": str(path), "arrays": arrays, **attributes}


def _array(item: h5py.Dataset) -> dict[str, Any]:
    facts = {
        "dims": [item.dims[axis].label or item.name.strip("/") for axis in range(item.ndim)],
        "shape": list(item.shape),
        "dtype": str(item.dtype),
        **{key: _plain(item.attrs[key]) for key in ("units", "long_name", "source") if key in item.attrs},
    }
    if h5py.check_string_dtype(item.dtype):
        return {**facts, "range": None, "values": item.asstr()[()].tolist()}
    lowest, highest, missing = np.inf, -np.inf, 0
    pieces = item.iter_chunks() if item.chunks else [()]
    for piece in pieces if item.dtype.kind in "biuf" else []:
        values = np.asarray(item[piece], dtype=float)
        missing += int(np.isnan(values).sum())
        if np.isfinite(values).any():
            lowest = min(lowest, float(np.nanmin(values[np.isfinite(values)])))
            highest = max(highest, float(np.nanmax(values[np.isfinite(values)])))
    return {**facts, "range": [lowest, highest] if lowest <= highest else None, "nan": missing}


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.generic | np.ndarray) else value
