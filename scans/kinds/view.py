"""How a picture is asked for, and the part of a file that it then shows."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import h5py
import numpy as np

from jt3r.errors import BadInput, unknown
from jt3r.u1 import MODELS

from ..store.reading import items_of
from .registry import shows

HIDDEN = ("DIMENSION_LIST", "REFERENCE_LIST", "CLASS", "NAME", "_Netcdf4Dimid", "_Netcdf4Coordinates")
"""Attributes by which HDF5 ties arrays to their axes; the copy has labels in their place."""


@dataclass(frozen=True)
class View:
    """What a picture shows of a file, where its kind leaves a choice.

    ``at``: values of axes to cut at, the nearest of the file each. ``observable``: the array that
    is drawn. ``contours``: arrays and the values at which lines are drawn on a map. ``log``:
    colours or heights in the logarithm. ``x`` and ``y``: the axes, or the coordinates of points.
    ``c``: the colours, of a map or of points.
    """

    at: Mapping[str, float] = field(default_factory=dict)
    observable: str | None = None
    contours: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    log: bool = False
    x: str | None = None
    y: str | None = None
    c: str | None = None

    @property
    def shown(self) -> str | None:
        """The array that was asked for."""
        return self.observable or self.c


class Memory(BytesIO):
    """A file in memory under the name of what it holds, by which h5py and so our messages call
    it.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def __repr__(self) -> str:
        return self._name


def array_of(scan: h5py.File, name: str) -> h5py.Dataset:
    """The array of the file. Raises BadInput with a suggestion if there is none of that name."""
    if name not in scan:
        raise BadInput(f"{scan.filename}: {unknown('array', name, scan)}")
    return scan[name]


@contextmanager
def part(scan: h5py.File, card: dict, view: View) -> Iterator[tuple[h5py.File, dict]]:
    """The file and its card, cut at ``view.at`` and with the axis ``view.x`` first.

    Of a stored grid over three axes or more the two longest are left, or x and y, and the others
    cut in their middle. Raises BadInput for an axis that the file does not have.
    """
    axes = card.get("axes", {})
    names = [name for name in axes if name in scan and scan[name].ndim == 1 and not card.get("refine")]
    for name in (*view.at, *(n for n in (view.x, view.y) if n and axes and shows(card, "mesh"))):
        if name not in names:
            raise BadInput(f"{scan.filename}: {unknown('axis', name, names)}")
    cuts = {name: _nearest(scan[name], value) for name, value in view.at.items()}
    if shows(card, "mesh") and card.get("output") == "full":
        cuts |= _middles(scan, [name for name in names if name not in cuts], view)
    order = sorted(names, key=lambda name: (name != view.x, name == view.y))
    if not cuts and order == names:
        yield scan, card
        return
    values = {name: float(scan[name][index]) for name, index in cuts.items()}
    new_axes = {name: {"values": [values[name]]} if name in values else axes[name] for name in order}
    card = {**card, "axes": new_axes, "cut": values}
    with h5py.File(Memory(scan.filename), "w") as copy:
        for key, value in items_of(scan.attrs):
            copy.attrs[key] = value
        for name, item in items_of(scan):
            if isinstance(item, h5py.Dataset):
                _copy(copy, name, item, cuts, order)
        yield copy, card


def cut_text(card: dict) -> str:
    """The values at which a file was cut, typeset; masses below a GeV in MeV."""
    return ", ".join(parameter_text(name, value, card) for name, value in card.get("cut", {}).items())


def parameter_text(name: str, value: float, card: Mapping[str, Any]) -> str:
    """A parameter of the card's model and its value, typeset; masses below a GeV in MeV."""
    parameter = MODELS[card.get("model", "t3r")].parameters[name]
    in_mev = parameter.unit == "GeV" and abs(value) < 1
    unit = "" if parameter.unit in ("", "1") else " MeV" if in_mev else f" {parameter.unit}"
    return f"${parameter.latex} = {value * 1e3 if in_mev else value:.6g}${unit}"


def _nearest(axis: h5py.Dataset, value: float) -> int:
    values = axis[()]
    low, high = values.min(), values.max()
    slack = np.abs(np.diff(values)).max() / 2 if len(values) > 1 else 1e-9 * abs(low)
    if not low - slack <= value <= high + slack:
        name = axis.name.strip("/")
        raise BadInput(f"{axis.file.filename}: {name} = {value:g}: the file has {name} from {low:g} to {high:g}")
    return int(np.abs(values - value).argmin())


def _middles(scan: h5py.File, names: list[str], view: View) -> dict[str, int]:
    """Where the axes that a picture has no room for are cut."""
    long = [name for name in names if len(scan[name]) > 1]
    wanted = [name for name in (view.x, view.y) if name]
    left = sorted(long, key=lambda name: (name not in wanted, -len(scan[name])))[:2]
    return {name: len(scan[name]) // 2 for name in long if name not in left}


def _copy(copy: h5py.File, name: str, item: h5py.Dataset, cuts: Mapping[str, int], order: list[str]) -> None:
    dims = [dim.label or name for dim in item.dims]
    values: Any = item[tuple(slice(cuts[d], cuts[d] + 1) if d in cuts else slice(None) for d in dims)] if dims else item[()]
    places = [k for k, dim in enumerate(dims) if dim in order]
    moved = dict(zip(places, sorted(places, key=lambda k: order.index(dims[k])), strict=True))
    arranged = [moved.get(k, k) for k in range(len(dims))]  # what is no axis of the card stays where it is
    new = copy.create_dataset(name, data=np.transpose(values, arranged) if len(dims) > 1 else values)
    for key, value in items_of(item.attrs):
        if key not in HIDDEN:
            new.attrs[key] = value
    for k, old in enumerate(arranged):
        new.dims[k].label = dims[old]
