"""The stored flavour tables: which there are, what is in them, and how they are read.

A table holds FLAVIO's branching fractions as exact quadratic polynomials, the map of the Wilson
coefficients from 160 GeV to the b scale, and joint draws of the polynomials over FLAVIO's input
parameters. ``jt3r/data/make_flavour.py`` makes them; FLAVIO is not needed to read them.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from ..kernels.numerics.quadratic import Monomials

VARIABLES = tuple(f"{op}{sign}" for op in ("C9", "C10", "CS", "CP") for sign in "+-")


@dataclass(frozen=True)
class Rate:
    """One branching fraction: polynomial in ``VARIABLES`` of one lepton, and what it is.

    ``over_q2``, ``over_q4``: the numbers with 1/q^2 and 1/q^4 (GeV^-2, GeV^-4) in the integrand.
    """

    flavio: str
    lepton: str
    q2: tuple[float, float] | None
    unit: str
    monomials: Monomials
    numbers: tuple[float, ...]
    over_q2: tuple[float, ...]
    over_q4: tuple[float, ...]


@dataclass(frozen=True)
class Table:
    """A flavour table. ``factor.T @ factor`` is the covariance of the relative deviations of the n
    numbers.
    """

    name: str
    scales: tuple[float, float]  # high (the coefficients' usual input scale) and low (where the rates are read), GeV
    running: dict[str, float]
    rates: dict[str, Rate]
    factor: np.ndarray
    metadata: dict[str, Any]


def _folder() -> Any:
    return resources.files("jt3r.data") / "flavour"


def table_names() -> list[str]:
    """Names of the tables that are installed."""
    return sorted(f.name.removesuffix(".json") for f in _folder().iterdir() if f.name.endswith(".json"))


@cache
def load_table(name: str) -> Table:
    """The table of that name; ValueError with the known names if there is none."""
    if name not in table_names():
        raise ValueError(f"no flavour table {name!r}; there are {', '.join(table_names())}")
    record = json.loads((_folder() / f"{name}.json").read_text())
    with (_folder() / f"{name}.npz").open("rb") as f:
        deviations = np.load(f)["deviations"].astype(np.float64)
    centred = deviations - deviations.mean(axis=0)
    factor = np.linalg.qr(centred, mode="r") / np.sqrt(len(deviations) - 1)
    factor.setflags(write=False)  # one array for all calls
    rates = {
        key: Rate(
            flavio=r["flavio"],
            lepton=r["lepton"],
            q2=None if r["q2_GeV2"] is None else tuple(r["q2_GeV2"]),
            unit=r["unit"],
            monomials=tuple(() if m == "1" else tuple(VARIABLES.index(v) for v in m.split()) for m in r["monomials"]),
            numbers=tuple(r["numbers"]),
            over_q2=tuple(r["over_q2"]),
            over_q4=tuple(r["over_q4"]),
        )
        for key, r in record["rates"].items()
    }
    if factor.shape[1] != sum(len(r.numbers) for r in rates.values()):
        raise ValueError(f"flavour table {name!r} is damaged: its draws do not belong to its polynomials")
    running = record["running"]
    scales = (float(running["from_GeV"]), float(running["to_GeV"]))
    metadata = {k: v for k, v in record.items() if k != "rates"} | {"draws": len(deviations)}
    return Table(name, scales, running["numbers"], rates, factor, metadata)
