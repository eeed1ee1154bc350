"""Several bands in one picture, with what files of limits exclude of each."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from jt3r.errors import BadInput

from ...store.hdf5 import open_scan
from ..band.several import draw_bands
from ..registry import card_of, shows
from ..room import give_room
from ..style import SIZE, fixed_v, new_figure
from ..view import View, part
from .intervals import excluded_at


def are_bands(files: Sequence[Path]) -> bool:
    """Whether these are several files, of bands and of limits alone, a band among them. Raises
    BadInput as ``open_scan``.
    """
    cards = []
    for file in files:
        with open_scan(file) as scan:
            cards.append(card_of(scan.attrs))
    bands = [shows(card, "band") for card in cards]
    return (
        len(files) > 1 and any(bands) and all(band or shows(card, "searches") for band, card in zip(bands, cards, strict=True))
    )


def plot_bands(
    files: Sequence[Path], picture: Path, view: View, *, title: str | None, style: str, size: tuple[float, float] | None = None
) -> None:
    """Draw the bands into one PNG, PDF or SVG. Raises BadInput if they do not fit together or
    limits lack a band's V.
    """
    with ExitStack() as stack, new_figure(picture, size or SIZE, style) as figure:
        scans = [stack.enter_context(open_scan(file)) for file in files]
        cards = [(scan, card_of(scan.attrs)) for scan in scans]
        bands = [stack.enter_context(part(scan, card, view)) for scan, card in cards if shows(card, "band")]
        limits = [scan for scan, card in cards if shows(card, "searches")]
        if limits and any("m_aprime" not in card["axes"] for _, card in bands):
            raise BadInput("limits are drawn on bands against m_aprime")
        axes = figure.subplots()
        excluded = [[pair for scan in limits for pair in excluded_at(scan, fixed_v(card))] for _, card in bands]
        draw_bands(axes, bands, excluded)
        if title is not None:
            axes.set_title(title)
        give_room(figure, [[axes]])
