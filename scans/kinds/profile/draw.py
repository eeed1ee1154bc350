"""Pictures of profile likelihoods: a curve with its intervals, or a map with its contours."""

import h5py
import numpy as np
from matplotlib.axes import Axes
from scipy.interpolate import PchipInterpolator

from ..array import draw_array
from ..benchmarks import mark_benchmarks
from ..legend import legend_below
from ..shown import label, shown_values
from ..style import BLUE, COLOURS, GREY, set_scales, what_was_fitted, width_of
from ..view import View

HEIGHT = 2.5
"""How far above the highest level a picture goes, as a multiple of it."""

SMOOTH = 500
"""Points of a drawn curve besides the computed ones."""

PALE = "#bdd3e8", "#f9e2d7"
"""Of the intervals, the narrow one first: as the legend shows them, since they cover each other."""


def draw_profile(axes: Axes, scan: h5py.File, card: dict, view: View) -> None:
    """The rise of chi-square along one profiled quantity or over two, and the regions at the
    confidence levels of the file.
    """
    if view.shown is not None:
        draw_array(axes, scan, card, view.shown, view)
        return
    (_draw_curve if len(card["axes"]) == 1 else _draw_regions)(axes, scan, card)
    axes.set_title(what_was_fitted(card, width_of(axes)), fontsize=8)


def _draw_curve(axes: Axes, scan: h5py.File, card: dict) -> None:
    (name,) = card["axes"]
    x, rise, levels = shown_values(scan[name]), scan["delta_chi_square"][()], scan["level"][()]
    top = HEIGHT * levels[-1]
    for smooth in _curves(*_computed(scan, name)):
        axes.plot(*smooth, color=BLUE)  # to the edge of the picture and beyond
    axes.plot(x, rise, ".", color=BLUE, markersize=4)
    for confidence, level, pieces, count, colour in zip(
        scan["confidence"][()],
        levels,
        shown_values(scan[name], scan["interval"][()]),
        scan["pieces"][()],
        PALE,
        strict=True,
    ):
        axes.axhline(level, color=GREY, linewidth=0.6, linestyle=":")
        text = " and ".join(f"{_number(low)} to {_number(high)}" for low, high in pieces[:count])
        for number, (low, high) in enumerate(pieces[:count]):
            span = (x[0] if np.isnan(low) else low, x[-1] if np.isnan(high) else high)
            shown = f"{100 * confidence:.0f} %: {text}" if number == 0 else None
            axes.axvspan(*span, color=colour, linewidth=0, zorder=1 - confidence, label=shown)  # the widest lies below
    best, height = _best(scan, name)
    axes.plot(best, height, "k+", markersize=8, linestyle="none", label=f"best fit: {_number(best)}")
    axes.set_xlim(x[0], x[-1])
    axes.set_ylim(-0.04 * top, top)
    set_scales(axes, card, name, "")
    axes.set_xlabel(label(scan[name]))
    axes.set_ylabel(f"${scan['delta_chi_square'].attrs['latex']}$")
    legend_below(axes, axes.get_legend_handles_labels()[0])


def _computed(scan: h5py.File, name: str) -> tuple[np.ndarray, np.ndarray]:
    """All values at which the profile was computed, in order, and its height: those of the axis,
    the best fit, and the ends of intervals.
    """
    ends = shown_values(scan[name], scan["interval"][()])
    there = np.isfinite(ends)
    best, height = _best(scan, name)
    levels = np.broadcast_to(scan["level"][()][:, None, None], ends.shape)
    x = np.concatenate([shown_values(scan[name]), [best], ends[there]])
    rise = np.concatenate([scan["delta_chi_square"][()], [height], levels[there]])
    first = np.unique(x, return_index=True)[1]
    return x[first], rise[first]


def _curves(x: np.ndarray, rise: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Smooth curves through points, one between any two gaps: cubics that rise and fall where the
    points do.

    Source: F. Fritsch, J. Butland, SIAM J. Sci. Stat. Comput. 5, 300 (1984).
    """
    known = np.isfinite(rise)
    runs = np.split(np.arange(len(x)), np.flatnonzero(np.diff(known)) + 1)
    found = []
    for run in runs:
        if known[run[0]] and len(run) > 1:
            fine = np.unique(np.concatenate([x[run], np.linspace(x[run[0]], x[run[-1]], SMOOTH)]))
            found.append((fine, PchipInterpolator(x[run], rise[run])(fine)))
    return found


def _best(scan: h5py.File, name: str) -> tuple[float, float]:
    """Where the best fit of all lies and how high it is drawn; the lowest value of a profiled
    observable.
    """
    rise, free = scan["delta_chi_square"][()], [text.decode() for text in scan["coordinate"][()]]
    lowest = int(np.nanargmin(rise))
    if name not in free:
        return float(shown_values(scan[name])[lowest]), float(rise[lowest])
    zero = scan["chi_square"][lowest] - rise[lowest]
    return float(shown_values(scan[name], scan["best_fit"][free.index(name)])), float(scan["best_chi_square"][()] - zero)


def _number(end: float) -> str:
    return "..." if np.isnan(end) else f"{end:.3g}".replace("-", "\N{MINUS SIGN}")


def _draw_regions(axes: Axes, scan: h5py.File, card: dict) -> None:
    names = list(card["axes"])
    x, y = (shown_values(scan[name]) for name in names)
    rise, levels = scan["delta_chi_square"][()].T, scan["level"][()]
    image = axes.pcolormesh(x, y, rise, vmin=0, vmax=HEIGHT * levels[-1], cmap="Blues_r", shading="nearest", rasterized=True)
    axes.figure.colorbar(image, ax=axes, extend="max", label=f"${scan['delta_chi_square'].attrs['latex']}$")
    for confidence, level, colour in zip(scan["confidence"][()], levels, (COLOURS[1], COLOURS[4]), strict=True):
        if np.nanmin(rise) < level < np.nanmax(rise):
            axes.contour(x, y, rise, levels=[level], colors=[colour], linewidths=1.2)
        axes.plot([], [], color=colour, linewidth=1.2, label=f"{100 * confidence:.0f} %")
    free = [text.decode() for text in scan["coordinate"][()]]
    if set(names) <= set(free):
        best = dict(zip(free, scan["best_fit"][()], strict=True))
        place = [shown_values(scan[name], best[name]) for name in names]
        axes.plot(*place, "k+", markersize=8, linestyle="none", label="best fit")
    mark_benchmarks(axes, *names)
    set_scales(axes, card, *names)
    axes.set_xlabel(label(scan[names[0]]))
    axes.set_ylabel(label(scan[names[1]]))
    legend_below(axes, axes.get_legend_handles_labels()[0])
