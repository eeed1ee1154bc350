"""The picture of a scan file, by its kind."""

from pathlib import Path

from jt3r.errors import BadInput

from ..store.hdf5 import open_scan
from .registry import card_of, kind_of
from .style import new_figure


def plot_file(file: str | Path, picture: str | Path) -> None:
    """Draw a scan file in the way its kind asks for. Raises BadInput if there is nothing to draw it by."""
    with open_scan(file) as scan:
        card = card_of(scan.attrs)
        draw = kind_of(card).part("draw")
        if draw is None:
            raise BadInput(f"{file}: a {card['kind']} has no picture; jt3r info prints it")
        with new_figure(Path(picture), (5.2, 4.2)) as figure:
            draw(figure.subplots(), scan, card)
