"""The look that all pictures share: fonts, colours, labels, scales."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatterSciNotation

from jt3r import observables
from jt3r.errors import BadInput, unknown
from jt3r.point import PARAMETERS

from ..store.endings import PICTURES, any_of
from ..store.output import followed, kind_of_file
from .shown import MEV

STYLE: Any = {
    "font.family": "STIXGeneral",
    "mathtext.fontset": "cm",
    "font.size": 11,
    "axes.linewidth": 0.8,
    "xtick.direction": "in",
    "ytick.direction": "in",
    "xtick.minor.visible": True,
    "ytick.minor.visible": True,
    "hatch.linewidth": 0.6,
    "savefig.dpi": 250,
}
BLUE, ORANGE, GREEN, GREY = "#0b559f", "#d94801", "#238b45", "0.45"
COLOURS = (BLUE, ORANGE, GREEN, "#6a51a3", "#ae017e", "#8c6d31", "#525252", "#17becf", "#e6ab02")
FEW = 100
"""Logarithmic axes from end to end below this factor have plain numbers at their ticks."""
SIGNED = {".png": {"Software": "jt3r"}, ".pdf": {"Creator": "jt3r"}, ".svg": {"Creator": "jt3r", "Date": None}}
"""Formats of pictures, and what says in them that jt3r drew them."""


COLUMN: Any = {"font.size": 9, "axes.linewidth": 0.6, "lines.linewidth": 1.0}
"""In a column of a journal; x-small, the smallest size in use, is then 6.2 points."""
JOURNAL: Any = {**STYLE, **COLUMN, "savefig.dpi": 600}
STYLES = {"jt3r": STYLE, "journal": JOURNAL}
SIZE = (5.2, 4.2)
"""Inches, unless a size is asked for."""
SIZES = {"single": (3.37, 2.8), "double": (6.93, 4.4)}
"""Inches: one and two columns of a journal. The height is the least: a figure grows with what
stands around its axes.
"""
NARROW = 4.0
"""Inches of a panel below which its fonts are those of a column."""


def rules(style: str) -> Any:
    """The settings of matplotlib of a style by its name, or of a style file. Raises BadInput if it
    is neither.
    """
    if style in STYLES:
        return STYLES[style]
    try:
        return STYLE | dict(matplotlib.rc_params_from_file(style, use_default_template=False))
    except OSError:
        raise BadInput(f"style {style}: no such file, and {unknown('style', style, (*STYLES, 'paper'))}") from None


@contextmanager
def new_figure(picture: Path, size: tuple[float, float], style: str = "jt3r", panels: int = 1) -> Iterator[Figure]:
    """A figure in a style for so many panels side by side, saved to ``picture`` when the block
    ends, or not at all. Narrow panels have smaller fonts, unless a file gives the style.

    Raises BadInput for a name that ends in none of the formats, and for what is no place for a
    file.
    """
    if picture.suffix not in PICTURES:
        raise BadInput(f"output {picture}: {any_of(PICTURES)}")
    if what := kind_of_file(picture):
        raise BadInput(f"output {picture}: is {what}")
    narrow = style in STYLES and size[0] / panels < NARROW
    with matplotlib.rc_context(rules(style) | (COLUMN if narrow else {})):
        figure = Figure(figsize=size, layout="constrained")
        FigureCanvasAgg(figure)
        yield figure
        there = followed(picture)
        temporary = there.with_name(f".{there.name}.{os.getpid()}.tmp")
        try:
            figure.savefig(temporary, format=picture.suffix[1:], metadata=SIGNED[picture.suffix])
            os.replace(temporary, there)
        except OSError as error:
            raise BadInput(f"output {picture}: {error.strerror}") from None
        finally:
            temporary.unlink(missing_ok=True)


def data_set(card: dict) -> str:
    """Which measurements a card took, in words: one with measurements of its own is told by a
    digest in the file.
    """
    base, own, _ = card["dataset"].partition("+")
    return f"data set {base}{', with measurements of the card' if own else ''}"


def columns_of(figure: Figure, panels: int) -> int:
    """Two columns of panels, one in a narrow figure."""
    return 1 if figure.get_figwidth() < NARROW else min(2, panels)


def panel_width(figure: Figure, columns: int) -> float:
    """Inches of one of so many panels: its share of the width that was asked for, else the usual
    one.
    """
    width = figure.get_figwidth()
    return float(width if width == SIZE[0] else width / columns)


def width_of(axes: Axes) -> float:
    """Inches of the whole figure."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    return float(figure.get_figwidth())


