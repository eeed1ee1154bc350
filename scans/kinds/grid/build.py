"""The scan of a grid card, by how its points are kept."""

from ...engine.plan import Scan
from .card import GridCard
from .dense import full_grid
from .refined import refined_grid
from .summary import summary_grid


def build(card: GridCard) -> Scan:
    """The scan that a grid card asks for: reduced, refined, or stored in full."""
    if card.output == "summary":
        return summary_grid(card)
    return refined_grid(card) if card.refine else full_grid(card)
