"""Which intervals a file of limits holds: of what, along what axis, and in which row."""

import h5py
import numpy as np

from jt3r.errors import BadInput

from .registry import card_of


def axis_of(card: dict) -> str:
    """The one axis of a card of limits. Raises ValueError if the card has another number of
    axes.
    """
    [axis] = card["axes"]
    return axis


def along_of(card: dict) -> str:
    """The parameter whose intervals a file of limits holds."""
    return card.get("along") or "m_aprime"


def row_of_v(scan: h5py.File, v: float) -> int:
    """The number of the value V (GeV) of a file of limits. Raises BadInput if it has none, or holds
    limits of something else than m_A'.
    """
    card = card_of(scan.attrs)
    if axis_of(card) != "v" or along_of(card) != "m_aprime":
        held = f"limits of {along_of(card)} against {axis_of(card)}"
        raise BadInput(f"{scan.filename}: has {held}: a band needs those of m_aprime at its v")
    near = np.flatnonzero(np.isclose(scan["v"][()], v, rtol=1e-9))
    if not near.size:
        raise BadInput(f"{scan.filename}: has no limits at the band's v = {v}")
    return int(near[0])
