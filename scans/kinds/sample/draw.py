"""The picture of a posterior: marginal densities of its free parameters, one and two at a time."""

import h5py
import numpy as np
from matplotlib.axes import Axes

from jt3r.extras import need

from ..style import BLUE, label, shown_values

SIDE = 1.7
"""Inches of one panel."""


def draw_corner(axes: Axes, scan: h5py.File, card: dict) -> None:
    """Histograms with the median and the central 68 % above them, and regions of 68 and 95 % for each pair.

    They take the whole figure of `axes`.
    """
    corner = need("corner", "sample", "the picture of a posterior")
    names = list(card["free"])
    figure = axes.figure.figure
    side = SIDE * max(2, len(names)) + 0.6
    figure.set_layout_engine("none")
    figure.set_size_inches(side, side)
    axes.remove()
    corner.corner(
        np.stack([shown_values(scan[name]).ravel() for name in names], axis=-1),
        labels=[label(scan[name]) for name in names],
        fig=figure,
        color=BLUE,
        levels=(0.68, 0.95),
        quantiles=(0.16, 0.5, 0.84),
        show_titles=True,
        title_fmt=".3g",
        title_kwargs={"fontsize": 9},
        label_kwargs={"fontsize": 11},
        plot_datapoints=False,
        fill_contours=True,
        smooth=1.0,
        max_n_ticks=4,
    )
