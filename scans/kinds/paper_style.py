"""Figs. 3, 4 and 6 as the paper draws them: one plane, its colours, its line styles. From the same
files as our pictures.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.patches import Patch

from jt3r.errors import BadInput

from ..store.hdf5 import open_scan
from .edges import row_of_v
from .legend import legend_of_figure
from .registry import card_of, shows
from .shown import MEV, label, shown_values
from .style import GREY, coupling_on_top, fixed_v, new_figure

BAND, ELASTIC, INELASTIC = "#2b6cb0", "#1f5fa8", "#e07b00"
SENSITIVITIES = {  # colours of Fig. 3's caption, transparent there too
    "FASER": ("FASER", "#d62728"),
    "FASER2": ("FASER 2 / SHiP", "#1f77b4"),
    "SHiP": ("FASER 2 / SHiP", "#1f77b4"),
    "SeaQuest": ("SeaQuest", "#2ca02c"),
}
EXCLUSIONS = {"NuCal": "U70/NuCal", "E137": "E137", "BABAR": "BABAR"}
PLANE = ((10.0, 300.0), (60.0, 110.0))
"""m_A' and m_phi' in MeV."""

FIG6_MASSES = (0.11, 0.2)
"""GeV, the ends of Fig. 6's band."""


def plot_as_paper(file: str | Path, picture: str | Path, limits: Sequence[str | Path] = ()) -> None:
    """Draw a file in the paper's way: a band with files of limits as Fig. 3, cross-sections as Fig.
    4, decay lengths as Fig. 6.

    Raises BadInput for another file.
    """
    with open_scan(file) as scan, new_figure(Path(picture), (5.6, 4.8)) as figure:
        card = card_of(scan.attrs)
        axes = figure.subplots()
        if shows(card, "band") and len(scan["m_aprime"]) > 1:
            _fig3(axes, scan, card, limits)
        elif shows(card, "lengths"):
            _fig6(axes, scan)
        elif {"sigma_si_phi", "sigma_si_aprime"} <= set(scan):
            _fig4(axes, scan, card)
        else:
            raise BadInput(f"{file}: style paper draws Figs. 2, 3, 4 and 6: a band against m_aprime, fig4, decay_lengths")


def _fig3(axes: Axes, scan: h5py.File, card: dict, limits: Sequence[str | Path]) -> None:
    """The band of g-2 in blue; searches as ranges of m_A' over the whole height of the plane."""
    x, pulls, edges = shown_values(scan["m_aprime"]), scan["pull"][()], shown_values(scan[card["solve_for"]])
    if not {-1.0, 1.0} <= set(pulls.tolist()):
        raise BadInput(f"{scan.filename}: the paper's band needs pulls -1 and 1")
    (low, high), ends = PLANE
    handles: dict[str, Patch] = {}
    for name, first, last in _ranges(limits, fixed_v(card)):
        text, style = _look(name)
        axes.axvspan(max(first, low), min(last, high), **style)
        handles[text] = Patch(label=text, **style)
    order = sorted(handles, key=lambda text: text != "excluded: " + ", ".join(EXCLUSIONS.values()))
    band = axes.fill_between(x, edges[pulls == -1][0], edges[pulls == 1][0], color=BAND, linewidth=1.2, zorder=4)
    band.set_label(r"$\Delta a_\mu$, $1\sigma$")
    axes.set_axisbelow(False)  # ticks above the areas
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.set_ylim(*ends)
    axes.set_xticks([10, 20, 50, 100, 200], ["10", "20", "50", "100", "200"])
    axes.set_xlabel(label(scan["m_aprime"]))
    axes.set_ylabel(label(scan[card["solve_for"]]))
    coupling_on_top(axes, scan, card)
    shown = [*[handles[text] for text in order], band]
    figure = axes.get_figure(root=True)
    assert figure is not None
    legend_of_figure(figure, shown, fontsize=9)


