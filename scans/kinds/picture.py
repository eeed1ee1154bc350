"""The picture of a scan file, by its kind."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Union

import h5py
import matplotlib
from matplotlib.axes import Axes

from jt3r.errors import BadInput

from ..store.hdf5 import open_scan
from .registry import card_of, kind_of
from .style import STYLE, new_figure

if TYPE_CHECKING:
    import xarray

SIZE = (5.2, 4.2)
"""Inches."""


def plot(scan: Union[str, Path, "xarray.Dataset"], ax: Axes | None = None) -> Axes:
    """Draw a scan, a file or what `jt3r.open` gave of one, in the way of its kind on `ax`, or on new axes, and return them.

    Raises BadInput if there is no such file or nothing to draw it by.

    >>> import jt3r
    >>> card = {"kind": "band", "pulls": [-1.0, 0.0, 1.0], "axes": {"m_aprime": {"min": 0.02, "max": 0.2, "n": 64}}}
    >>> axes = jt3r.plot(jt3r.run(card, "band.h5"))
    >>> axes.get_ylabel()
    "$m_{\\\\phi'}$ [MeV]"
    """
    with _opened(scan) as file, matplotlib.rc_context(STYLE):
        if ax is None:
            from matplotlib import pyplot

            _, ax = pyplot.subplots(figsize=SIZE, layout="constrained")
        draw(ax, file)
    return ax


def plot_file(file: str | Path, picture: str | Path) -> None:
    """Draw a scan file into a PNG, PDF or SVG. Raises BadInput if there is nothing to draw it by."""
    with open_scan(file) as scan, new_figure(Path(picture), SIZE) as figure:
        draw(figure.subplots(), scan)


def draw(axes: Axes, scan: h5py.File) -> None:
    """Draw an open scan on axes. Raises BadInput if there is nothing to draw it by."""
    card = card_of(scan.attrs)
    draw_kind = kind_of(card).part("draw")
    if draw_kind is None:
        raise BadInput(f"{scan.filename}: a {card['kind']} has no picture; jt3r info prints it")
    draw_kind(axes, scan, card)


@contextmanager
def _opened(scan: Union[str, Path, "xarray.Dataset"]) -> Iterator[h5py.File]:
    """The file, or the dataset as a file in memory."""
    if isinstance(scan, str | Path):
        with open_scan(scan) as file:
            yield file
    else:
        memory = BytesIO()
        scan.to_netcdf(memory, engine="h5netcdf")
        with h5py.File(memory) as file:
            yield file
