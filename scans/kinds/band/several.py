"""Several bands in one picture, each in its colour, with what is excluded of each."""

from collections.abc import Sequence
from contextlib import ExitStack
from itertools import chain

import h5py
import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from jt3r.errors import BadInput

from ..legend import place_legend
from ..shown import label, shown_values
from ..style import COLOURS, coupling_on_top, data_set, fixed_v, set_scales
from ..view import View, parameter_text, part

Intervals = Sequence[tuple[float, float]]
"""Of m_A', in MeV."""
Bands = Sequence[tuple[h5py.File, dict]]


def draw_bands(axes: Axes, bands: Bands, excluded: Sequence[Intervals] = ()) -> None:
    """Bands against one axis, labelled by what they differ in: solid, and pale where ``excluded``.

    Raises BadInput unless all are bands of one parameter against the same axis.
    """
    kinds = {(card["solve_for"], *_along(scan, card)) for scan, card in bands}
    if len(kinds) != 1 or len(next(iter(kinds))) != 2:
        raise BadInput("bands in one picture must solve for one parameter against one axis, the same in each file")
    (target, along), (first, first_card) = next(iter(kinds)), bands[0]
    texts = _differences([card for _, card in bands])
    for (scan, _), colour, text, intervals in zip(bands, COLOURS, texts, excluded or [()] * len(bands), strict=False):
        x, pulls = shown_values(scan[along]), scan["pull"][()]
        edges = shown_values(scan[target]).reshape(len(pulls), len(x))  # whatever other axes are one value long
        pale = np.zeros(len(x), bool)
        for low, high in intervals:
            pale |= (x >= low) & (x <= high)
        for where, alpha in ((~pale, 0.6), (pale, 0.15)):
            if {-1.0, 1.0} <= set(pulls.tolist()):
                low, high = edges[pulls == -1][0], edges[pulls == 1][0]
                axes.fill_between(x, low, high, where=where, color=colour, alpha=alpha, linewidth=0)
            if 0 in pulls:
                centre = np.where(where, edges[pulls == 0][0], np.nan)
                axes.plot(x, centre, color=colour, linewidth=1.2 if alpha > 0.5 else 0.8, linestyle="-" if alpha > 0.5 else ":")
        axes.plot([], [], color=colour, label=text)
    handles, _ = axes.get_legend_handles_labels()
    if any(excluded):
        handles.append(Line2D([], [], color="0.4", linestyle=":", linewidth=0.8, label="excluded"))
    set_scales(axes, first_card, along, target)
    ends = [shown_values(scan[along])[[0, -1]] for scan, _ in bands]
    axes.set_xlim(min(low for low, _ in ends), max(high for _, high in ends))
    axes.set_xlabel(label(first[along]))
    axes.set_ylabel(label(first[target]))
    if along == "m_aprime" and len({fixed_v(card) for _, card in bands}) == 1:
        coupling_on_top(axes, first, first_card)
    within = r", within $1\sigma$" if all({-1.0, 1.0} <= set(scan["pull"][()].tolist()) for scan, _ in bands) else ""
    title = rf"$\Delta a_\mu${within}, {data_set(first_card)}"
    place_legend(axes, handles, title=title, title_fontsize="small")


def draw_family(axes: Axes, scan: h5py.File, card: dict, by: str) -> None:
    """The bands of one file at each value of its axis ``by``."""
    with ExitStack() as stack:
        cuts = [stack.enter_context(part(scan, card, View(at={by: value}))) for value in scan[by][()].tolist()]
        draw_bands(axes, cuts)


def _along(scan: h5py.File, card: dict) -> list[str]:
    return [name for name in card["axes"] if len(scan[name]) > 1]


def _differences(cards: list[dict]) -> list[str]:
    """A text for each card: its parameters that are not the same in all, else its data set and
    contributions.
    """
    given = [{"v": fixed_v(card), **card["fixed"], **card.get("cut", {})} for card in cards]
    names = [name for name in dict.fromkeys(chain(*given)) if len({one.get(name) for one in given}) > 1]
    if names:
        return [
            ", ".join(parameter_text(name, one[name], card) for name in names if name in one)
            for card, one in zip(cards, given, strict=True)
        ]
    return [f"{card['dataset']}, {card.get('contributions', '').replace('_', ' ')}".strip(", ") for card in cards]
