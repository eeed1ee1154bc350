"""Make the tables that come with jt3r: spectra of the beams of all shipped searches, and rates of
decays into three bodies.

    python -m tests.reference.make_tables [--out FILE]

One and a half minutes of one core, also by ``make tables``. To be run again when a test says that the tables are not those
of the code: they are looked up by the code and data that they are made with (``jt3r.experiments.tables``), so that stale ones
are made anew and never read.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jax
import numpy as np

from jt3r.experiments import load as searches
from jt3r.experiments import mesons, spectra
from jt3r.experiments.tables import SHIPPED, OnDisk


def wanted() -> Iterator[tuple[OnDisk, tuple[Any, ...]]]:
    """Each table that comes with jt3r, and what it is made of."""
    for table, *arguments in mesons.TABLES:
        yield table, tuple(arguments)
    for search in searches.load().values():
        if isinstance(search, searches.DisplacedSearch):
            for table, *arguments in spectra.parts(search, longitudinal=False):
                yield table, tuple(arguments)
                if search.crossing and table is spectra.mesons:
                    yield spectra.pairs, tuple(arguments[:1])


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the tables that come with jt3r.")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[2] / "jt3r" / "data" / SHIPPED)
    out = parser.parse_args().out
    arrays: dict[str, np.ndarray] = {}
    with jax.enable_x64(True):
        for table, arguments in wanted():
            name = table.name(*arguments)
            if any(key.startswith(f"{name}/") for key in arrays):
                continue
            print(table.__name__, *arguments, flush=True)
            arrays |= {f"{name}/{key}": np.asarray(value) for key, value in table.make(*arguments).items()}
    np.savez(out, allow_pickle=False, **arrays)


if __name__ == "__main__":
    main()
