"""Fig. 6: decay lengths against energy, with what each search needs."""

import h5py
import numpy as np
from matplotlib.axes import Axes

from ..legend import place_legend
from ..shown import MEV, label
from ..style import GREY, fixed_v, shades
from ..view import View
from .intervals import facts_of


def draw_decay_lengths(axes: Axes, scan: h5py.File, card: dict, view: View) -> None:
    """Fig. 6 of arXiv:2105.07655: d_dec against energy; a search sees masses whose line lies above
    its mark at its E_max.
    """
    energies, masses = scan["energy"][()], scan["m_aprime"][()]
    colours = shades(len(masses))
    for mass, shade, length in zip(masses, colours, scan["decay_length"][()], strict=True):
        axes.plot(energies, length, color=shade, linewidth=1.2, label=f"{mass * MEV:g} MeV")
    for name, needed in zip(scan["experiment"].asstr()[()], scan["needed_length"][()], strict=True):
        facts = facts_of(scan)[name]
        axes.axvline(facts["beam_energy"], color=GREY, linewidth=0.7, linestyle="--")
        axes.scatter(np.full(len(needed), facts["beam_energy"]), needed, c=colours, s=22, marker="_", linewidths=2, zorder=3)
        axes.annotate(  # above the axes: no line passes behind it
            facts["label"],
            (facts["beam_energy"], 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 2),
            textcoords="offset points",
            rotation=30,
            rotation_mode="anchor",
            fontsize="small",
            color=GREY,
        )
    axes.plot([], [], "_", color=GREY, markeredgewidth=2, label=r"$d/\ln N$ at $E_\mathrm{max}$, where $N > 1$")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(energies[0], energies[-1])
    axes.set_xlabel(f"${scan['energy'].attrs['latex']}$ [GeV]")
    axes.set_ylabel(label(scan["decay_length"]))
    place_legend(axes, title=f"$m_{{A'}}$, $V = {fixed_v(card):g}$ GeV", title_fontsize="small")
