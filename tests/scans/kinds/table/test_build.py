"""Tables I and II as run cards: the file, what is printed of it, and what the other commands make of it."""

import json

import h5py
import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner

from jt3r.flavour.benchmarks import NAMES, NOTES, TABLE2, table1, table2
from jt3r.flavour.from_angles import realisations
from jt3r.scans import BadInput, run
from jt3r.scans.cli.main import app
from jt3r.scans.kinds.picture import plot_file
from jt3r.scans.store.info import describe
from tests.scans.kinds.table.conftest import QUANTITIES


@pytest.mark.parametrize(("name", "rows"), [("table1", table1), ("table2", table2)])
def test_the_file_holds_every_cell_over_benchmark_and_quantity(files, name, rows):
    with xr.open_dataset(files[name], engine="h5netcdf") as file:
        assert file.benchmark.values.tolist() == ["SM", *NAMES]
        assert file["quantity"].values.tolist() == list(QUANTITIES[name])
        for row in rows():
            cell = file.sel(benchmark=row.benchmark, quantity=row.quantity)
            assert (float(cell.ours), float(cell.lowest), bool(cell.agrees)) == (row.ours, row.lowest, row.agrees)
            if row.printed is not None:
                assert (float(cell.printed), float(cell.off)) == (row.printed.value, row.off)
        assert int(file.agrees.sum()) == sum(row.agrees for row in rows())


def test_a_cell_without_a_reference_is_nan_and_does_not_agree(files):
    with xr.open_dataset(files["table1"], engine="h5netcdf") as file:
        cell = file.sel(benchmark="SM", quantity="sm_pull")
        assert np.isnan(cell.ours)
        assert np.isnan(cell.printed)
        assert not cell.agrees


def test_the_file_carries_the_card_the_measurements_and_the_remarks(files):
    with h5py.File(files["table2"]) as file:
        assert json.loads(file.attrs["card"])["kind"] == "table"
        assert json.loads(file.attrs["dataset"])["paper2021"]["R_K"]["value"] == 0.846
        assert json.loads(file.attrs["printed_text"])["SM"]["BR_BpKstmumu"] == ["26.8", "3.6"]
        noted = {(note["benchmark"], note["quantity"]) for note in json.loads(file.attrs["notes"])}
    assert noted == {key for key in NOTES if key[1] in TABLE2}


def test_the_benchmarks_from_angles_are_beside_the_cells(files):
    with xr.open_dataset(files["table1"], engine="h5netcdf") as file:
        assert file.angles.values.tolist() == [*NAMES, "BMD, C9'"]
        for k, found in enumerate(realisations()):
            assert float(file.angles_c9_primed[k]) == found.c9_primed
            assert float(file.angles_R_Kst[k]) == found.R_Kst


@pytest.mark.parametrize("name", QUANTITIES)
def test_the_same_card_gives_the_same_file(files, tmp_path, name):
    again = run(name, tmp_path / "again.h5")
    assert again.read_bytes() == files[name].read_bytes()


def test_info_describes_and_plot_has_no_picture(files, tmp_path):
    facts = describe(files["table1"])
    assert facts["arrays"]["benchmark"]["values"] == ["SM", *NAMES]
    assert facts["arrays"]["ours"]["dims"] == ["benchmark", "quantity"]
    result = CliRunner().invoke(app, ["info", str(files["table1"])])
    assert result.exit_code == 0
    assert "From mixing angles" in result.stdout
    with pytest.raises(BadInput, match="no picture"):
        plot_file(files["table1"], tmp_path / "t.png")
    assert not (tmp_path / "t.png").exists()
