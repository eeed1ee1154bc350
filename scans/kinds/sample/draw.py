"""The picture of a posterior: marginal densities of its free parameters, one and two at a time."""

from collections.abc import Sequence

import h5py
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jt3r.errors import BadInput
from jt3r.extras import need

from ..array import draw_points
from ..shown import label, shown_values
from ..style import BLUE, SIZE, what_was_fitted
from ..view import View

SIDE, LEAST, MARGIN = 1.7, 0.85, 1.0
"""Inches of one panel as a rule and at least, and of the labels beside and below all."""


WEIGHTLESS = 0.02
"""Part of the weight that may lie outside of the picture of weighted points."""


def draw_corner(axes: Axes, scan: h5py.File, card: dict, view: View) -> None:
    """Histograms with the median and the central 68 % above them, and regions of 68 and 95 % for
    each pair.

    They take the whole figure of ``axes``. Raises BadInput if it is too narrow.
    """
    if view.x and view.y:
        draw_points(axes, scan, view.x, view.y, view.shown, view)
        return
    corner = need("corner", "sample", "the picture of a posterior")
    names = list(card["free"])
    figure = axes.figure.figure
    inches = _panel(figure, max(2, len(names)))
    side, share = inches * max(2, len(names)) + MARGIN, inches / SIDE
    figure.set_layout_engine(None)  # corner arranges its panels itself
    figure.set_size_inches(side, side)
    axes.remove()
    columns = [shown_values(scan[name]).ravel() for name in names]
    weights = scan["weight"][()].ravel() if "weight" in scan else None
    corner.corner(
        np.stack(columns, axis=-1),
        labels=[label(scan[name]) for name in names],
        weights=weights,
        range=None if weights is None else [_span(column, weights) for column in columns],
        fig=figure,
        color=BLUE,
        levels=(0.68, 0.95),
        quantiles=(0.16, 0.5, 0.84),
        label_kwargs={"fontsize": max(8, 11 * share)},
        labelpad=-0.02 / share,
        plot_datapoints=False,
        fill_contours=True,
        smooth=1.0,
        max_n_ticks=4,
    )
    figure.subplots_adjust(left=MARGIN / side, bottom=MARGIN / side)
    for k, (column, name) in enumerate(zip(columns, names, strict=True)):
        panel = figure.axes[k * (len(names) + 1)]
        symbol, _, unit = label(scan[name]).partition(" [")
        panel.set_title(f"{symbol} = {rounded(column, weights)} {unit.rstrip(']')}".rstrip(), fontsize=max(6, 9 * share))
    for panel in figure.axes:
        panel.tick_params(labelsize=max(6, 9 * share))
    text = f"{what_was_fitted(card)}\nregions: 68 % and 95 %\nlines: median and\ncentral 68 %"
    figure.text(0.98, 0.98, text, ha="right", va="top", fontsize=max(6, 8 * share))


def _span(column: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Where the weight lies, with a margin: points of nested sampling begin all over the prior."""
    low, high = quantiles(column, (WEIGHTLESS / 2, 1 - WEIGHTLESS / 2), weights)
    margin = (high - low) / 10
    return max(low - margin, column.min()), min(high + margin, column.max())


def _panel(figure: Figure, count: int) -> float:
    """Inches of one of ``count`` panels along a side: of the width that was asked for, if one was.
    Raises BadInput where it leaves no room.
    """
    width = figure.get_figwidth()
    if width == SIZE[0]:
        return SIDE
    if (width - MARGIN) / count < LEAST:
        raise BadInput(
            f"{count} parameters against each other have no room in {width:g} inches: "
            f"leave out --size, or take two of them by --x and --y"
        )
    return float((width - MARGIN) / count)


def rounded(draws: np.ndarray, weights: np.ndarray | None = None) -> str:
    """The median with the distances to the ends of the central 68 %, to two digits of the smaller
    distance.
    """
    low, middle, high = quantiles(draws, (0.16, 0.5, 0.84), weights)
    up, down = high - middle, middle - low
    smaller = min(up, down)
    digits = max(0, 1 - int(np.floor(np.log10(smaller)))) if smaller > 0 else 2
    plain = f"{middle:.{digits}f}".replace("-", "\N{MINUS SIGN}")
    return rf"{plain}$^{{+{up:.{digits}f}}}_{{-{down:.{digits}f}}}$"


def quantiles(draws: np.ndarray, parts: Sequence[float], weights: np.ndarray | None = None) -> np.ndarray:
    """Quantiles of draws (d), which may have weights."""
    if weights is None:
        return np.quantile(draws, parts)
    order = np.argsort(draws)
    below = np.cumsum(weights[order]) - weights[order] / 2
    return np.interp(parts, below / weights.sum(), draws[order])
