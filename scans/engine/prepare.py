"""From a checked card to the scan that it asks for, and what that would take."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..cards.base import Card
from ..cost.estimate import compiling
from ..kinds.registry import kind_of
from .identity import Facts
from .plan import Scan
from .provenance import provenance
from .tiles import as_begun

MEMORY = 0.6e9
"""JAX with its compiler, and the tiles in flight: measured 0.3 to 0.6 GB for cards of any size."""


def prepare(card: Card, begun: Facts | None = None) -> Scan:
    """The scan that a card asks for, ready to run, with its provenance in the layout.

    It is cut into tiles as the one with the facts ``begun`` was, where it is one that goes on: what
    suits the device here may differ.
    """
    build: Callable[[Card], Scan] = kind_of(card).part("build")
    with as_begun(begun["tiles"] if begun else ""):
        scan = build(card)
    return replace(scan, layout=replace(scan.layout, attributes={**provenance(card), **scan.layout.attributes}))


def check(card: Card) -> dict[str, Any]:
    """Points, tiles, memory and disk in bytes of a scan, without running it, and its time in CPU
    seconds: of computing, and of starting and compiling the first time and when programs are kept.
    """
    scan = prepare(card)
    first, later = scan.compiling or compiling(kind_of(card).name)
    return {
        "points": scan.points,
        "tiles": len(scan.tiles),
        "memory": MEMORY,
        "disk": scan.disk,
        "seconds": scan.seconds,
        "compile_seconds_cold": first,
        "compile_seconds_warm": later,
    }
