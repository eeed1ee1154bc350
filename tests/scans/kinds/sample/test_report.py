"""How well chains agree, as a table."""

import json

from jt3r.scans.kinds.sample.report import report, table_of_convergence
from tests.scans.kinds.pictures import memory_file
from tests.scans.kinds.sample.files import CARD, JUDGED


def test_a_row_for_each_parameter():
    table = table_of_convergence(json.dumps(JUDGED))
    assert table.title == "1 divergences, 4200 gradients, step sizes 0.5, 0.61"
    cells = [list(column.cells) for column in table.columns]
    assert cells == [list(CARD["free"]), ["1.0012"] * 2, ["250"] * 2, ["200"] * 2]


def test_chains_that_share_a_warm_up_have_a_column_more():
    judged = JUDGED | {"parameters": {name: row | {"nested_r_hat": 1.5} for name, row in JUDGED["parameters"].items()}}
    table = table_of_convergence(json.dumps(judged))
    assert [column.header for column in table.columns][1:3] == ["R-hat", "nested R-hat"]
    assert list(table.columns[2].cells) == ["1.5000"] * 2


def test_draws_that_were_reweighed_say_what_they_are_worth():
    told = {"effective_draws": 123.6, "reweighed_from": "draws.h5", "new_terms": "gm2, R_K", "new_dataset": "current"}
    file = memory_file({"draw": [0]}, {}, told | {"diagnostics": json.dumps(JUDGED)})
    line, table = report(file, CARD)
    assert line.plain == "weights for gm2, R_K and current, from draws.h5: worth 124 draws"
    assert table.row_count == 2
    (table,) = report(memory_file({"draw": [0]}, {}, {"diagnostics": json.dumps(JUDGED)}), CARD)
    assert table.row_count == 2
