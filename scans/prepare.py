"""From a card to the scan it asks for."""

from dataclasses import replace

from .band import band_scan
from .card import BandCard, Card, DecayLengthsCard, LimitsCard, TableCard
from .grid import full_grid
from .limits import decay_lengths_scan, limits_scan
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


def prepare(card: Card) -> Scan:
    """The scan that a card asks for, ready to run, with its provenance in the layout."""
    if isinstance(card, BandCard):
        scan = band_scan(card)
    elif isinstance(card, TableCard):
        scan = table_scan(card)
    elif isinstance(card, LimitsCard):
        scan = limits_scan(card)
    elif isinstance(card, DecayLengthsCard):
        scan = decay_lengths_scan(card)
    elif isinstance(card, SampleCard):
        scan = sample_scan(card)
    elif isinstance(card, SearchCard):
        scan = search_scan(card)
    elif isinstance(card, ProfileCard):
        scan = profile_scan(card)
    elif card.refine:
        scan = refined_grid(card)
    elif card.output == "full":
        scan = full_grid(card)
    else:
        scan = summary_grid(card)
    return replace(scan, layout=replace(scan.layout, attributes={**provenance(card), **scan.layout.attributes}))
