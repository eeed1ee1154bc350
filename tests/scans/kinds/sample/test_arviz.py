"""Draws for ArviZ: the groups that it looks for, and nothing of jt3r's attributes in the way."""

import matplotlib
import matplotlib.pyplot
import numpy as np
import pytest
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


@pytest.mark.filterwarnings("ignore:Estimated shape parameter of Pareto distribution")  # of loo, about these draws
@pytest.mark.filterwarnings("ignore:The point-wise LOO is the same")  # there is one term
@pytest.mark.filterwarnings("ignore::matplotlib.MatplotlibDeprecationWarning")  # of arviz 0.23 with Matplotlib 3.11
def test_arviz_takes_the_file_without_further_arguments(tmp_path):
    write_inference(draws_file(tmp_path / "draws.h5"), tmp_path / "draws.nc")
    import arviz  # it compiles for two seconds at import, and every process of tests collects this file

    inference = arviz.from_netcdf(tmp_path / "draws.nc")
    found = arviz.loo(inference)
    assert found.n_data_points == len(CARD["terms"])
    assert np.isfinite(found.elpd_loo)
    assert list(arviz.summary(inference).index) == list(CARD["free"])
    for picture in (arviz.plot_trace, arviz.plot_posterior, arviz.plot_pair):
        picture(inference)
        matplotlib.pyplot.close("all")
