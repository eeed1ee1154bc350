"""From a card to a scan, and its cost without running it."""

import json

import pytest

from jt3r.scans.cards.load import load_card
from jt3r.scans.engine.prepare import MEMORY, check, prepare
from tests.scans.conftest import MAP, TILED


def test_a_scan_knows_how_it_is_made():
    scan = prepare(load_card(MAP))
    assert json.loads(scan.layout.attributes["card"])["observables"] == MAP["observables"]
    assert {"dataset", "constants", "versions", "device", "dtype", "code"} <= set(scan.layout.attributes)
    assert [c.name for c in scan.layout.coordinates] == ["m_aprime", "m_phi"]
    assert [v.name for v in scan.layout.variables] == MAP["observables"]


@pytest.mark.parametrize(("card", "points", "tiles"), [(MAP, 37 * 53, 1), (TILED, 4000 * 2100, 12)])
def test_the_cost_of_a_scan(card, points, tiles):
    cost = check(load_card(card))
    assert (cost["points"], cost["tiles"], cost["memory"]) == (points, tiles, MEMORY)
    # float64 in whole chunks, and some KiB of attributes
    assert 8 * points * len(card["observables"]) <= cost["disk"]
    assert cost["seconds"] > 0
    assert cost["compile_seconds_cold"] > cost["compile_seconds_warm"] > 0
