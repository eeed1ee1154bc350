"""What a fit found, printed: starts, basins, what the best chi-square means, and where named starts went."""

import io
import json

import numpy as np
import pytest
from rich.console import Console

from jt3r.scans.kinds.fit import report as module
from jt3r.scans.kinds.fit.report import _counted, named_starts, report, rows, significance, summary
from tests.scans.kinds.pictures import memory_file

CARD = {
    "until": "minimum",
    "free": {"m_phi": {"min": 0.06, "max": 0.12}, "v": {"min": 1.0, "max": 10.0}},
    "observables": ["c_phi"],
    "named_starts": {"here": {"v": 2.0}},
}


def found(card=CARD, **changes):
    minima = {
        "chi_square": [0.5, 0.5, 3.0],
        "m_phi": [0.08, 0.09, 0.12],
        "v": [2.0, 3.0, 4.0],
        "tuning": [1.0, 2.0, 3.0],
        "c_phi": [0.5, 0.4, 0.3],
        "chi_square_gm2": [0.5, 0.5, 3.0],
        "basin": [0, 0, 1],
        "vetoed": [False, False, False],
        "starts": [2, 1, 1],
        "converged": [True, True, False],
        "p_value": [0.4, 0.4, 0.1],
        "sigma": [0.8, 0.8, 1.6],
        "gain": [4.0, 4.0, 1.5],
        "gain_sigma": [1.5, 1.5, 0.7],
    }
    starts = {
        "start_minimum": [0, 0, 1, 2, -1],
        "start_converged": [True, True, True, False, False],
        "start_chi_square": [0.5, 0.5, 0.5, 3.0, np.nan],
        "evaluations": [10, 20, 30, 40, 50],
    }
    arrays = {name: (["minimum"], values, {}) for name, values in (minima | changes).items()}
    arrays |= {name: (["start"], values, {}) for name, values in starts.items()}
    arrays["m_phi"] = (["minimum"], minima["m_phi"], {"units": "GeV"})
    attributes = {"card": json.dumps(card), "measurements": 3, "parameters_read": "m_phi, v"}
    return memory_file({"minimum": np.arange(3), "start": np.arange(5)}, arrays, attributes)


def printed(items):
    console = Console(width=120, record=True, file=io.StringIO())
    for item in items:
        console.print(item)
    return console.export_text()


def test_one_line_of_summary():
    assert summary(found()) == "5 starts: 3 converged, 1 met NaN; 3 minima in 2 basins; 30 evaluations a start"
    assert (_counted(1, "minima"), _counted(2, "basins")) == ("1 minimum", "2 basins")
    allowed = found({**CARD, "until": "allowed"})
    assert summary(allowed).startswith("5 starts: 3 are allowed, 1 met NaN; 3 points in 2 basins")


def test_what_the_best_chi_square_means():
    first, gain, *degenerate = significance(found(), CARD)
    assert first == "3 measurements, 2 free parameters that they read: p-value of the best 0.4, 0.80 sigma"
    assert gain == "against the Standard Model sqrt(delta chi2) = 2.00, 1.50 sigma with 2 parameters"
    assert degenerate == [
        "degenerate: 2 minima are as good as the best, which is one example; they span",
        "  m_phi: 0.08 to 0.09",
        "  v: 2 to 3",
    ]
    few = found()
    few.attrs["measurements"] = 2
    assert significance(few, CARD)[0].endswith("a chi-square of 0.5 is no test of the model")
    assert len(significance(found(gain=[np.nan] * 3), CARD)) == 4


def test_the_best_of_each_basin_and_the_edge_of_a_prior():
    text = printed(report(found(), CARD))
    assert "basin 0" in text
    assert "basin 1" in text
    assert "0.12|" in text
    assert "0.08|" not in text
    assert "vetoed" not in text
    row = next(line for line in text.splitlines() if line.strip("│ ").startswith("starts"))
    assert [int(word) for word in row.replace("│", " ").split()[1:]] == [3, 1]


def test_a_minimum_that_a_cut_vetoes_stands_behind_one_that_none_does():
    text = printed(report(found(vetoed=[True, False, False]), CARD))
    assert "vetoed" in text
    assert "0.09" in next(line for line in text.splitlines() if "m_phi [GeV]" in line)


def test_named_starts_under_both_names_of_the_key():
    assert "here" in printed(report(found(), CARD))
    assert named_starts({"begin": {"x": {}}}) == {"x": {}}
    assert named_starts(CARD) == CARD["named_starts"]


def test_a_row_for_each_minimum_and_the_same_degeneracy_as_the_fit():
    from jt3r.inference.fits.result import DEGENERATE

    assert rows(CARD) == {"minimum"}
    assert pytest.approx(DEGENERATE, rel=1e-15) == module.DEGENERATE
