"""The kinds of scan: a record each, whose parts are there when they are asked for."""

import json

import pytest

from jt3r.scans.cards.base import Card
from jt3r.scans.kinds.registry import Kind, card_of, former_names, kind_of, kinds, shows


def test_every_kind_has_the_parts_that_it_names():
    for name, kind in kinds().items():
        assert kind.name == name
        assert issubclass(kind.part("card"), Card)
        assert kind.part("card").model_fields["kind"].annotation.__args__ == (name,)
        for part in ("build", "draw", "report", "rows"):
            assert callable(kind.part(part)) == (getattr(kind, part) is not None)
        for suffix in kind.exports:
            assert suffix.startswith(".")
            assert callable(kind.export(suffix))
        assert kind.export(".none") is None


def test_names_of_earlier_versions_lead_to_todays():
    assert kind_of({"kind": "search"}).name == "fit"
    assert former_names()["search"] == "fit"
    assert not set(former_names()) & set(kinds())


def test_what_files_of_a_kind_show():
    assert shows({"kind": "band"}, "band")
    assert not shows({"kind": "grid"}, "band")
    assert shows({"kind": "limits"}, "searches")


def test_the_card_of_a_file():
    assert card_of({"card": json.dumps({"kind": "grid"})}) == {"kind": "grid"}
    with pytest.raises(KeyError):
        kind_of({"kind": "unheard"})


def test_a_part_is_imported_when_it_is_asked_for():
    kind = Kind("mine", "jt3r.scans.kinds.grid", card="card:GridCard", build="nowhere:at_all")
    assert kind.part("card").__name__ == "GridCard"
    assert kind.part("draw") is None
    with pytest.raises(ModuleNotFoundError):
        kind.part("build")
