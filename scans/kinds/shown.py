"""How numbers of a file are shown, in pictures and in tables: masses in MeV, labels with units,
values with their errors.
"""

import math
from typing import Any

import h5py
import numpy as np

MEV = 1e3
SCALES = ((1e3, "TeV", 1e-3), (1.0, "GeV", 1.0), (1e-4, "MeV", 1e3))
"""Largest energy above which a unit is used, the unit, and what GeV are multiplied by."""
PLAIN = 1e-3, 1e4
"""Values with errors that lie between these are written without a power of ten."""


def label(item: h5py.Dataset) -> str:
    """Axis label of a parameter from what the file says of it; masses are drawn in MeV."""
    return with_unit(f"${item.attrs['latex']}$", shown_unit(item))


def shown_values(item: h5py.Dataset, values: Any = None) -> np.ndarray:
    """A parameter's array, or other values of it, as drawn: masses in MeV, V in GeV."""
    return np.multiply(item[()] if values is None else values, MEV if shown_unit(item) == "MeV" else 1)


def in_best_unit(arrays: list[np.ndarray], unit: str) -> tuple[list[np.ndarray], str]:
    """Arrays in the unit that they share as drawn, and that unit: energies in the one that suits
    the largest.
    """
    if unit != "GeV":
        return arrays, unit
    largest = max((float(np.nanmax(np.abs(a))) for a in arrays if np.isfinite(a).any()), default=1.0)
    _, best, factor = next((scale for scale in SCALES if largest >= scale[0]), (0.0, "GeV", 1.0))
    return [a * factor for a in arrays], best


def with_unit(name: str, unit: str) -> str:
    """A label: the name, and the unit in brackets unless it is "1"; cm^2 with a raised 2. An italic
    V leans over the gap, which is wider after it.
    """
    base, raised, rest = unit.partition("^")
    typeset = f"{base}$^{{{rest[:1]}}}${rest[1:]}" if raised and rest[:1].isdigit() else unit
    leaning = name.removesuffix("$") + r"\,$" if name.endswith("V$") else name
    return name if unit in ("", "1") else f"{leaning} [{typeset}]".strip()


def with_error(value: float, error: float) -> str:
    """A value and its error in LaTeX to two digits of the error; small and large ones times a power
    of ten.
    """
    power = 0 if PLAIN[0] <= abs(value) < PLAIN[1] or not value else math.floor(math.log10(abs(value)))
    value, error = value / 10.0**power, error / 10.0**power
    digits = max(0, 1 - math.floor(math.log10(error)))
    text = rf"{value:.{digits}f} \pm {error:.{digits}f}"
    return rf"({text}) \times 10^{{{power}}}" if power else text


def shown_unit(item: h5py.Dataset) -> str:
    """V stays in GeV, and so does what is called an energy."""
    unit, name = item.attrs["units"], (item.name or "").strip("/")
    return "MeV" if unit == "GeV" and name not in ("v", "energy") else unit