def _look(name: str) -> tuple[str, dict[str, Any]]:
    if name in EXCLUSIONS:
        return "excluded: " + ", ".join(EXCLUSIONS.values()), {"color": "0.78", "linewidth": 0, "zorder": 1.2}
    text, colour = SENSITIVITIES[name]
    return text, {"facecolor": to_rgba(colour, 0.2), "edgecolor": colour, "linewidth": 0.8, "zorder": 1}


def _ranges(files: Sequence[str | Path], v: float) -> list[tuple[str, float, float]]:
    """(search, lower, upper) in MeV of the searches of Fig. 3 at the band's V, each from the first
    file that has it.
    """
    found: dict[str, list[tuple[str, float, float]]] = {}
    for file in files:
        with open_scan(file) as searches:
            if not shows(card_of(searches.attrs), "searches"):
                raise BadInput(f"{file}: holds no limits")
            edges = searches["limits"][:, row_of_v(searches, v)] * MEV
            for text, ends in zip(searches["experiment"].asstr()[()], edges, strict=True):
                name = str(text)
                if name in {**SENSITIVITIES, **EXCLUSIONS} and name not in found:
                    found[name] = [(name, first, last) for first, last in ends[np.isfinite(ends)].reshape(-1, 2)]
    return [interval for intervals in found.values() for interval in intervals]


def _fig4(axes: Axes, scan: h5py.File, card: dict) -> None:
    """Elastic through phi' as a solid blue line, inelastic through A' as a dashed orange one."""
    x = shown_values(scan["m_eta"])
    lines = {
        "sigma_si_phi": (ELASTIC, "-", r"elastic, $\phi'$"),
        "sigma_si_aprime": (INELASTIC, "--", r"inelastic, $A'$, $\delta = 0$"),
    }
    for name, (colour, style, text) in lines.items():
        axes.plot(x, np.squeeze(scan[name][()]), color=colour, linestyle=style, linewidth=1.6, label=text)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(x[0], x[-1])
    axes.set_xlabel(label(scan["m_eta"]))
    axes.set_ylabel(r"$\sigma_\mathrm{SI}$ [cm$^2$]")
    title = rf"$m_{{\phi'}} = {card['fixed']['m_phi'] * MEV:g}$ MeV, $V = {fixed_v(card):g}$ GeV"
    axes.legend(frameon=False, loc="upper left", title=title, title_fontsize=9)


def _fig6(axes: Axes, scan: h5py.File) -> None:
    """The largest d/ln N as a band for m_A' from 110 to 200 MeV, and the highest energies of three
    searches.
    """
    energies, masses, lengths = scan["energy"][()], scan["m_aprime"][()], scan["decay_length"][()]
    rows = [int(np.argmin(np.abs(masses - mass))) for mass in FIG6_MASSES]
    if not np.allclose(masses[rows], FIG6_MASSES, rtol=1e-6):
        raise BadInput(f"{scan.filename}: Fig. 6 needs m_aprime of 0.11 and 0.2 GeV")
    upper, lower = lengths[rows]
    axes.fill_between(energies, lower, upper, color=BAND, alpha=0.35, linewidth=0)
    for edge, mass, below, share in ((upper, FIG6_MASSES[0], False, 0.85), (lower, FIG6_MASSES[1], True, 0.08)):
        axes.plot(energies, edge, color=BAND, linewidth=1.3)
        at = int(share * len(energies))
        where = (6, -14) if below else (-6, 6)
        axes.annotate(
            rf"$m_{{A'}} = {mass * MEV:g}$ MeV",
            (energies[at], edge[at]),
            xytext=where,
            textcoords="offset points",
            ha="left" if below else "right",
            fontsize=9,
        )
    for name, facts in json.loads(scan.attrs["searches"]).items():
        axes.axvline(facts["beam_energy"], color=GREY, linewidth=0.9, linestyle="--")
        place = (facts["beam_energy"], 0.02)
        transform = axes.get_xaxis_transform()
        axes.text(*place, f" {name}", transform=transform, rotation=90, va="bottom", ha="right", fontsize=9, color="0.3")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(energies[0], energies[-1])
    axes.set_xlabel(f"${scan['energy'].attrs['latex']}$ [GeV]")
    axes.set_ylabel(r"largest $d/\ln N_{A'}$ [m]")
