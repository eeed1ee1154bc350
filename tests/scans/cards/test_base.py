"""What every card has: no unknown keys, no types but its own, no number that is not finite."""

import pytest
from pydantic import ValidationError

from jt3r.scans.cards.base import Card, Finite, Model, Pair, Rising


class Table(Model):
    number: Finite = 0.0
    ends: Pair = (0.0, 1.0)
    levels: Rising = [1.0]  # noqa: RUF012  pydantic copies defaults


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"numbr": 1.0}, "numbr"),
        ({"number": True}, "number"),
        ({"number": "1.0"}, "number"),
        ({"number": float("nan")}, "number"),
        ({"ends": [0.0]}, "ends"),
        ({"ends": [0.0, float("inf")]}, "ends"),
        ({"levels": []}, "levels"),
        ({"levels": [1.0, 0.5]}, "levels must rise"),
    ],
)
def test_a_wrong_table_names_the_key(values, key):
    with pytest.raises(ValidationError, match=key):
        Table(**values)


def test_a_table_is_immutable_and_a_list_makes_a_pair():
    table = Table(ends=[0.0, 2.0], number=1)
    assert (table.ends, table.number) == ((0.0, 2.0), 1.0)
    with pytest.raises(ValidationError, match="frozen"):
        table.number = 2.0


def test_a_card_knows_its_model_and_data_set():
    card = Card(kind="grid")
    assert (card.model, card.dataset) == ("t3r", "paper2021")
    with pytest.raises(NotImplementedError):
        card.data_files()
    with pytest.raises(ValidationError, match="model 'b-l' is unknown; did you mean 'b_l'"):
        Card(kind="grid", model="b-l")
    with pytest.raises(ValidationError, match="data set 'curent' is unknown; did you mean 'current'"):
        Card(kind="grid", dataset="curent")
