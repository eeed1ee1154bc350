import json

import pytest

from jt3r.data.load import digest
from jt3r.scans.cards.load import load_card, shipped_cards
from jt3r.scans.engine.provenance import provenance


@pytest.mark.parametrize("name", sorted(shipped_cards()))
def test_every_card_says_which_data_files_it_rests_on(name):
    for file, facts in json.loads(provenance(load_card(name))["data"]).items():
        assert facts["sha256"] == digest(file)


def test_terms_are_data_as_observables_are():
    """A card with terms names the tables of its searches and files, beside those of its observables."""
    card = {
        "kind": "fit",
        "terms": ["gm2", "nucal", "cut_lhcb", "direct_detection"],
        "observables": ["ctau_aprime"],
        "free": {name: {"min": 0.01, "max": 0.1} for name in ("m_phi", "m_aprime", "m_eta")},
    }
    files = json.loads(provenance(load_card(card))["data"])
    assert {file: facts["tables"] for file, facts in files.items()} == {
        "dark.toml": [],
        "direct_detection.csv": [],
        "displaced_inputs.toml": [],
        "experiments.toml": ["LHCb", "NuCal"],
    }
    assert "flavour_inputs.toml" in json.loads(provenance(load_card("benchmarks_eq10"))["data"])
    profile = {
        **card,
        "kind": "profile",
        "terms": ["gm2"],
        "observables": [],
        "axes": {"sigma_si_phi": {"min": 1e-40, "max": 1e-36, "n": 2}},
    }
    assert list(json.loads(provenance(load_card(profile))["data"])) == ["dark.toml"]
