"""Flat columns of a file."""

import numpy as np
import pytest

import jt3r.scans
from jt3r.scans.export.columns import read_columns


@pytest.mark.parametrize("fixture", ["band_file", "map_file", "summary_file", "table_file", "limits_file"])
def test_the_columns_are_those_of_xarray(fixture, request):
    path = request.getfixturevalue(fixture)
    with jt3r.scans.open(path) as dataset:
        table = dataset.drop_dims("angles", errors="ignore")  # of Table I: what is no cell of it
        frame = table.to_dataframe().reset_index()
    columns = read_columns(path).all
    assert set(columns) == set(frame.columns)
    order = list(read_columns(path).coordinates)
    # The rows of both run over the same points, possibly in another order of the axes.
    ours = np.lexsort([columns[name].values.astype(str) for name in order])
    theirs = np.lexsort([frame[name].to_numpy().astype(str) for name in order])
    for name, column in columns.items():
        values = frame[name].to_numpy()[theirs]
        assert column.values[ours].astype(str).tolist() == values.astype(str).tolist()


def test_a_table_has_one_row_for_each_cell(table_file, tmp_path):
    columns = read_columns(table_file).all
    cells = list(zip(columns["benchmark"].values, columns["quantity"].values, strict=True))
    assert len(cells) == len(set(cells)) == 5 * 4
    fields = read_columns(jt3r.run("table3", tmp_path / "table3.h5")).all
    assert len(fields["field"].values) == len(set(fields["field"].values))


def test_rows_run_over_all_axes_the_last_one_fastest(map_file, map_values):
    m_aprime, m_phi, _ = map_values
    found = read_columns(map_file)
    assert list(found.coordinates) == ["m_aprime", "m_phi"]
    np.testing.assert_array_equal(found.coordinates["m_aprime"].values, np.repeat(m_aprime, len(m_phi)))
    np.testing.assert_array_equal(found.coordinates["m_phi"].values, np.tile(m_phi, len(m_aprime)))
    assert found.all["pull_gm2"].unit == ""
    assert found.coordinates["m_phi"].unit == "GeV"
    assert found.variables["pull_gm2"].attributes["units"] == "1"
    # g depends on m_A' alone and is repeated along m_phi'
    np.testing.assert_allclose(found.variables["g_t3r"].values, np.repeat(m_aprime, len(m_phi)) / 200**0.5, rtol=1e-14)
    assert found.attributes["format"] == "jt3r"
