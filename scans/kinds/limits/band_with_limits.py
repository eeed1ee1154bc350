"""Fig. 3 with searches: the band of g-2 with what is excluded, and the intervals below it."""

from pathlib import Path

from jt3r.errors import BadInput

from ...store.hdf5 import open_scan
from ..band.draw import draw_band
from ..edges import row_of_v
from ..registry import card_of, shows
from ..room import SLIMMEST
from ..shown import label
from ..style import fixed_v, new_figure
from .bars import HATCH, draw_bars
from .intervals import excluded, heading, visible

ROW, LEAST_BAND, AROUND = 0.15, 2.6, 2.2
"""Inches: of a search with its name, of the band above the searches, of titles, axes and legend."""


def plot_band_with_limits(
    band: str | Path,
    limits: str | Path,
    picture: str | Path,
    *,
    title: str | None = None,
    style: str = "jt3r",
    width: float = 6.2,
) -> None:
    """Fig. 3 of arXiv:2105.07655, so many inches wide: the band of g-2 with grey exclusions above,
    and each search's interval in m_A' below it.

    With limits of the invisible scenario it is the plane that the paper describes in words. Raises
    BadInput if the first file is no band against m_A', the second holds no limits, or not those at
    the band's V.
    """
    with open_scan(band) as scan, open_scan(limits) as searches, new_figure(Path(picture), (width, width), style) as figure:
        card, other = card_of(scan.attrs), card_of(searches.attrs)
        if not shows(card, "band") or len(scan["m_aprime"]) < 2:
            raise BadInput(f"{band}: is no band against m_aprime")
        if not shows(other, "searches"):
            raise BadInput(f"{limits}: holds a {other['kind']}, not limits")
        number = row_of_v(searches, fixed_v(card))
        heights = max(LEAST_BAND, SLIMMEST * width), ROW * (len(visible(searches, number)) + 1)
        figure.set_figheight(sum(heights) + AROUND)
        upper, lower = figure.subplots(2, 1, height_ratios=heights)
        draw_band(upper, scan, card)
        legend = upper.get_legend()
        upper.set_title(title or legend.get_title().get_text(), fontsize=10)
        legend.remove()  # it goes below: the regions reach from the bottom to the top
        for low, high in excluded(searches, number, beyond=False):
            upper.axvspan(low, high, color="0.82", linewidth=0, zorder=0)
        for low, high in excluded(searches, number, beyond=True):
            upper.axvspan(low, high, facecolor="none", edgecolor="0.75", hatch=HATCH, linewidth=0, zorder=-1)
        draw_bars(lower, searches, number, upper.get_legend_handles_labels()[0])
        lower.set_title(heading(searches, number, other, width), fontsize=10)
        lower.set_xscale(upper.get_xscale())
        lower.set_xlim(upper.get_xlim())
        lower.set_xlabel(label(scan["m_aprime"]))
        upper.set_xlabel("")
