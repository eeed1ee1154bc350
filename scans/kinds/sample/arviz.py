"""A file of draws as ArviZ stores them: netCDF with the groups posterior, log_likelihood and
sample_stats.
"""

from pathlib import Path

from jt3r.extras import need

from ...store.hdf5 import open_scan
from ...store.xarray import open_dataset
from ..registry import card_of
from .build import STATISTICS, chi_square_name

CHI = chi_square_name("")


def write_inference(source: Path, output: Path) -> None:
    """Write the draws of ``source`` for ``arviz.from_netcdf``.

    ``log_likelihood`` is one array, -chi-square/2 of each measurement or limit along ``term``, up
    to a constant, so that ``arviz.loo`` takes the file as it is; the log-determinant is of no term
    alone, and stays out. The attributes of the file are those of ``source``.
    """
    xarray = need("xarray", "xarray", "netCDF")
    with open_scan(source) as scan:
        card = card_of(scan.attrs)
    with open_dataset(source) as data:
        terms = {chi_square_name(name): name for name in card["terms"] if chi_square_name(name) in data}
        others = [
            name for name in data.data_vars if name not in (*STATISTICS, "ln_likelihood") and not str(name).startswith(CHI)
        ]
        each = xarray.concat([-data[array].drop_attrs() / 2 for array in terms], dim="term")
        pointwise = each.assign_coords(term=list(terms.values())).transpose("chain", "draw", "term")
        groups = {
            "/": xarray.Dataset(attrs=data.attrs),
            "/posterior": data[others].drop_attrs(deep=False),
            "/log_likelihood": xarray.Dataset({"terms": pointwise}),
            "/sample_stats": data[[name for name in STATISTICS if name in data]].drop_attrs(deep=False),
        }
        xarray.DataTree.from_dict(groups).to_netcdf(output, engine="h5netcdf")
