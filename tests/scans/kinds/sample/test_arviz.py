"""Draws for ArviZ: the groups that it looks for, and nothing of jt3r's attributes in the way."""

import numpy as np
import xarray

from jt3r.scans.kinds.sample.arviz import write_inference
from jt3r.scans.kinds.sample.build import STATISTICS
from jt3r.scans.store.hdf5 import open_scan
from tests.scans.kinds.sample.files import CARD, draws_file


def test_the_groups_of_a_file_of_draws(tmp_path):
    source = draws_file(tmp_path / "draws.h5")
    write_inference(source, tmp_path / "draws.nc")
    with xarray.open_datatree(tmp_path / "draws.nc", engine="h5netcdf") as tree, open_scan(source) as scan:
        assert set(tree.children) == {"posterior", "log_likelihood", "sample_stats"}
        assert set(tree["posterior"].data_vars) == set(CARD["free"])
        assert set(tree["sample_stats"].data_vars) == set(STATISTICS)
        np.testing.assert_array_equal(tree["log_likelihood"]["terms"].sel(term="gm2"), -scan["chi_square_gm2"][()] / 2)
        np.testing.assert_array_equal(tree["posterior"]["m_phi"], scan["m_phi"][()])
        assert tree.attrs["card"] == scan.attrs["card"]
        assert tree["posterior"]["m_phi"].dims == ("chain", "draw")
