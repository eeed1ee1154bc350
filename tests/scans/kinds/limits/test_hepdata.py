"""Limits as HEPData: a row for each interval."""

import json

import numpy as np

from jt3r.scans.export.columns import Column, Columns
from jt3r.scans.kinds.limits.hepdata import _intervals
from tests.scans.kinds.limits.files import CARD, SEARCHES, small_file


def columns():
    """The flat table of the small file."""
    edges = small_file()["limits"][()]
    names, v, edge = np.meshgrid(list(SEARCHES), [10.0, 20.0], np.arange(4), indexing="ij")
    given = {"experiment": names, "v": v, "edge": edge}
    coordinates = {name: Column(values.ravel(), "GeV" if name == "v" else "", {}) for name, values in given.items()}
    attributes = {"card": json.dumps({**CARD, "scenario": "invisible"}), "searches": json.dumps(SEARCHES)}
    return Columns(coordinates, {"limits": Column(edges.ravel(), "GeV", {})}, attributes)


def test_each_interval_is_a_row_with_its_search_and_v():
    document = _intervals(columns())
    rows = {variable["header"]["name"]: [entry["value"] for entry in variable["values"]]
            for variable in [*document["independent_variables"], *document["dependent_variables"]]}  # fmt: skip
    assert rows["search"] == ["A dump"] * 4 + ["Beyond"] * 2 + ["A cut"] + ["A plan"] * 2
    assert rows["v"] == [10, 10, 20, 20, 10, 20, 10, 10, 20]
    assert rows["m_aprime, lower end"] == [0.001, 0.05, 0.001, 0.05, 0.03, 0.03, 0.005, 0.02, 0.02]
    assert rows["m_aprime, upper end"] == [0.04, 0.06, 0.04, 0.06, 0.045, 0.045, 0.01, 0.1, 0.1]
    assert rows["status"].count("projection") == 2
    qualifiers = document["dependent_variables"][0]["qualifiers"]
    assert {"name": "scenario", "value": "invisible"} in qualifiers


def test_another_parameter_and_axis_have_their_names_and_no_unit_of_pure_numbers():
    card = {**CARD, "along": "kinetic_mixing", "axes": {"m_aprime": {}}}
    given = {"experiment": np.array(["Dump"] * 2), "m_aprime": np.array([0.01] * 2), "edge": np.arange(2)}
    coordinates = {name: Column(values, "GeV" if name == "m_aprime" else "", {}) for name, values in given.items()}
    attributes = {"card": json.dumps(card), "searches": json.dumps(SEARCHES)}
    document = _intervals(Columns(coordinates, {"limits": Column(np.array([1e-6, 1e-3]), "", {})}, attributes))
    assert document["independent_variables"][2] == {"header": {"name": "m_aprime", "units": "GeV"}, "values": [{"value": 0.01}]}
    low, high = document["dependent_variables"]
    assert (low["header"], low["values"]) == ({"name": "kinetic_mixing, lower end"}, [{"value": 1e-6}])
    assert (high["header"], high["values"]) == ({"name": "kinetic_mixing, upper end"}, [{"value": 1e-3}])
