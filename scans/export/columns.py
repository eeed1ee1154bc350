"""A scan file as flat columns of equal length."""

from pathlib import Path
from typing import NamedTuple

import h5py
import numpy as np

from ..kinds.registry import card_of, kind_of
from ..store.hdf5 import open_scan
from ..store.reading import items_of


class Column(NamedTuple):
    """One column of the flat table: values along all axes of the file in turn, and what they
    are.
    """

    values: np.ndarray
    unit: str
    attributes: dict[str, str]


class Columns(NamedTuple):
    """A file as a flat table: what runs, what was computed, and how the file was made."""

    coordinates: dict[str, Column]
    variables: dict[str, Column]
    attributes: dict[str, str]

    @property
    def all(self) -> dict[str, Column]:
        return self.coordinates | self.variables


def read_columns(path: str | Path) -> Columns:
    """The flat table of a file: its rows run over all axes, the last one fastest, as
    ``to_dataframe`` of xarray has them.

    An array that does not depend on an axis is repeated along it. A fit has one row for each
    minimum, a profile one for each value, a table one for each cell; their arrays over anything
    else (starts, matrices, intervals) are left out. Raises BadInput as ``open_scan``.
    """
    with open_scan(path) as scan:
        scales = {name: item for name, item in items_of(scan) if item.is_scale}
        card = card_of(scan.attrs)
        of_kind = kind_of(card).part("rows")
        rows = of_kind(card) if of_kind else set(scales)
        arrays = {name: item for name, item in items_of(scan) if not item.is_scale and rows.issuperset(_dims(item))}
        dims = [dim for dim in _ordered(arrays) if dim in scales]
        lengths = tuple(len(scales[dim]) for dim in dims)
        coordinates = {name: _column(scales[name], [name], dims, lengths) for name in dims}
        variables = {name: _column(item, _dims(item), dims, lengths) for name, item in arrays.items()}
        attributes = {key: str(value) for key, value in items_of(scan.attrs)}
    return Columns(coordinates, variables, attributes)


def _dims(item: h5py.Dataset) -> list[str]:
    return [dim.label for dim in item.dims]


def _ordered(arrays: dict[str, h5py.Dataset]) -> list[str]:
    """All dimensions, those of the array with the most first."""
    longest = sorted(arrays.values(), key=lambda item: -item.ndim)
    return list(dict.fromkeys(dim for item in longest for dim in _dims(item)))


def _column(item: h5py.Dataset, own: list[str], dims: list[str], lengths: tuple[int, ...]) -> Column:
    values = item.asstr()[()] if h5py.check_string_dtype(item.dtype) else item[()]
    kept = [dim for dim in dims if dim in own]
    values = np.transpose(values, [own.index(dim) for dim in kept])
    values = values.reshape([length if dim in own else 1 for dim, length in zip(dims, lengths, strict=True)])
    texts = {key: str(item.attrs[key]) for key in ("units", "long_name", "source", "latex") if key in item.attrs}
    unit = texts.get("units", "1")
    return Column(np.broadcast_to(values, lengths).ravel(), "" if unit == "1" else unit, texts)
