"""What is left along the g-2 band at one V: a bar for each search against m_A', m_phi' of the band
above it.
"""

import json

import h5py
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jt3r.experiments import left

from ..shown import MEV, label
from ..style import BLUE, GREEN, GREY, columns_of, panel_width
from .report import PAPER_YEAR, apart, counts, strongest

TICKS = 5
"""Values of m_phi' shown above a panel."""


def draw_along(figure: Figure, file: h5py.File, decays: list[str], titles: list[str]) -> None:
    """A panel for each way of decaying: results filled, projections outlined, hadronic and
    astrophysical ones hatched; what is open in green, today and in 2021.
    """
    rows = [_rows(file, number) for number in range(len(decays))]
    tallest = max(map(len, rows))
    columns = columns_of(figure, len(decays))
    lines = -(-len(decays) // columns)
    figure.set_size_inches(panel_width(figure, columns) * columns, (0.16 * tallest + 1.5) * lines)
    panels = figure.subplots(lines, columns, squeeze=False, sharex=True)
    for number, panel in enumerate(panels.ravel()):
        if number >= len(decays):
            panel.set_visible(False)
            continue
        _draw_bars(panel, file, rows[number])
        panel.set_title(titles[number], fontsize="medium")
    for panel in panels[-1]:
        panel.set_xlabel(label(file["m_aprime"]))


def _rows(file: h5py.File, decay: int) -> list[tuple[str, np.ndarray, dict]]:
    """Name, intervals in MeV and style of each bar, from below: what is open comes first."""
    masses, facts = file["m_aprime"][()], json.loads(file.attrs["searches"])
    then, now = (-strongest(file, decay, 0, year) for year in (PAPER_YEAR, None))
    open_bars = {"facecolor": GREEN, "edgecolor": "none"}, {"facecolor": "none", "edgecolor": GREEN}
    rows = [("left open", left.intervals(masses, now) * MEV, open_bars[0])]
    if any(counts(each, PAPER_YEAR) for each in facts.values()):
        rows.append((f"open in {PAPER_YEAR}", left.intervals(masses, then) * MEV, open_bars[1]))
    for k, name in enumerate(file["experiment"].asstr()[()]):
        found, each = left.intervals(masses, file["strength"][k, decay, 0]) * MEV, facts[name]
        if len(found):
            rows.append((f"{each['label']} {each['year'] or ''}".strip(), found, _style(each)))
    return rows


def _style(facts: dict) -> dict:
    if facts["status"] == "projection":
        return {"facecolor": "none", "edgecolor": GREY, "linestyle": "-."}
    if apart(facts):
        return {"facecolor": "none", "edgecolor": GREY, "hatch": "////"}
    return {"facecolor": BLUE, "edgecolor": "none"}


def _draw_bars(axes: Axes, file: h5py.File, rows: list[tuple[str, np.ndarray, dict]]) -> None:
    for height, (_, found, style) in enumerate(rows):
        axes.broken_barh([(low, high - low) for low, high in found], (height - 0.35, 0.7), **style)
    axes.set_yticks(range(len(rows)), [name for name, _, _ in rows], fontsize=6)
    axes.tick_params(axis="y", which="minor", left=False, right=False)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    masses = file["m_aprime"][()]
    axes.set_xlim(masses[0] * MEV, masses[-1] * MEV)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    m_phi = file["m_phi"][0]
    shown = np.linspace(0, len(masses) - 1, TICKS).astype(int)
    above = axes.secondary_xaxis("top")
    above.set_xticks(masses[shown] * MEV, [f"{m_phi[n] * MEV:.1f}" for n in shown], fontsize=6)
    above.set_xlabel(r"$m_{\phi'}$ of the band [MeV]", fontsize=7)
