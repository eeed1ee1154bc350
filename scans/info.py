"""What a finished file holds, in words."""

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from .hdf5 import open_scan


def describe(path: str | Path) -> dict[str, Any]:
    """The file's arrays with shape, unit, range and meaning, its card and how it was made. Raises BadInput as `open_scan`."""
    with open_scan(path) as file:
        attributes = {key: _plain(value) for key, value in file.attrs.items()}
        arrays = {name: _array(item) for name, item in file.items() if isinstance(item, h5py.Dataset)}
    for key in ("card", "dataset", "constants", "versions"):
        attributes[key] = json.loads(attributes[key])
    return {"file": str(path), "arrays": arrays, **attributes}


def _array(item: h5py.Dataset) -> dict[str, Any]:
    lowest, highest = np.inf, -np.inf
    for piece in item.iter_chunks() if item.chunks else [()]:
        values = np.asarray(item[piece], dtype=float)
        if np.isfinite(values).any():
            lowest = min(lowest, float(np.nanmin(values[np.isfinite(values)])))
            highest = max(highest, float(np.nanmax(values[np.isfinite(values)])))
    return {
        "dims": [item.dims[axis].label or item.name.strip("/") for axis in range(item.ndim)],
        "shape": list(item.shape),
        "dtype": str(item.dtype),
        "range": [lowest, highest] if lowest <= highest else None,
        **{key: _plain(item.attrs[key]) for key in ("units", "long_name", "source") if key in item.attrs},
    }


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
