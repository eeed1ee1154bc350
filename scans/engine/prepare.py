"""From a checked card to the scan that it asks for."""

from collections.abc import Callable
from dataclasses import replace

from ..cards.base import Card
from ..kinds.registry import kind_of
from .plan import Scan
from .provenance import provenance


def prepare(card: Card) -> Scan:
    """The scan that a card asks for, ready to run, with its provenance in the layout."""
    build: Callable[[Card], Scan] = kind_of(card).part("build")
    scan = build(card)
    return replace(scan, layout=replace(scan.layout, attributes={**provenance(card), **scan.layout.attributes}))
