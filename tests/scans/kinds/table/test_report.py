"""Tables, printed."""

import re

import pytest
from typer.testing import CliRunner

from jt3r.flavour.benchmarks import printed_cells
from jt3r.scans.cli.main import app
from tests.scans.kinds.table.conftest import QUANTITIES


def test_run_prints_the_table_and_then_the_path(tmp_path):
    result = CliRunner().invoke(app, ["run", "table2", "-o", str(tmp_path / "t.h5")])
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[-1] == str(tmp_path / "t.h5")
    assert sum(" agree " in line for line in lines) == 19
    assert "26.8 +- 3.6" in result.stdout
    assert "measured 15.8 +3.2 -2.9 +-1.1" in result.stdout
    lambda_b = lines[next(k for k, line in enumerate(lines) if line.startswith("dBR_LbLmumu in 1e-7/GeV^2")) :]
    bma = next(line for line in lambda_b if line.startswith("BMA")).split()
    assert bma[1:3] == ["2.19", "0.2193"]
    assert bma[-2:] == ["differs", "[5]"]
    assert "a misprint of" in result.stdout
    assert all("…" not in line for line in lines)


@pytest.mark.parametrize("name", QUANTITIES)
def test_every_printed_cell_is_shown_as_printed(files, name):
    text = CliRunner().invoke(app, ["info", str(files[name])]).stdout
    for cells in printed_cells(QUANTITIES[name]).values():
        for cell, error in cells.values():
            assert re.search(rf"(?<![\d.]){re.escape(cell)}(?![\d.])", text), cell
            assert error in text


def test_a_cell_that_differs_says_so(tmp_path):
    result = CliRunner().invoke(app, ["run", "table1", "-o", str(tmp_path / "t.h5"), "--set", "dataset=current"])
    pulls = result.stdout[result.stdout.index("sm_pull, Table I") :].splitlines()[:8]
    assert sum("differs" in line for line in pulls) == 4
