"""The picture of a scan file, by its kind."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Union

import h5py
import matplotlib
from matplotlib.axes import Axes

from jt3r.errors import BadInput

from ..store.hdf5 import open_scan
from .registry import card_of, kind_of, shows
from .room import give_room
from .style import SIZE, new_figure, rules
from .view import Memory, View, part

if TYPE_CHECKING:
    import xarray

SLIM = 2.4
"""Inches of a panel below which several stand below each other."""
PLAIN = View()


def plot(
    scan: Union[str, Path, "xarray.Dataset"],
    ax: Axes | None = None,
    *,
    at: Mapping[str, float] | None = None,
    observable: str | None = None,
    contours: Mapping[str, Sequence[float]] | None = None,
    log: bool = False,
    x: str | None = None,
    y: str | None = None,
    c: str | None = None,
    title: str | None = None,
    style: str = "jt3r",
) -> Axes:
    """Draw a scan, a file or what ``jt3r.open`` gave of one, in the way of its kind on ``ax``, or
    on new axes, and return them.

    ``at`` cuts at values of axes ({"v": 20.0}), ``observable`` says which array of the file is
    drawn, ``contours`` draws lines of arrays over a map, ``log`` takes the logarithm of what is
    drawn; ``x``, ``y`` and ``c`` name the axes and the colours. ``style`` is jt3r, paper, or a
    style file of matplotlib. Raises BadInput if there is no such file or nothing to draw it by.

    >>> import jt3r
    >>> axes = {"m_aprime": {"min": 0.02, "max": 0.2, "n": 64}}
    >>> card = {"kind": "band", "pulls": [-1.0, 0.0, 1.0], "axes": axes}
    >>> axes = jt3r.plot(jt3r.run(card, "band.h5"), title="The band")
    >>> axes.get_xlabel()
    "$m_{A'}$ [MeV]"
    """
    lines = {name: tuple(levels) for name, levels in (contours or {}).items()}
    view = View(at or {}, observable, lines, log, x, y, c)
    with _opened(scan) as file, matplotlib.rc_context(rules(style)):
        if ax is None:
            from matplotlib import pyplot

            _, ax = pyplot.subplots(figsize=SIZE, layout="constrained")
        draw(ax, file, view)
        if title is not None:
            ax.set_title(title)
    return ax


def plot_file(file: str | Path, picture: str | Path) -> None:
    """Draw a scan file into a PNG, PDF or SVG. Raises BadInput if there is nothing to draw it
    by.
    """
    plot_files([Path(file)], Path(picture))


def plot_files(
    files: Sequence[Path],
    picture: Path,
    view: View = PLAIN,
    *,
    title: str | None = None,
    style: str = "jt3r",
    size: tuple[float, float] | None = None,
) -> None:
    """Draw scan files into one PNG, PDF or SVG of the given width, side by side where there is room
    for it. The height of ``size`` is the least one of a panel.

    Raises BadInput if there is nothing to draw one of them by.
    """
    width, height = size or (SIZE[0] * (1 + 0.8 * (len(files) - 1)), SIZE[1])
    columns = len(files) if width / len(files) >= SLIM else 1
    rows = len(files) // columns
    with ExitStack() as stack:
        scans = [stack.enter_context(open_scan(file)) for file in files]
        figure = stack.enter_context(new_figure(picture, (width, height * rows), style, columns))
        panels = figure.subplots(rows, columns, squeeze=False)
        for panel, scan in zip(panels.ravel(), scans, strict=True):
            draw(panel, scan, view)
        if title is not None:
            (panels[0, 0].set_title if len(files) == 1 else figure.suptitle)(title)
        give_room(figure, panels.tolist())


def draw(axes: Axes, scan: h5py.File, view: View) -> None:
    """Draw an open scan on axes. Raises BadInput if there is nothing to draw it by."""
    card = card_of(scan.attrs)
    draw_kind = kind_of(card).part("draw")
    if draw_kind is None:
        raise BadInput(f"{scan.filename}: a {card['kind']} has no picture; jt3r info prints it")
    if view.contours and view.shown is None and not shows(card, "points"):  # a grid
        raise BadInput(f"{scan.filename}: contours are drawn on maps, and a {card['kind']} has none; or name an array to draw")
    with part(scan, card, view) as (shown, its_card):
        draw_kind(axes, shown, its_card, view)


@contextmanager
def _opened(scan: Union[str, Path, "xarray.Dataset"]) -> Iterator[h5py.File]:
    """The file, or the dataset as a file in memory."""
    if isinstance(scan, str | Path):
        with open_scan(scan) as file:
            yield file
    else:
        memory = Memory("the dataset")
        pure = {name: array for name, array in scan.variables.items() if "units" not in array.attrs}
        scan = scan.assign({name: (array.dims, array.values, {**array.attrs, "units": "1"}) for name, array in pure.items()})
        scan.to_netcdf(memory, engine="h5netcdf")
        with h5py.File(memory) as file:
            yield file
