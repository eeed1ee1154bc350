"""Scan files in other programs' formats: nothing is lost, and what reads the format accepts it."""

import csv
import json

import h5py
import numpy as np
import pytest
import yaml
from hepdata_validator.data_file_validator import DataFileValidator
from pyarrow import parquet
from typer.testing import CliRunner

import jt3r.scans
from jt3r.experiments import limits
from jt3r.experiments import load as searches
from jt3r.extras import need
from jt3r.flavour.benchmarks import benchmark
from jt3r.flavour.exchange import read_wcxf
from jt3r.scans import BadInput, run
from jt3r.scans.cli import main as cli
from jt3r.scans.export.columns import read_columns
from jt3r.scans.export.hepdata import MISSING
from jt3r.scans.export.write import export


@pytest.fixture(scope="module")
def limits_file(tmp_path_factory):
    card = {"kind": "limits", "scenario": "invisible", "axes": {"v": {"values": [10.0, 20.0]}}}
    return run({**card, "experiments": ["Neff", "NuCal", "COHERENT"]}, tmp_path_factory.mktemp("limits") / "limits.h5")


@pytest.fixture(scope="module")
def table_file(tmp_path_factory):
    return run("table1", tmp_path_factory.mktemp("table") / "table1.h5")


@pytest.mark.parametrize("fixture", ["band_file", "map_file", "summary_file", "table_file", "limits_file"])
def test_the_columns_are_those_of_xarray(fixture, request):
    path = request.getfixturevalue(fixture)
    with jt3r.scans.open(path) as dataset:
        frame = dataset.to_dataframe().reset_index()
    columns = read_columns(path).all
    assert set(columns) == set(frame.columns)
    order = list(read_columns(path).coordinates)
    # The rows of both run over the same points, possibly in another order of the axes.
    ours = np.lexsort([columns[name].values.astype(str) for name in order])
    theirs = np.lexsort([frame[name].to_numpy().astype(str) for name in order])
    for name, column in columns.items():
        values = frame[name].to_numpy()[theirs]
        assert column.values[ours].astype(str).tolist() == values.astype(str).tolist()


@pytest.mark.parametrize("fixture", ["band_file", "table_file", "limits_file"])
def test_csv_and_parquet_hold_the_same_bits(fixture, request, tmp_path):
    path = request.getfixturevalue(fixture)
    columns = read_columns(path).all
    with export(path, tmp_path / "out.csv").open(newline="") as file:
        heading, *rows = csv.reader(file)
    table = parquet.read_table(export(path, tmp_path / "out.parquet"))
    assert table.column_names == list(columns)
    for number, (name, column) in enumerate(columns.items()):
        assert heading[number] == (f"{name} [{column.unit}]" if column.unit else name)
        assert [row[number] for row in rows] == [str(value) for value in column.values.tolist()]
        np.testing.assert_array_equal(table[name].to_numpy(), column.values)
    assert json.loads(table.schema.metadata[b"card"])["kind"] in ("band", "table", "limits")


def test_parquet_says_what_a_column_is(band_file, tmp_path):
    field = parquet.read_schema(export(band_file, tmp_path / "band.parquet")).field("m_phi")
    assert field.metadata[b"units"] == b"GeV"
    assert b"eqs. (1), (3) and (4)" in field.metadata[b"source"]


@pytest.mark.parametrize("fixture", ["band_file", "summary_file", "table_file", "limits_file"])
def test_hepdata_accepts_the_table(fixture, request, tmp_path):
    written = export(request.getfixturevalue(fixture), tmp_path / "out.yaml")
    validator = DataFileValidator()
    assert validator.validate(file_path=str(written)), [str(m) for m in validator.get_messages(str(written))][:3]


