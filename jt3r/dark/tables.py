"""Published tables that dark matter is computed or compared with."""

from importlib.resources import files

import numpy as np

from ..kernels.darkmatter.plasma import PlasmaTable


def _columns(name: str) -> np.ndarray:
    """The columns of a CSV file of the package, its comments and heading left out."""
    with files("jt3r.data").joinpath(name).open(encoding="utf-8") as lines:
        return np.array([[float(cell) for cell in line.split(",")] for line in lines if line[:1].isdigit()]).T


PLASMA = PlasmaTable(*_columns("plasma_laine_meyer_2015.csv"))
"""Degrees of freedom of the Standard Model plasma: M. Laine, M. Meyer, arXiv:1503.04935."""

CRESST = _columns("direct_detection.csv")
"""Masses in GeV and 90 % CL upper limits in cm^2 on elastic scattering per nucleon: CRESST-III,
arXiv:1904.00498.
"""
