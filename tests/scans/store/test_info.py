"""What a file holds, in words: shapes, ranges over all chunks, and how it was made."""

import h5py
import numpy as np

from jt3r.scans.store.info import _array, describe
from tests.scans.conftest import MAP


def test_a_file_is_described(map_file, map_values):
    found = describe(map_file)
    assert found["file"] == str(map_file)
    assert found["card"]["kind"] == "grid"
    assert found["card"]["observables"] == MAP["observables"]
    assert set(found["arrays"]) == {"m_aprime", "m_phi", *MAP["observables"]}
    pull = found["arrays"]["pull_gm2"]
    assert (pull["dims"], pull["shape"], pull["dtype"], pull["nan"]) == (["m_aprime", "m_phi"], [37, 53], "float64", 0)
    axis = found["arrays"]["m_phi"]
    assert (axis["dims"], axis["units"], axis["range"]) == (["m_phi"], "GeV", [0.06, 0.11])
    coupling = map_values[0] / (200**0.5)
    np.testing.assert_allclose(found["arrays"]["g_t3r"]["range"], [coupling[0], coupling[-1]], rtol=1e-14)


def test_ranges_leave_out_what_is_not_finite(tmp_path):
    with h5py.File(tmp_path / "x.h5", "w") as file:
        values = np.array([[1.0, np.nan, 3.0], [np.inf, -2.0, np.nan]])
        file.create_dataset("chunked", data=values, chunks=(1, 2))
        file.create_dataset("none", data=np.full(3, np.nan))
        file.create_dataset("flags", data=[True, False])
        file.create_dataset("names", data=["a", "ü"], dtype=h5py.string_dtype())
        found = {name: _array(item) for name, item in file.items()}
    assert (found["chunked"]["range"], found["chunked"]["nan"]) == ([-2.0, 3.0], 2)
    assert (found["none"]["range"], found["none"]["nan"]) == (None, 3)
    assert found["flags"]["range"] == [0.0, 1.0]
    assert (found["names"]["range"], found["names"]["values"]) == (None, ["a", "ü"])
