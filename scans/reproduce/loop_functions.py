"""Fig. 2 of the paper: the loop functions."""

from pathlib import Path

import numpy as np

from jt3r.constants import M_MU
from jt3r.kernels.loops import c_aprime, c_phi

from ..kinds.style import BLUE, GREY, MEV, ORANGE, new_figure, scaled_top


def plot_loop_functions(picture: str | Path) -> None:
    """Fig. 2 of arXiv:2105.07655: C_phi' and C_A' against the mass of the boson over the muon's."""
    r = np.geomspace(1e-2, 1e2, 2001)
    with new_figure(Path(picture), (5.2, 3.8)) as figure:
        axes = figure.subplots()
        axes.plot(r, c_phi(r), color=BLUE, label=r"$C_{\phi'}$")
        axes.plot(r, c_aprime(r), color=ORANGE, label=r"$C_{A'}$")
        for limit in (1 / 2, 2 / 3):
            axes.axhline(limit, color=GREY, linewidth=0.6, linestyle=":")
        axes.text(1.2e-2, 2 / 3 + 0.02, "2/3", color=GREY, fontsize=9)
        axes.text(60, 1 / 2 + 0.02, "1/2", color=GREY, fontsize=9)
        axes.set_xscale("log")
        axes.set_xlim(r[0], r[-1])
        axes.set_ylim(0, 1.55)
        axes.set_xlabel(r"$r = m_{\phi',A'}/m_\mu$")
        axes.set_ylabel(r"$C(r)$")
        scaled_top(axes, M_MU * MEV, r"$m_{\phi',A'}$ [MeV]")
        axes.legend(frameon=False)
