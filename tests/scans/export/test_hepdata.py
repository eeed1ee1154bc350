"""HEPData tables of a file."""

import numpy as np
import pytest
import yaml
from hepdata_validator.data_file_validator import DataFileValidator

from jt3r.experiments import limits
from jt3r.experiments import load as searches
from jt3r.scans import BadInput, run
from jt3r.scans.export.hepdata import MISSING, values_of
from jt3r.scans.export.write import export


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
    benchmark, quantity = ([entry["value"] for entry in v["values"]] for v in document["independent_variables"])
    ours = next(v["values"] for v in document["dependent_variables"] if v["header"]["name"] == "ours")
    without = {(b, q) for b, q, entry in zip(benchmark, quantity, ours, strict=True) if entry["value"] == MISSING}
    assert without == {("SM", "sm_pull")}  # it has no pull from itself


def test_a_large_grid_is_no_yaml(tmp_path):
    card = {"kind": "grid", "observables": ["c_phi"], "axes": {"m_phi": {"min": 0.01, "max": 0.1, "n": 100_001}}}
    file = run(card, tmp_path / "large.h5")
    with pytest.raises(BadInput, match=r"100,001 rows"):
        export(file, tmp_path / "large.yaml")


def test_values_as_hepdata_takes_them():
    assert values_of(np.array([1.5, np.nan, np.inf])) == [{"value": 1.5}, {"value": MISSING}, {"value": MISSING}]
    assert values_of(np.array([True, False])) == [{"value": 1}, {"value": 0}]
    assert values_of(np.array(["a", "ü"], dtype=object)) == [{"value": "a"}, {"value": "ü"}]
