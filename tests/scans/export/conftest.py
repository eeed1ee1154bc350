"""Files to export."""

import pytest

from jt3r.scans import run


@pytest.fixture(scope="package")
def limits_file(tmp_path_factory):
    card = {"kind": "limits", "scenario": "invisible", "axes": {"v": {"values": [10.0, 20.0]}}}
    return run({**card, "experiments": ["Neff", "NuCal", "COHERENT"]}, tmp_path_factory.mktemp("limits") / "limits.h5")


@pytest.fixture(scope="package")
def table_file(tmp_path_factory):
    return run("table1", tmp_path_factory.mktemp("table") / "table1.h5")
