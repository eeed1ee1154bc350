"""WCxf and POPxf files: round trips, refusals, and the same numbers."""

import ast
import json
from pathlib import Path

import numpy as np
import pytest

from jt3r.flavour.exchange import popxf, read_wcxf, wcxf, write_popxf, write_wcxf
from jt3r.flavour.predict import predict

REFERENCE = Path(__file__).parents[2] / "reference"


def test_wcxf_comes_back_as_it_went(tmp_path):
    c = {"C9_bsmumu": -1.5, "CSp_bsee": 0.02}
    write_wcxf(tmp_path / "point.json", c, scale=4.8)
    assert read_wcxf(tmp_path / "point.json") == (c, 4.8)


def test_the_stored_wcxf_file_that_wcxf_and_wilson_accepted(tmp_path):
    stored = json.loads((REFERENCE / "wcxf_point.json").read_text())
    c, scale = read_wcxf(REFERENCE / "wcxf_point.json")
    assert wcxf(c, scale) == stored


def test_what_cannot_be_read_is_refused(tmp_path):
    def refused(match, **change):
        document = wcxf({"C9_bsmumu": 1.0}) | change
        (tmp_path / "bad.json").write_text(json.dumps(document))
        with pytest.raises(ValueError, match=match):
            read_wcxf(tmp_path / "bad.json")

    refused("flavio basis", basis="JMS")
    refused("CVLL_bsbs", values={"CVLL_bsbs": 1e-9})
    refused("complex", values={"C9_bsmumu": {"Re": 1.0, "Im": 0.3}})
    with pytest.raises(ValueError, match="C11"):
        wcxf({"C11_bsmumu": 1.0})


def test_the_polynomials_of_popxf_are_those_of_the_table(tmp_path):
    write_popxf(tmp_path / "table.json")
    document = json.loads((tmp_path / "table.json").read_text())
    names = document["metadata"]["parameters"]
    c = dict(zip(names, np.random.default_rng(5).uniform(-0.1, 0.1, len(names)), strict=True))
    total = np.zeros(len(document["metadata"]["polynomial_names"]))
    for key, numbers in document["data"]["polynomial_central"].items():
        factors = [c[name] for name in ast.literal_eval(key)[:-1] if name]
        total += np.prod(factors) * np.asarray(numbers)
    rates = dict(zip(document["metadata"]["polynomial_names"], total, strict=True))
    ours = predict(c, scale=4.8)
    for name, e in zip(document["metadata"]["observable_names"], document["metadata"]["observable_expressions"], strict=True):
        parts = [rates[v] for v in e["variables"].values()]
        # rounding of some hundred terms
        assert parts[0] / (parts[1] if len(parts) > 1 else 1.0) == pytest.approx(float(ours[name]), rel=1e-12)


def test_popxf_has_one_scale_and_the_version_of_flavio():
    metadata = popxf("flavio-2.2")["metadata"]
    assert metadata["scale"] == 4.8
    assert metadata["reproducibility"][0]["tool"]["version"] == "2.2.0"
