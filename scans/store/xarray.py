"""A scan file as an xarray Dataset."""

from pathlib import Path
from typing import TYPE_CHECKING

from jt3r.extras import need

from .hdf5 import open_scan
from .reading import is_of_lock

if TYPE_CHECKING:
    import xarray


def open_dataset(path: str | Path) -> "xarray.Dataset":
    """The file as an xarray Dataset, its arrays read when used: ``.sel``, ``.plot`` and
    ``.to_dataframe()`` work on it.

    Names are texts. Of each array ``units`` are what pint reads, ``long_name`` is the LaTeX label
    that ``.plot()`` puts on an axis, ``description`` says what it is and ``source`` where it is
    from. Raises BadInput as ``open_scan``, or if xarray is missing.

    >>> import jt3r
    >>> axes = {"m_aprime": {"values": [0.05, 0.1]}}
    >>> card = {"kind": "grid", "observables": ["ctau_aprime"], "axes": axes}
    >>> scan = jt3r.open(jt3r.run(card, "lifetime.h5"))
    >>> scan.ctau_aprime.sel(m_aprime=0.1).item() < scan.ctau_aprime.sel(m_aprime=0.05).item()
    True
    """
    xarray = need("xarray", "xarray", "jt3r.scans.open")
    need("h5netcdf", "xarray", "jt3r.scans.open")
    with open_scan(path):
        try:
            scan = xarray.open_dataset(path, engine="h5netcdf")
        except OSError as error:
            if not is_of_lock(error):
                raise
            scan = xarray.open_dataset(path, engine="h5netcdf", driver_kwds={"locking": False})
    return _decoded(scan)


def _decoded(scan: "xarray.Dataset") -> "xarray.Dataset":
    """The dataset with texts for bytes, labels with dollar signs, and no units for pure
    numbers.
    """
    texts = {name: array for name, array in scan.variables.items() if array.dtype.kind == "S"}
    scan = scan.assign({name: (array.dims, array.values.astype(str), array.attrs) for name, array in texts.items()})
    for array in scan.variables.values():
        facts = array.attrs
        if "long_name" in facts:
            facts["description"] = facts["long_name"]
        if "latex" in facts:
            facts["long_name"] = f"${facts['latex']}$"
        if facts.get("units") == "1":
            del facts["units"]  # an empty one would be drawn as []
    return scan