def fixed_v(card: dict) -> float:
    """V in GeV, where a card has one."""
    axis = card.get("axes", {}).get("v", {}).get("values")
    return axis[0] if axis else card["fixed"].get("v", PARAMETERS["v"].default)


class PlainTicks(LogFormatterSciNotation):
    """Labels of a logarithmic axis: plain numbers where it spans few decades, so that 3 x 10^1 and
    4 x 10^1 do not meet.
    """

    def __call__(self, x: float, pos: int | None = None) -> str:
        text = super().__call__(x, pos)
        if not text or self.axis is None:
            return text
        low, high = sorted(np.abs(self.axis.get_view_interval()))
        return f"{x:g}" if low > 0 and high < FEW * low else text


def set_scales(axes: Axes, card: dict, x: str, y: str) -> None:
    """Logarithmic scales where the card spaces an axis so."""
    for name, set_scale, axis in ((x, axes.set_xscale, axes.xaxis), (y, axes.set_yscale, axes.yaxis)):
        if card["axes"].get(name, {}).get("spacing") == "log":
            set_scale("log")
            _label_plainly(axis)


def _label_plainly(axis: Axis) -> None:
    axis.set_major_formatter(PlainTicks())
    axis.set_minor_formatter(PlainTicks())


def what_was_fitted(card: dict, inches: float = 5.2) -> str:
    """The terms of a likelihood as symbols, the data set, and how errors and published cuts enter
    where that is said, in lines for a title so many ``inches`` wide.
    """
    texts = [
        f"${observables[name].latex}$" if name in observables else NAMES.get(name, name.replace("_", " "))
        for name in card["terms"]
    ]
    said = [data_set(card)]
    if card["errors"] != "dataset":
        said.append(f"errors {card['errors']}")
    if any(name.startswith("cut_") for name in card["terms"]):
        said.append("cuts as walls" if card["cuts"] == "wall" else "cuts veto")
    return "\n".join([*wrap_terms(texts, int(LETTERS * inches)), ", ".join(said)])


LETTERS = 15
"""In an inch of a title."""


def wrap_terms(texts: list[str], letters: int) -> list[str]:
    """As many terms on a line as so many letters leave room for, commands of LaTeX counted as
    one.
    """
    lines: list[list[str]] = [[]]
    for text in texts:
        if lines[-1] and visible_length(", ".join([*lines[-1], text])) > letters:
            lines.append([])
        lines[-1].append(text)
    return [", ".join(line) for line in lines]


def visible_length(text: str) -> int:
    """Letters that a text with LaTeX shows, about."""
    return len(re.sub(r"[${}^_]|\\(?:overline|mathrm)", "", re.sub(r"\\(?!overline|mathrm)[a-zA-Z]+", "x", text)))


NAMES = {"gm2": r"$\Delta a_\mu$", "h_decays": r"$h$ decays"}
"""Terms that are no observables, typeset."""


def scaled_top(axes: Axes, factor: float, text: str) -> None:
    """The x axis times ``factor`` along the top."""
    top = axes.secondary_xaxis("top", functions=(lambda x: np.multiply(x, factor), lambda x: np.divide(x, factor)))
    top.set_xlabel(text)
    if axes.get_xscale() == "log":
        _label_plainly(top.xaxis)
    axes.tick_params(top=False, which="both")


def coupling_on_top(axes: Axes, scan: h5py.File, card: dict) -> None:
    """g_T3R = m_A'/(sqrt2 V) along the top of an m_A' axis in MeV, where V is one number."""
    if "v" not in scan or len(scan["v"]) == 1:
        scaled_top(axes, 1 / (np.sqrt(2) * fixed_v(card) * MEV), r"$g_{T3R}$")


def shades(count: int) -> np.ndarray:
    """Colours of an ordered family of lines."""
    return matplotlib.colormaps["plasma"](np.linspace(0.0, 0.85, count))
