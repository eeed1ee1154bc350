"""Which row of a file of limits belongs to a value of V, and files that have none."""

import json

import h5py
import pytest

from jt3r.errors import BadInput
from jt3r.scans.kinds.edges import along_of, axis_of, row_of_v


def of_limits(path, card, values):
    file = h5py.File(path, "w")
    file.attrs["card"] = json.dumps(card)
    file[axis_of(card)] = values
    return file


def test_the_row_is_that_of_the_value(tmp_path):
    card = {"kind": "limits", "axes": {"v": {"values": [5.0, 20.0]}}}
    assert along_of(card) == "m_aprime"
    with of_limits(tmp_path / "limits.h5", card, [5.0, 20.0]) as file:
        assert (row_of_v(file, 5.0), row_of_v(file, 20.0)) == (0, 1)
        with pytest.raises(BadInput, match=r"has no limits at the band's v = 10.0"):
            row_of_v(file, 10.0)


def test_limits_of_something_else_have_no_row(tmp_path):
    card = {"kind": "limits", "along": "kinetic_mixing", "axes": {"m_aprime": {"values": [0.05]}}}
    with of_limits(tmp_path / "mixing.h5", card, [0.05]) as file, pytest.raises(BadInput, match="limits of kinetic_mixing"):
        row_of_v(file, 10.0)