def test_limits_in_hepdata_are_intervals(limits_file, tmp_path):
    document = yaml.safe_load(export(limits_file, tmp_path / "limits.yaml").read_text())
    search, status, v = ([entry["value"] for entry in variable["values"]] for variable in document["independent_variables"])
    # Published cuts at V = 10 GeV; where A' -> e e has just opened and neutrinos leave it a part in 1e5, NuCal sees some.
    assert search == [searches.get(name).label for name in ("Neff", "NuCal", "NuCal", "COHERENT")]
    assert set(status) == {"excluded"}
    assert v == [10.0, 10.0, 20.0, 10.0]
    lower, upper = ([entry["value"] for entry in variable["values"]] for variable in document["dependent_variables"])
    seen = np.concatenate([limits.intervals("NuCal", v=at, scenario="invisible") for at in (10.0, 20.0)])
    assert lower == [0.0, *seen[:, 0], 0.03]
    assert upper == [0.01, *seen[:, 1], 0.2]
    assert {"name": "scenario", "value": "invisible"} in document["dependent_variables"][0]["qualifiers"]


def test_a_missing_value_in_hepdata(table_file, tmp_path):
    document = yaml.safe_load(export(table_file, tmp_path / "table.yaml").read_text())
    ours = next(v for v in document["dependent_variables"] if v["header"]["name"] == "ours")
    assert [entry["value"] for entry in ours["values"]].count(MISSING) == 1  # the Standard Model has no pull from itself


def test_a_benchmark_in_wcxf(tmp_path):
    read, scale = read_wcxf(export("bma", tmp_path / "bma.json"))
    assert (read, scale) == (benchmark("BMA"), 160.0)


def test_a_foreign_file_and_a_bad_name(band_file, tmp_path):
    with pytest.raises(BadInput, match=r"must end in one of \.csv, \.parquet, \.yaml, \.json"):
        export(band_file, tmp_path / "out.xlsx")
    with pytest.raises(BadInput, match="no such file"):
        export(tmp_path / "none.h5", tmp_path / "out.csv")
    with h5py.File(tmp_path / "foreign.h5", "w") as file:
        file["x"] = 1
    with pytest.raises(BadInput, match="not one that jt3r wrote"):
        export(tmp_path / "foreign.h5", tmp_path / "out.parquet")
    with pytest.raises(BadInput, match="bma, bmb, bmc, bmd or sm"):
        export(band_file, tmp_path / "out.json")
    assert [path.name for path in tmp_path.iterdir()] == ["foreign.h5"]


def test_the_output_is_kept(band_file, tmp_path):
    taken = tmp_path / "out.csv"
    taken.write_text("precious")
    with pytest.raises(BadInput, match="--overwrite"):
        export(band_file, taken)
    assert taken.read_text() == "precious"
    with pytest.raises(BadInput, match="not a file that jt3r wrote"):
        export(band_file, taken, overwrite=True)
    taken.unlink()
    export(band_file, taken)
    assert export(band_file, taken, overwrite=True).read_text().startswith("pull,m_aprime [GeV],m_phi [GeV]")
    with pytest.raises(BadInput, match="there is no folder"):
        export(band_file, tmp_path / "none" / "out.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(BadInput, match="is a folder"):
        export(band_file, tmp_path / "folder.csv")


def test_the_command(band_file, tmp_path):
    call = ["export", str(band_file), "-o", str(tmp_path / "band.csv")]
    answer = CliRunner().invoke(cli.app, call)
    assert (answer.exit_code, answer.stdout) == (0, f"{tmp_path / 'band.csv'}\n")
    assert isinstance(CliRunner().invoke(cli.app, call).exception, BadInput)
    assert CliRunner().invoke(cli.app, [*call, "--overwrite"]).exit_code == 0


def test_a_large_grid_is_no_yaml(tmp_path):
    card = {"kind": "grid", "observables": ["c_phi"], "axes": {"m_phi": {"min": 0.01, "max": 0.1, "n": 100_001}}}
    file = run(card, tmp_path / "large.h5")
    with pytest.raises(BadInput, match=r"100,001 rows"):
        export(file, tmp_path / "large.yaml")


def test_a_missing_extra_is_one_line():
    with pytest.raises(BadInput, match=r"Parquet needs no_such_module: install jt3r with its extra 'export'"):
        need("no_such_module", "export", "Parquet")
