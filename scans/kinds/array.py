"""Any array of a file as a picture: a map over two axes, curves over one."""

import h5py
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import LogFormatter

from jt3r.errors import BadInput

from .legend import legend_below, place_legend
from .shown import label, shown_values
from .style import COLOURS, GREY, coupling_on_top, set_scales
from .view import View, array_of, cut_text

NO_VALUE = "0.75"
"""Colour of NaN."""

MOST_CURVES = 9

FEW = 0.01
"""Share of the values of a logarithmic map that may lie below its colours."""


def thin(shape: tuple[int, ...]) -> tuple[slice, ...] | slice:
    """Every k-th point: a picture shows no more than about 1500 along an axis."""
    cuts = tuple(slice(None, None, max(1, n // 1500)) for n in shape)
    return cuts if len(cuts) > 1 else cuts[0]


def draw_map(axes: Axes, scan: h5py.File, card: dict, name: str, view: View) -> None:
    """An array as colours over the two axes of the file, grey where it has no value, and contours
    of it and of others.
    """
    names = [n for n in card["axes"] if len(scan[n]) > 1]
    item = array_of(scan, name)
    values = np.squeeze(item[thin(item.shape)]).astype(float)
    if values.ndim != 2:
        raise BadInput(f"{scan.filename}: {name} is no array over {' and '.join(names)}")
    x, y = (shown_values(scan[n])[thin((len(scan[n]),))] for n in names)
    pull = name.startswith("pull")
    settings: dict = {"vmin": -10, "vmax": 10, "cmap": "RdBu_r"} if pull else {"cmap": "viridis"}
    ends = "both" if pull and not view.log else "neither"
    if view.log:
        values = np.abs(values) if pull else np.where(values > 0, values, np.nan)
        lowest = _lowest(values)
        settings = {"norm": LogNorm(vmin=lowest), "cmap": "viridis"}
        ends = ends if lowest is None else "min"
    axes.set_facecolor(NO_VALUE)
    image = axes.pcolormesh(x, y, np.ma.masked_invalid(values).T, shading="nearest", rasterized=True, **settings)
    bars = f"${item.attrs['latex']}$" if not (view.log and pull) else f"$|{item.attrs['latex']}|$"
    unit = item.attrs["units"]
    text = bars + (f" [{unit}]" if unit not in ("", "1") else "")
    axes.figure.colorbar(image, ax=axes, label=text, extend=ends)
    lines = {**({name: (-1.0, 1.0)} if pull and not view.log and not view.contours else {}), **view.contours}
    handles = _contours(axes, scan, lines, x, y)
    if np.isnan(values).any():
        handles.append(Patch(facecolor=NO_VALUE, edgecolor="none", label="no value"))
    if handles:
        legend_below(axes, handles)
    if cut := cut_text(card):
        axes.set_title(cut, fontsize="medium")
    _dress(axes, scan, card, *names)


def _lowest(values: np.ndarray) -> float | None:
    """Where the colours of a logarithmic map start if a few values lie decades below all others, as
    at a change of sign; else None, for the lowest value.
    """
    there = values[values > 0]
    low = float(np.quantile(there, FEW)) if there.size else 0.0
    return low if there.size and low > 10 * there.min() else None


def _contours(axes: Axes, scan: h5py.File, lines: dict, x: np.ndarray, y: np.ndarray) -> list[Artist]:
    """Lines of constant value, one colour for each array."""
    handles: list[Artist] = []
    for (name, levels), colour in zip(lines.items(), ("k", *COLOURS[1:]), strict=False):
        item = array_of(scan, name)
        values = np.squeeze(item[thin(item.shape)]).astype(float)
        if values.shape != (len(x), len(y)):
            raise BadInput(f"{scan.filename}: {name} is no array over the two axes of the picture")
        inside = sorted({level for level in levels if np.nanmin(values) < level < np.nanmax(values)})
        if inside:
            drawn = axes.contour(x, y, values.T, levels=inside, colors=colour, linewidths=0.7, linestyles="solid")
            if len(inside) > 1 and not name.startswith("pull"):
                axes.clabel(drawn, fontsize=7)
        latex = item.attrs["latex"]
        pair = name.startswith("pull") and list(levels) == [-levels[-1], levels[-1]]
        text = rf"$\pm {levels[-1]:g}\sigma$" if pair else f"${latex} = {', '.join(f'{c:g}' for c in levels)}$"
        handles.append(Line2D([], [], color=colour, linewidth=0.7, label=text))
    return handles


def draw_array(axes: Axes, scan: h5py.File, card: dict, name: str, view: View) -> None:
    """Any array of a file: curves along its longest axis where the others number a few, else a map.

    Raises BadInput for texts and for more axes than a picture has.
    """
    item = array_of(scan, name)
    dims = [(k, dim.label or name) for k, dim in enumerate(item.dims) if item.shape[k] > 1]
    if item.dtype.kind not in "biuf" or not 1 <= len(dims) <= 2:
        raise BadInput(f"{scan.filename}: {name} has no picture; it is {item.dtype} of shape {item.shape}")
    if len(dims) == 2 and min(item.shape[k] for k, _ in dims) > MOST_CURVES:
        draw_map(axes, scan, card, name, view)
        return
    values = np.squeeze(item[()]).astype(float)
    (_, along), *numbered = sorted(dims, key=lambda dim: -item.shape[dim[0]])
    curves = values[None] if not numbered else (values if dims[0][1] == numbered[0][1] else values.T)
    for k, (curve, colour) in enumerate(zip(curves, COLOURS, strict=False)):
        by = scan[numbered[0][1]] if numbered else None
        number = "" if by is None else f"${by.attrs.get('latex', numbered[0][1])} = {shown_values(by)[k]:g}$"
        axes.plot(shown_values(scan[along]), curve, color=colour, label=number)
    if view.log:
        axes.set_yscale("log")
    set_scales(axes, card, along, "")
    axes.set_xlabel(label(scan[along]))
    unit = item.attrs["units"]
    axes.set_ylabel(f"${item.attrs['latex']}$" + (f" [{unit}]" if unit not in ("", "1") else ""))
    if cut := cut_text(card):
        axes.set_title(cut, fontsize="medium")
    if numbered:
        place_legend(axes)


def draw_points(axes: Axes, scan: h5py.File, x: str, y: str, c: str | None, view: View) -> None:
    """Points in two of the file's arrays, in the colour of a third if one is named."""
    items = [array_of(scan, name) for name in (x, y, *([c] if c else []))]
    columns = [shown_values(item).ravel().astype(float) for item in items]
    if len({column.shape for column in columns}) > 1:
        raise BadInput(f"{scan.filename}: {', '.join(n for n in (x, y, c) if n)} do not have one value for each point")
    if c:
        norm = LogNorm() if view.log else None
        drawn = axes.scatter(columns[0], columns[1], c=columns[2], s=5, norm=norm, cmap="viridis", linewidths=0)
        bar = axes.figure.colorbar(drawn, ax=axes, label=label(items[2]))
        if view.log:
            bar.ax.yaxis.set_major_formatter(LogFormatter())
            bar.ax.yaxis.set_minor_formatter(LogFormatter())
    else:
        axes.plot(columns[0], columns[1], ".", color=GREY, markersize=3)
    axes.set_xlabel(label(items[0]))
    axes.set_ylabel(label(items[1]))


def _dress(axes: Axes, scan: h5py.File, card: dict, x: str, y: str) -> None:
    set_scales(axes, card, x, y)
    axes.set_xlabel(label(scan[x]))
    axes.set_ylabel(label(scan[y]))
    if x == "m_aprime":
        coupling_on_top(axes, scan, card)
