"""Tables I and II as run cards: the file, what is printed of it, and what the other commands make of it."""

import json

import h5py
import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner

from jt3r.flavour.benchmarks import NAMES, NOTES, TABLE1, TABLE2, table1, table2
from jt3r.scans import BadInput, run
from jt3r.scans.cards.load import load_card
from jt3r.scans.cli.main import app
from jt3r.scans.kinds.picture import plot_file
from jt3r.scans.store.info import describe

QUANTITIES = {"table1": (*TABLE1, "sm_pull"), "table2": TABLE2}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    return {name: run(name, folder / f"{name}.h5") for name in QUANTITIES}


@pytest.mark.parametrize(("name", "rows"), [("table1", table1), ("table2", table2)])
def test_the_file_holds_every_cell_over_benchmark_and_quantity(files, name, rows):
    with xr.open_dataset(files[name], engine="h5netcdf") as file:
        assert file.benchmark.values.tolist() == ["SM", *NAMES]
        assert file["quantity"].values.tolist() == list(QUANTITIES[name])
        for row in rows():
            cell = file.sel(benchmark=row.benchmark, quantity=row.quantity)
            assert (float(cell.ours), float(cell.reference), bool(cell.agrees)) == (row.ours, row.reference, row.agrees)
        assert int(file.agrees.sum()) == len(rows())


def test_a_cell_without_a_reference_is_nan_and_does_not_agree(files):
    with xr.open_dataset(files["table1"], engine="h5netcdf") as file:
        cell = file.sel(benchmark="SM", quantity="sm_pull")
        assert np.isnan(cell.ours)
        assert np.isnan(cell.reference)
        assert not cell.agrees


def test_the_file_carries_the_card_the_measurements_and_the_remarks(files):
    with h5py.File(files["table2"]) as file:
        assert json.loads(file.attrs["card"])["kind"] == "table"
        assert json.loads(file.attrs["dataset"])["paper2021"]["R_K"]["value"] == 0.846
        assert "recovered by a fit" in file.attrs["source"]
        noted = {(note["benchmark"], note["quantity"]) for note in json.loads(file.attrs["notes"])}
    assert noted == {key for key in NOTES if key[1] in TABLE2}


def test_what_eq_10_forces_is_beside_what_the_benchmarks_use(files):
    with xr.open_dataset(files["table1"], engine="h5netcdf") as file:
        forced = file.pseudoscalar_forced.sel(benchmark=list(NAMES)).values
        # the notes on the paper give two digits, for angles rounded to two
        np.testing.assert_allclose(forced, [-0.23, 2.9, -0.62, 57], rtol=0.03)
        assert (np.abs(forced) > 10 * np.abs(file.pseudoscalar_used.sel(benchmark=list(NAMES)))).all()


@pytest.mark.parametrize("name", QUANTITIES)
def test_the_same_card_gives_the_same_file(files, tmp_path, name):
    again = run(name, tmp_path / "again.h5")
    assert again.read_bytes() == files[name].read_bytes()


def test_run_prints_the_table_and_then_the_path(tmp_path):
    result = CliRunner().invoke(app, ["run", "table2", "-o", str(tmp_path / "t.h5")])
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[-1] == str(tmp_path / "t.h5")
    assert sum(" agree " in line for line in lines) == 25
    bma = next(line for line in lines if "BMA" in line and "dBR_LbLmumu" in line)
    assert "2.193e-08" in bma
    assert "[1]" in bma
    assert "a misprint of" in result.stdout


def test_a_cell_that_differs_says_so(tmp_path, capsys):
    from jt3r.scans.kinds.table.report import print_table

    print_table(run("table1", tmp_path / "t.h5", settings=["dataset=current"]))
    verdicts = [line for line in capsys.readouterr().out.splitlines() if "sm_pull" in line and "differs" in line]
    assert len(verdicts) == 4


def test_info_describes_and_plot_has_no_picture(files, tmp_path):
    facts = describe(files["table1"])
    assert facts["arrays"]["benchmark"]["values"] == ["SM", *NAMES]
    assert facts["arrays"]["ours"]["dims"] == ["benchmark", "quantity"]
    result = CliRunner().invoke(app, ["info", str(files["table1"])])
    assert result.exit_code == 0
    assert "C_P - C_P' in GeV^-1 from eq. (10)" in result.stdout
    with pytest.raises(BadInput, match="no picture"):
        plot_file(files["table1"], tmp_path / "t.png")
    assert not (tmp_path / "t.png").exists()


@pytest.mark.parametrize(
    ("setting", "message"),
    [("number=IV", "number"), ("polynomials=flavio-2.1", "did you mean 'flavio-2"), ("n=3", "key 'n' is unknown")],
)
def test_a_wrong_key_is_named(setting, message):
    with pytest.raises(BadInput, match=message):
        load_card("table1", [setting])
