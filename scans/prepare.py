"""From a card to the scan it asks for."""

from dataclasses import replace

from .band import band_scan
from .band_card import BandCard
from .card import Card
from .grid import full_grid
from .grid_card import GridCard
from .limits import decay_lengths_scan, limits_scan
from .limits_card import DecayLengthsCard, LimitsCard
from .profile import profile_scan
from .profile_card import ProfileCard
from .provenance import provenance
from .refine import refined_grid
from .sample import sample_scan
from .sample_card import SampleCard
from .scan import Scan
from .search import search_scan
from .search_card import SearchCard
from .summary import summary_grid
from .table import table_scan
from .table_card import TableCard


def prepare(card: Card) -> Scan:
    """The scan that a card asks for, ready to run, with its provenance in the layout."""
    scan = _scan(card)
    return replace(scan, layout=replace(scan.layout, attributes={**provenance(card), **scan.layout.attributes}))


def _scan(card: Card) -> Scan:  # a kind that is left out is an error of types: missing return
    match card:
        case GridCard(output="summary"):
            return summary_grid(card)
        case GridCard():
            return refined_grid(card) if card.refine else full_grid(card)
        case BandCard():
            return band_scan(card)
        case LimitsCard():
            return limits_scan(card)
        case DecayLengthsCard():
            return decay_lengths_scan(card)
        case TableCard():
            return table_scan(card)
        case SampleCard():
            return sample_scan(card)
        case ProfileCard():
            return profile_scan(card)
        case SearchCard():
            return search_scan(card)
