"""Sampling scans: chains of draws from the posterior, with what their convergence is judged by."""

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from jt3r.extras import check_installed
from jt3r.inference.sampling import chees
from jt3r.inference.sampling.posterior import Posterior
from jt3r.inference.sampling.programs import Task, programs
from jt3r.inference.sampling.sample import draw_chains, judge, warmup_key
from jt3r.inference.space import coordinate
from jt3r.kernels.numerics.devices import devices_that_share

from ...cost.estimate import compiling, seconds
from ...engine.plan import Arrays, Scan, float_dtype, observable_attributes
from ...engine.tiles import CHUNK_POINTS, Slices, Tiles
from ...store.hdf5 import write_full
from ...store.layout import Attributes, Coordinate, Layout, Variable
from ...store.reading import open_hdf5
from .card import SampleCard

STATISTICS: dict[str, tuple[str, str]] = {
    "lp": ("", "ln(likelihood x prior x Jacobian) in the coordinates of the sampler, up to a constant"),
    "diverging": ("|b1", "whether the trajectory lost its energy: draws nearby may be missing"),
    "energy": ("", "energy of the Hamiltonian after the step"),
    "tree_depth": ("<i4", "doublings of the trajectory"),
    "n_steps": ("<i4", "gradients evaluated"),
    "acceptance_rate": ("", "mean acceptance probability over the trajectory"),
    "step_size": ("", "step of the integrator, found in the warm-up"),
}
"""Name -> type (that of the parameters unless said) and meaning, named as ArviZ names the
statistics of NUTS.
"""

OF_NUTS = ("tree_depth",)
"""Statistics that other samplers do not have."""


def sample_scan(card: SampleCard) -> Scan:
    """The scan that draws every chain; one tile is one chain, or as many as advance together."""
    check_installed("blackjax", "sample", "kind = 'sample'")
    layout = _layout(card)
    together = card.at_once()
    steps = card.chains * (card.warmup + card.draws)
    task = Task(
        Posterior(card.likelihood(), card.space(), card.pull()),
        *(card.shared(), card.warmup, card.draws, card.target_acceptance, card.max_tree_depth, tuple(card.observables)),
    )

    @cache
    def begun() -> chees.Tuned | None:
        begin = programs(task).begin
        return begin(warmup_key(card.seed)) if begin else None

    def compute(cut: Slices) -> Arrays:
        numbers = np.minimum(np.arange(cut[0].start, cut[0].start + together), card.chains - 1)
        arrays = draw_chains(programs(task).run, programs(task).derived, numbers, card.seed, devices_that_share(), begun())
        count = cut[0].stop - cut[0].start
        return {v.name: np.asarray(arrays[v.name])[:count].astype(v.dtype) for v in layout.variables}

    def finish(path: Path, layout: Layout, files: Sequence[tuple[Slices, Path]]) -> None:
        judged = json.dumps(_diagnostics(card, [file for _, file in files]))
        write_full(path, replace(layout, attributes={**layout.attributes, "diagnostics": judged}), files)

    return Scan(
        layout=layout,
        tile_layout=Layout((), layout.variables),
        tiles=Tiles((card.chains, card.draws), (together, card.draws)),
        points=card.chains * card.draws,
        disk=2
        * (card.chains * card.draws + 2048 * -(-card.chains // _rows(card)))
        * sum(np.dtype(v.dtype).itemsize for v in layout.variables)
        + 2**20,
        seconds=seconds(card.sampler, steps, card.terms),
        compiling=compiling(card.sampler, [*card.terms, *card.observables]),
        compute=compute,
        finish=finish,
    )


def _rows(card: SampleCard) -> int:
    """Chains of a chunk: as many as it has room for, and a tile holds whole chunks."""
    most = max(1, CHUNK_POINTS // card.draws)
    return max(rows for rows in range(1, min(most, card.at_once()) + 1) if card.at_once() % rows == 0)


def chi_square_name(term: str) -> str:
    """Name of the array of a term's chi-square."""
    return f"chi_square_{term}"


def _diagnostics(card: SampleCard, files: list[Path]) -> dict[str, Any]:
    """R-hat and effective sample sizes of each parameter, and totals over the chains."""
    rows: dict[str, list[np.ndarray]] = {name: [] for name in (*card.free, "diverging", "n_steps", "step_size")}
    for path in files:
        with open_hdf5(path) as part:
            for name, pieces in rows.items():
                pieces.append(part[name][:, : card.draws])
    draws = {name: np.concatenate(pieces) for name, pieces in rows.items()}
    sizes = draws["step_size"][:, 0]
    return {
        "parameters": judge(
            {name: draws[name] for name in card.free}, chees.superchains(card.chains) if card.shared() else None
        ),
        "divergences": int(draws["diverging"].sum()),
        "gradients": int(draws["n_steps"].sum()),
        "step_sizes": np.unique(sizes).tolist() if card.shared() else sizes.tolist(),
    }


def _layout(card: SampleCard) -> Layout:
    real = float_dtype().str
    dims, chunk = ("chain", "draw"), (_rows(card), min(card.draws, CHUNK_POINTS))

    def variable(name: str, attributes: Attributes, dtype: str = real) -> Variable:
        return Variable(name, dims, dtype or real, attributes, chunk)

    variables = []
    for name in card.free:
        facts = coordinate(name, card.model)
        variables.append(variable(name, {"units": facts.unit, "latex": facts.latex, "long_name": facts.doc}))
    likelihood = {"units": "1", "latex": r"\ln L", "long_name": "logarithm of the likelihood, up to a constant"}
    variables.append(variable("ln_likelihood", likelihood))
    for term in card.likelihood().summed:
        attributes = {"units": "1", "latex": r"\chi^2", "long_name": f"chi-square: {term.doc}", "source": term.source}
        variables.append(variable(chi_square_name(term.name), attributes))
    if card.cuts == "veto":
        vetoed = {"units": "1", "long_name": "whether a published cut among the terms forbids the draw"}
        variables.append(variable("vetoed", vetoed, "|b1"))
    variables += [variable(name, observable_attributes(name)) for name in card.observables]
    variables += [
        variable(name, {"units": "1", "long_name": doc}, dtype)
        for name, (dtype, doc) in STATISTICS.items()
        if not (card.shared() and name in OF_NUTS)
    ]
    name, packages = (
        ("ChEES-HMC", ("blackjax", "optax", "optimistix")) if card.shared() else ("NUTS", ("blackjax", "optimistix"))
    )
    sampler = f"{name} of {', '.join(f'{package} {version(package)}' for package in packages)}"
    coordinates = (
        Coordinate("chain", np.arange(card.chains), {"units": "1", "long_name": "number of the chain"}),
        Coordinate("draw", np.arange(card.draws), {"units": "1", "long_name": "number of the draw"}),
    )
    return Layout(coordinates, tuple(variables), {"sampler": sampler})
