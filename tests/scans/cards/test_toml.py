"""Cards written as TOML are read as the same cards, by the same reader as users' cards."""

import json

import pytest

from jt3r.scans.cards.load import load_card
from jt3r.scans.cards.text import read_card, shipped_cards
from jt3r.scans.cards.toml import as_toml


def written(card, folder):
    path = folder / "written.toml"
    path.write_text(as_toml(card.model_dump(mode="json")), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", shipped_cards())
def test_a_shipped_card_is_read_as_it_was(name, tmp_path):
    card = load_card(name)
    assert load_card(written(card, tmp_path)) == card


def test_a_card_with_additions_is_read_as_it_was(tmp_path):
    dump = {"label": "Dump", "kind": "proton"}
    table = {
        "kind": "limits",
        "measurements": {"delta_a_mu": {"value": 2.0e-9, "error": 5e-10, "source": 'of "us"\x7f'}},
        "own_experiments": {"displaced": {"MyDump": dump}},
    }
    (tmp_path / "written.toml").write_text(as_toml(table), encoding="utf-8")
    assert read_card(str(tmp_path / "written.toml"))[1] == table


def test_it_looks_as_users_write_it():
    text = as_toml(json.loads(load_card("gm2_band").model_dump_json()))
    assert 'm_aprime = { min = 0.001, max = 0.3, spacing = "log", n = 4096 }' in text
    assert "[fixed]\nv = 10.0" in text
    assert "two_loop_error = false" in text
    assert text.index("pulls = [") < text.index("# empty: include") < text.index("[axes]")
    assert as_toml({"fixed": {"a b": None, "c.d": 1, "e-f": True}}) == '\n[fixed]\n"c.d" = 1\ne-f = true'
