"""Scan files in other programs' formats: nothing is lost, and what reads the format accepts it."""

import csv
import json

import h5py
import numpy as np
import pytest
from pyarrow import parquet
from typer.testing import CliRunner

from jt3r.extras import need
from jt3r.flavour.benchmarks import benchmark
from jt3r.flavour.exchange import read_wcxf
from jt3r.scans import BadInput
from jt3r.scans.cli import main as cli
from jt3r.scans.export.columns import read_columns
from jt3r.scans.export.write import export


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


def test_a_missing_extra_is_one_line():
    with pytest.raises(BadInput, match=r"Parquet needs no_such_module: install jt3r with its extra 'export'"):
        need("no_such_module", "export", "Parquet")
