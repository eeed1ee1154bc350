"""A scan file as an xarray Dataset."""

from pathlib import Path
from typing import TYPE_CHECKING

from jt3r.extras import need

from .hdf5 import open_scan

if TYPE_CHECKING:
    import xarray


def open_dataset(path: str | Path) -> "xarray.Dataset":
    """The file as an xarray Dataset, its arrays read when used: `.sel`, `.plot` and `.to_dataframe()` work on it.

    Units, LaTeX labels and sources are attributes of the arrays. Raises BadInput as `open_scan`, or if xarray is missing.

    >>> import jt3r
    >>> card = {"kind": "grid", "observables": ["ctau_aprime"], "axes": {"m_aprime": {"values": [0.05, 0.1]}}}
    >>> scan = jt3r.open(jt3r.run(card, "lifetime.h5"))
    >>> scan.ctau_aprime.sel(m_aprime=0.1).item() < scan.ctau_aprime.sel(m_aprime=0.05).item()
    True
    """
    xarray = need("xarray", "xarray", "jt3r.scans.open")
    need("h5netcdf", "xarray", "jt3r.scans.open")
    with open_scan(path):
        return xarray.open_dataset(path, engine="h5netcdf")
