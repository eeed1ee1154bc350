"""The picture of a refined grid: its cells, coloured, and the contours through them."""

import h5py
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D
from matplotlib.tri import Triangulation

from ..legend import legend_below
from ..shown import label, shown_values
from ..style import coupling_on_top, set_scales
from ..view import View, array_of

TRIANGLES = ((0, 2, 3), (0, 3, 1))
"""The two halves of a cell as corners: their numbers' bits say lower or upper end along the first
and the second axis.
"""


def draw_cells(axes: Axes, scan: h5py.File, card: dict, view: View) -> None:
    """Cells in the colour of the observable that was followed, or of the first one stored, and the
    contours of it.
    """
    x, y = list(card["axes"])
    refine = card["refine"]
    shown = view.shown or (refine["where"] if refine["where"] in card["observables"] else card["observables"][0])
    values, level = array_of(scan, shown)[()], scan["level"][()]
    (left, right), (low, high) = (shown_values(scan[name]).T for name in (x, y))
    points = np.stack([np.stack([left, left, right, right], -1), np.stack([low, high, low, high], -1)], -1)
    limits: dict = {"clim": (-10, 10), "cmap": "RdBu_r"} if shown.startswith("pull") else {"cmap": "viridis"}
    image = PolyCollection(
        list(points[:, [0, 1, 3, 2]]), array=values.mean(axis=1), edgecolors="face", linewidths=0.1, rasterized=True, **limits
    )
    axes.add_collection(image)
    extend = "both" if shown.startswith("pull") else "neither"
    axes.figure.colorbar(image, ax=axes, label=f"${scan[shown].attrs['latex']}$", extend=extend)
    levels = sorted({edge for pair in [(c, c) for c in refine["contours"]] + [refine["band"] or ()] for edge in pair})
    if shown == refine["where"] and levels:
        _draw_contours(axes, points, values, levels)
        text = f"${scan[shown].attrs['latex']} = {', '.join(f'{level:g}' for level in levels)}$"
        legend_below(axes, [Line2D([], [], color="k", linewidth=0.6, label=text)])
    axes.set_xlim(left.min(), right.max())
    axes.set_ylim(low.min(), high.max())
    set_scales(axes, card, x, y)
    for name, set_label in ((x, axes.set_xlabel), (y, axes.set_ylabel)):
        set_label(label(scan[name]))
    finest = 2 ** int(level.max())
    axes.set_title(f"{len(level):,} cells, the finest 1/{finest} of the base mesh", fontsize=10)
    if x == "m_aprime":
        coupling_on_top(axes, scan, card)


def _draw_contours(axes: Axes, points: np.ndarray, values: np.ndarray, levels: list[float]) -> None:
    """Contours by linear interpolation in the halves of the cells that they cross."""
    with np.errstate(invalid="ignore"):
        crossed = np.any([(values.min(axis=1) <= c) & (values.max(axis=1) >= c) for c in levels], axis=0)
    count = crossed.sum()
    if not count:
        return
    triangles = (4 * np.arange(count)[:, None, None] + np.array(TRIANGLES)).reshape(-1, 3)
    x, y = points[crossed].reshape(-1, 2).T
    mesh = Triangulation(x, y, triangles)
    axes.tricontour(mesh, values[crossed].ravel(), levels=levels, colors="k", linewidths=0.6, linestyles="solid")
