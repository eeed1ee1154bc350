"""What a card would do, said before it is done."""

from typing import Any

from ..cards.base import Card
from .prepare import prepare

MEMORY = 0.6e9
"""JAX with its compiler, and the tiles in flight: measured 0.3 to 0.6 GB for cards of any size."""


def check(card: Card) -> dict[str, Any]:
    """Points, tiles, memory and disk in bytes and rough time in seconds of a scan, without running it."""
    scan = prepare(card)
    return {
        "points": scan.points,
        "tiles": len(scan.tiles),
        "memory": MEMORY,
        "disk": scan.disk,
        "seconds": scan.seconds,
    }
