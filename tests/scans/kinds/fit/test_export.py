"""The minima of a fit as a table in LaTeX and as Wilson coefficients."""

import json
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from jt3r.errors import BadInput
from jt3r.flavour.exchange import read_wcxf
from jt3r.scans.kinds.fit import export
from jt3r.scans.kinds.fit.export import SIGN, _with_error, tex, write_point
from tests.scans.kinds.pictures import memory_file

CARD = {"free": {"m_phi": {}, "C9_bsmumu": {}}}


@pytest.fixture
def file():
    minima = (["minimum"], "values", {})
    arrays = {
        "m_phi": [0.0792, 0.0801, 0.0805],
        "C9_bsmumu": [-0.71, 0.2, 0.3],
        "basin": [0, 0, 1],
        "chi_square": [1.0, 1.5, 4.0],
        "p_value": [0.3, 0.2, np.nan],
        "chi_square_R_K": [0.25, 1.0, 4.0],
        "chi_square_log_det": [9.0, 9.0, 9.0],
    }
    facts = {"m_phi": {"units": "GeV", "latex": r"m_{\phi'}"}, "C9_bsmumu": {"latex": "C_9"}}
    given = {name: (minima[0], values, facts.get(name, {})) for name, values in arrays.items()}
    covariance = np.zeros((3, 2, 2))
    covariance[:, 0, 0] = [1e-6, 1e-6, np.nan]
    covariance[:, 1, 1] = [0.04, 0.04, 0.01]
    given["covariance"] = (["minimum", "coordinate", "other"], covariance, {})
    return memory_file({"minimum": np.arange(3)}, given)


def test_a_column_for_the_best_of_each_basin(file):
    lines = tex(file, CARD).splitlines()
    assert lines[0] == SIGN
    assert lines[1] == r"\begin{tabular}{lrr}"
    assert lines[3] == r" & basin 0 & basin 1 \\"
    assert r"$m_{\phi'}$ [GeV] & $0.0792 \pm 0.0010$ & $0.0805$ (open) \\" in lines
    assert r"$C_9$ & $-0.71 \pm 0.20$ & $0.30 \pm 0.10$ \\" in lines
    assert r"$p$-value & $0.3$ & no test \\" in lines
    assert r"|pull| of R\_K & $0.50$ & $2.00$ \\" in lines
    assert not [line for line in lines if "log" in line]
    assert lines[-1] == r"\end{tabular}"


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (0.0792, 1.04e-3, r"$0.0792 \pm 0.0010$"),
        (1234.5, 56.7, r"$1234 \pm 57$"),
        (2.51e-9, 5.9e-10, r"$(2.51 \pm 0.59) \times 10^{-9}$"),
        (1.0, np.nan, "$1$ (open)"),
        (0.5, 0.0, "$0.5$ (open)"),
    ],
)
def test_two_digits_of_the_error(value, error, text):
    assert _with_error(value, error) == text


def exported(file, monkeypatch, output):
    """What is written of a file in memory."""

    @contextmanager
    def opened(source):
        yield file

    monkeypatch.setattr(export, "open_scan", opened)
    write_point(Path("f.h5"), output)
    return read_wcxf(output)


def minima(free, values):
    card = {"kind": "fit", "terms": ["R_K"] if "C9_bsmumu" in free else ["gm2"], "free": free}
    arrays = {name: (["minimum"], [value], {}) for name, value in values.items()}
    return memory_file({"minimum": [0]}, {"chi_square": (["minimum"], [1.0], {}), **arrays}, {"card": json.dumps(card)})


COEFFICIENT = {"C9_bsmumu": {"min": -2.0, "max": 1.0}, "c_universal": {"min": -5.0, "max": 5.0}}
MASSES = {"m_phi": {"min": 0.06, "max": 0.12}, "m_aprime": {"min": 0.01, "max": 0.2}}


def test_coefficients_of_the_best_minimum(tmp_path, monkeypatch):
    found, scale = exported(minima(COEFFICIENT, {"C9_bsmumu": -0.7, "c_universal": 2.0}), monkeypatch, tmp_path / "f.json")
    assert scale == 160.0
    assert found == pytest.approx({"C9_bsmumu": -0.86, "C10_bsmumu": 2.0, "C9_bsee": -0.16, "C10_bsee": 2.0}, rel=1e-14)


def test_a_fit_without_minima_or_coefficients_is_refused(tmp_path, monkeypatch):
    with pytest.raises(BadInput, match=r"f\.h5: sets no Wilson coefficients"):
        exported(minima(MASSES, {"m_phi": 0.08, "m_aprime": 0.1}), monkeypatch, tmp_path / "f.json")
    none = memory_file({"minimum": [0]}, {"chi_square": ([], np.zeros(0), {})}, {"card": json.dumps(CARD)})
    with pytest.raises(BadInput, match=r"f\.h5: has no minimum"):
        exported(none, monkeypatch, tmp_path / "f.json")
    assert not (tmp_path / "f.json").exists()
