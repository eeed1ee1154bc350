"""What a search found, printed: the best minimum of every basin with its observables, and where the
named starts went.
"""

from typing import Any

import h5py
import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..registry import card_of
from ..report_table import report_table
from ..sample.report import reweighed

NAMES, COLUMN = 30, 14
"""Width of the column of names and of each basin's: as many basins are printed as the terminal has
room for.
"""

EDGE = "|"

DEGENERATE = 1e-6
"""As ``jt3r.inference.fits.result.DEGENERATE``, without its imports."""


def report(file: h5py.File, card: dict) -> list[Any]:
    """The minima of a fit: how many starts reached them, the best of each basin, and where the
    named starts went.
    """
    lines: list[Any] = [*reweighed(file), Text(summary(file))]
    if len(file["chi_square"]):
        lines += [Text(line) for line in significance(file, card)]
        lines.append(_best(file, card, max(1, (Console().width - NAMES) // COLUMN)))
        if named_starts(card):
            lines.append(_named(file, card))
    return lines


def significance(file: h5py.File, card: dict) -> list[str]:
    """What the best chi-square means, and what the data leave open where many minima are as
    good.
    """
    if "p_value" not in file:  # of an earlier version
        return []
    measured, read = int(file.attrs["measurements"]), [n for n in str(file.attrs["parameters_read"]).split(", ") if n]
    best = file["chi_square"][()].argmin()
    counted = f"{measured} measurements, {len(read)} free parameters that they read"
    if measured <= len(read):
        lines = [f"{counted}: a chi-square of {file['chi_square'][best]:.3g} is no test of the model"]
    else:
        p, sigma = file["p_value"][best], file["sigma"][best]
        lines = [f"{counted}: p-value of the best {p:.3g}, {sigma:.2f} sigma"]
    if "toy_p_value" in file.attrs:
        told = [float(file.attrs[name]) for name in ("toy_observed", "toy_p_value", "toy_p_value_error")]
        lines.append("by {} toys, chi-square {:.4g}: p-value {:.4f} +- {:.4f}".format(len(file["toy_chi_square"]), *told))
    gain = file["gain"][best]
    if np.isfinite(gain):
        root = f"sqrt(delta chi2) = {np.sign(gain) * abs(gain) ** 0.5:.2f}"
        lines.append(f"against the Standard Model {root}, {file['gain_sigma'][best]:.2f} sigma with {len(read)} parameters")
    same = file["chi_square"][()] <= file["chi_square"][best] + DEGENERATE
    if same.sum() > 1:
        lines.append(f"degenerate: {same.sum()} minima are as good as the best, which is one example; they span")
        lines += [f"  {name}: {file[name][()][same].min():.4g} to {file[name][()][same].max():.4g}" for name in card["free"]]
    return lines


def rows(card: dict) -> set[str]:
    """A flat table of a fit has one row for each minimum."""
    return {"minimum"}


def named_starts(card: dict) -> dict[str, dict[str, float]]:
    """The named starts of a stored card; files written before the key had this name call it
    ``begin``.
    """
    return card["named_starts"] if "named_starts" in card else card["begin"]


def summary(file: h5py.File) -> str:
    """One line: starts, how many converged, how many met NaN, minima and basins; or allowed points
    in their place.
    """
    ended, ends = ("are allowed", "points") if _until(file) == "allowed" else ("converged", "minima")
    converged, minimum = file["start_converged"][()], file["start_minimum"][()]
    basins = len(np.unique(file["basin"][()]))
    return (
        f"{len(minimum)} starts: {int(converged.sum())} {ended}, {int((minimum < 0).sum())} met NaN; "
        f"{_counted(len(file['chi_square']), ends)} in {_counted(basins, 'basins')}; "
        f"{file['evaluations'][()].mean():.0f} evaluations a start"
    )


def _counted(count: int, of: str) -> str:
    """1 minimum, 2 minima."""
    one = {"minima": "minimum", "points": "point", "basins": "basin"}
    return f"{count} {one[of] if count == 1 else of}"


def _until(file: h5py.File) -> str:
    return str(card_of(file.attrs)["until"])


def _best(file: h5py.File, card: dict, shown: int) -> Table:
    """A column for the best minimum of each basin that no published cut vetoes, if there is one,
    best first.
    """
    chi_square, basin, vetoed = file["chi_square"][()], file["basin"][()], file["vetoed"][()]
    order = np.lexsort((chi_square, vetoed))
    _, first = np.unique(basin[order], return_index=True)
    chosen = sorted((order[k] for k in first), key=lambda k: chi_square[k])[:shown]
    title = f"best {'point' if card['until'] == 'allowed' else 'minimum'} of each basin"
    if len(first) > shown:
        title += f", the first {shown} of {len(first)} basins"
    table = Table(title=title, title_justify="left", caption=f"{EDGE} at the edge of its prior", caption_justify="left")
    for heading in ("", *(f"basin {basin[k]}" for k in chosen)):
        table.add_column(heading, justify="right" if heading else "left", no_wrap=True)
    table.add_row("starts", *(str(int(file["starts"][()][basin == basin[k]].sum())) for k in chosen))
    terms = (name for name in file if name.startswith("chi_square_"))
    names = ["chi_square", "tuning", *card["free"], *terms, *card["observables"]]
    for name in names:
        unit = file[name].attrs["units"]
        label = name if unit == "1" else f"{name} [{unit}]"
        prior = card["free"].get(name)
        table.add_row(label, *(f"{value:.4g}" + _edge(value, prior) for value in file[name][()][chosen]))
    table.add_row("converged", *("yes" if file["converged"][k] else "no" for k in chosen))
    if vetoed.any():
        table.add_row("vetoed", *("yes" if vetoed[k] else "no" for k in chosen))
    return table


def _edge(value: float, prior: dict | None) -> str:
    """A mark for a coordinate at the edge of its prior."""
    return EDGE if prior and min(value - prior["min"], prior["max"] - value) <= 1e-6 * (prior["max"] - prior["min"]) else ""


def _named(file: h5py.File, card: dict) -> Table:
    """The named starts: the chi-square they reached, and in which basin."""
    numbers = ("chi_square", "basin", "converged")
    table = report_table("named starts", ("start", *numbers), right=numbers)
    minimum, basin = file["start_minimum"][()], file["basin"][()]
    for k, name in enumerate(named_starts(card)):
        where = str(basin[minimum[k]]) if minimum[k] >= 0 else "NaN"
        table.add_row(name, f"{file['start_chi_square'][k]:.4g}", where, "yes" if file["start_converged"][k] else "no")
    return table
