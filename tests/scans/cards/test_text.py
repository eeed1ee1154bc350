"""Texts of cards: shipped ones by name, files before them, and one line for what cannot be read."""

import pytest

from jt3r.errors import BadInput
from jt3r.scans.cards.text import RENAMED, read_card, shipped_cards


def test_shipped_cards_are_found_by_their_names():
    cards = shipped_cards()
    assert list(cards) == sorted(cards)
    name, table = read_card("gm2_band")
    assert (name, table["kind"]) == ("gm2_band", "band")
    for old, new in RENAMED.items():
        assert read_card(old) == (new, read_card(new)[1])


def test_a_file_comes_before_a_shipped_card_and_a_folder_does_not(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gm2_map").mkdir()
    assert read_card("gm2_map")[1]["kind"] == "grid"
    (tmp_path / "gm2_band").write_text('kind = "mine"\n')
    assert read_card("gm2_band") == ("gm2_band", {"kind": "mine"})


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path):
    (tmp_path / "c.toml").write_bytes(b"\xef\xbb\xbfkind = 'grid'\n")
    assert read_card(str(tmp_path / "c.toml"))[1] == {"kind": "grid"}


def test_tables_of_experiments_stand_beside_their_names(tmp_path):
    text = 'experiments = ["NuCal"]\n[experiments.displaced.Mine]\nlabel = "[experiments.x]"\n'
    (tmp_path / "c.toml").write_text(text)
    found = read_card(str(tmp_path / "c.toml"))[1]
    assert found == {"experiments": ["NuCal"], "own_experiments": {"displaced": {"Mine": {"label": "[experiments.x]"}}}}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"kind = ", "not TOML: "),
        (b"a = 1\na = 2", "not TOML: "),
        ("kind = 1".encode("utf-16"), "not TOML: is written in UTF-16; save it as UTF-8"),
        (b"kind = '\xff'", "not TOML: "),
        (b"a = " + b"9" * 5000, "not TOML: "),
        (b"a = " + b"[" * 5000, "not TOML: "),
        (b".".join([b"a"] * 18) + b" = 1", "not TOML of a card: a key of more than 16 parts"),
    ],
)
def test_what_is_no_card_is_one_line(data, message, tmp_path):
    path = tmp_path / "c.toml"
    path.write_bytes(data)
    with pytest.raises(BadInput) as refused:
        read_card(str(path))
    assert str(refused.value).startswith(f"card {path}: {message}")
    assert "\n" not in str(refused.value)


def test_dots_in_a_quoted_key_are_no_depth(tmp_path):
    (tmp_path / "c.toml").write_text(f'"{".".join(["a"] * 20)}" = 1\n')
    assert len(read_card(str(tmp_path / "c.toml"))[1]) == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.toml", "card none.toml: no such file"),
        ("gm2_bnd", "no such file, and shipped card 'gm2_bnd' is unknown; did you"),
    ],
)
def test_a_card_that_is_not_there(name, message):
    with pytest.raises(BadInput, match=message):
        read_card(name)
