"""The minima of a fit for papers and for other programs: a table in LaTeX, Wilson coefficients of
one as WCxf.
"""

from pathlib import Path

import h5py
import numpy as np

from jt3r.errors import BadInput

from ...store.hdf5 import open_scan
from ..registry import card_of
from ..shown import with_error

SIGN = "% minima of a fit, by jt3r"
"""First line, by which the file is known as ours (``jt3r.scans.store.output.SIGNS``)."""

SHOWN = 4
"""Basins in a table: its columns."""


def write_tex(source: Path, output: Path) -> None:
    """The best minimum of each of the first basins: coordinates with errors from the Hessian,
    pulls, goodness.
    """
    with open_scan(source) as file:
        output.write_text(tex(file, card_of(file.attrs)), encoding="utf-8")


def tex(file: h5py.File, card: dict) -> str:
    """A tabular environment; needs the packages booktabs and amsmath."""
    _, first = np.unique(file["basin"][()], return_index=True)
    chosen = np.sort(first)[:SHOWN]
    errors = np.sqrt(np.diagonal(file["covariance"][()], axis1=1, axis2=2))
    rows = [["", *(f"basin {file['basin'][k]}" for k in chosen)]]
    for column, name in enumerate(card["free"]):
        cells = [_with_error(file[name][k], errors[k, column]) for k in chosen]
        unit = file[name].attrs["units"]
        rows.append([f"${file[name].attrs['latex']}$" + ("" if unit == "1" else f" [{unit}]"), *cells])
    rows.append([r"$\chi^2$", *(f"${file['chi_square'][k]:.2f}$" for k in chosen)])
    if "p_value" in file:
        rows.append(["$p$-value", *(_number(file["p_value"][k]) for k in chosen)])
    for name in (name for name in file if name.startswith("chi_square_") and not name.endswith("log_det")):
        label = name.removeprefix("chi_square_").replace("_", r"\_")
        rows.append([rf"|pull| of {label}", *(f"${file[name][k] ** 0.5:.2f}$" for k in chosen)])
    body = " \\\\\n".join(" & ".join(row) for row in rows[1:])
    return "\n".join(
        [
            SIGN,
            rf"\begin{{tabular}}{{l{'r' * len(chosen)}}}",
            r"\toprule",
            " & ".join(rows[0]) + r" \\",
            r"\midrule",
            body + r" \\",
            r"\bottomrule",
            r"\end{tabular}",
            "",
        ]
    )


def _number(value: float) -> str:
    return "no test" if np.isnan(value) else f"${value:.2g}$"


def _with_error(value: float, error: float) -> str:
    """To two digits of the error; no error where the likelihood leaves the coordinate open."""
    if not np.isfinite(error) or error <= 0:
        return f"${value:.4g}$ (open)"
    return f"${with_error(value, error)}$"


def write_point(source: Path, output: Path) -> None:
    """The Wilson coefficients of the best minimum as WCxf, at 160 GeV. Raises BadInput if the fit
    has none.
    """
    from jt3r.flavour.exchange import write_wcxf
    from jt3r.flavour.observables import coefficients

    from ...cards.load import load_card

    with open_scan(source) as file:
        card = card_of(file.attrs)
        if not len(file["chi_square"]):
            raise BadInput(f"{source}: has no minimum")
        values = {name: float(file[name][0]) for name in card["free"]}
    point = load_card(card).space().point_of(values)  # type: ignore[attr-defined]  # a card over a space
    found = {name: float(value) for name, value in coefficients(point).items() if value != 0}
    if not found:
        raise BadInput(f"{source}: sets no Wilson coefficients")
    write_wcxf(output, found)
