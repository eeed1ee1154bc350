"""Commands that ask the model without a scan file; modules that load JAX are imported when
needed.
"""

import json
from dataclasses import asdict
from math import isfinite
from pathlib import Path
from typing import Annotated, Literal

import typer

from jt3r import additions
from jt3r.errors import BadInput, one_line
from jt3r.units import quantity

from ..engine.jax_config import check_device, configure
from .options import AllowCode, AsJson, Cache, Device, Dtype, Exit, Memory, say


def in_gev(text: str | float) -> float:
    """A mass from the command line: a number in GeV, or with its unit, "110 MeV"."""
    try:
        return quantity(str(text), "GeV")
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def point(
    m_phi: Annotated[float | None, typer.Option(parser=in_gev, metavar="MASS", help="Dark Higgs mass, GeV.")] = None,
    m_aprime: Annotated[float | None, typer.Option(parser=in_gev, metavar="MASS", help="Dark photon mass, GeV.")] = None,
    v: Annotated[
        float | None, typer.Option(parser=in_gev, metavar="MASS", help="Vacuum expectation value V, GeV [10].")
    ] = None,
    m_eta: Annotated[float | None, typer.Option(parser=in_gev, metavar="MASS", help="Dark-matter mass, GeV.")] = None,
    delta: Annotated[
        float | None, typer.Option(parser=in_gev, metavar="MASS", help="Splitting of the dark-matter states, GeV.")
    ] = None,
    lambda_l: Annotated[float | None, typer.Option(help="Yukawa coupling of mu_L to its heavy partner [1].")] = None,
    lambda_r: Annotated[float | None, typer.Option(help="Yukawa coupling of mu_R to its heavy partner [1].")] = None,
    m_mu: Annotated[float | None, typer.Option(parser=in_gev, metavar="MASS", help="Muon mass, GeV [PDG].")] = None,
    dataset: Annotated[str, typer.Option(help="Measurements to take pulls against.")] = "paper2021",
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Any parameter: C9_bsmumu=-0.5. Repeatable.")
    ] = None,
    names: Annotated[
        list[str] | None,
        typer.Option(
            "--observable", metavar="NAME", help="Only this one, e.g. events_nucal: those that take seconds. Repeatable."
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every observable but the slow ones.")] = False,
    every_search: Annotated[
        bool,
        typer.Option("--searches", help="Every search, those too that are computed from spectra: a minute at first."),
    ] = False,
    card: Annotated[str | None, typer.Option(help="Start from a benchmark: bma, bmb, bmc, bmd or sm.")] = None,
    model: Annotated[str, typer.Option(help="t3r, dark_photon, b_l, lmu_ltau, ..., or one of --include.")] = "t3r",
    include: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="A Python file of your own additions. Repeatable.")
    ] = None,
    allow_code: AllowCode = False,
    as_json: AsJson = False,
) -> None:
    """Print the numbers of g-2 and A' of one point, and what else its parameters concern, with
    gradients, and which searches exclude it.

    --set goes before the other options, they before --card.
    """
    configure(None, None, None, cache=True)
    from .point import (
        benchmark_values,
        doubts,
        heading,
        make_point,
        parameter_values,
        parameters_of_model,
        print_report,
        report,
    )

    _include(include or [], allow_code)
    default = parameters_of_model(model)
    given: dict[str, float | None] = {"m_phi": m_phi, "m_aprime": m_aprime, "v": v, "m_mu": m_mu}
    given |= {"m_eta": m_eta, "delta": delta, "lambda_l": lambda_l, "lambda_r": lambda_r}
    values = benchmark_values(card) if card is not None else {}
    if "v" in default and (vacuum := default["v"].default) is not None:
        values["v"] = vacuum
    values |= {name: value for name, value in given.items() if value is not None} | parameter_values(settings or [], model)
    made = make_point(values, dataset, model)
    for line in doubts(values, model):
        say(line)
    found = report(made, names, everything, every_search, values)
    if as_json:
        searches = {name: strength if isfinite(strength) else None for name, strength in found.strengths.items()}
        rows = [asdict(row) for row in found.rows]
        about = {"model": model, "point": values, "dataset": dataset}
        typer.echo(json.dumps({**about, "observables": rows, "log_strengths": searches}))
    else:
        print_report(heading(values, dataset, model), found, every_search)


def _include(files: list[Path], allow_code: bool) -> None:
    """Run a user's files. Raises BadInput unless the user allowed it."""
    if allow_code:
        additions.allow_code()
    for file in files:
        try:
            additions.load_code(file.resolve())
        except ValueError as error:
            raise BadInput(f"--include {one_line(error)}") from None


def reproduce(
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to write.")] = Path("reproduce"),
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="PART", help="fig2, fig3, fig4, fig6, table1, table2, table3 or text. Repeatable."),
    ] = None,
    dataset: Annotated[str, typer.Option(help="Measurements: paper2021, or current for today's.")] = "paper2021",
    overwrite: Annotated[bool, typer.Option(help="Replace a former report in the folder.")] = False,
    latex: Annotated[bool, typer.Option("--latex", help="Write tables.tex too: Tables I to III and all statements.")] = False,
) -> None:
    """Recompute the paper's figures, tables and stated numbers beside the printed ones, and write a
    report (HTML).
    """
    configure(None, None, None, cache=True)
    from ..engine.interrupt import last_words, say_last
    from ..reproduce.run import reproduce
    from .progress import step_progress

    say_last(lambda: say(f"interrupted; nothing was written to {output}"))
    try:
        report, findings = reproduce(
            output, only=only or (), dataset=dataset, overwrite=overwrite, latex=latex, progress=step_progress
        )
    except KeyboardInterrupt:
        last_words()
        raise typer.Exit(Exit.INTERRUPTED) from None
    from ..reproduce.report import count

    for verdict, n in count(findings).items():
        typer.echo(f"{verdict}: {n}")
    typer.echo(report)


def doctor(device: Device = None, dtype: Dtype = None, memory: Memory = None, cache: Cache = True) -> None:
    """Print versions, devices, cache and the result of one kernel: whether jt3r works here, and
    what a bug report needs.
    """
    configure(device, dtype, memory, cache)
    check_device(device)
    from .doctor import doctor

    for name, fact in doctor().items():
        typer.echo(f"{name:12} {fact}")


def cache(
    what: Annotated[
        Literal["show", "empty", "warm"], typer.Argument(help="Show what is cached, remove it, or make it.")
    ] = "show",
    cards: Annotated[list[str] | None, typer.Argument(help="Shipped cards to compile [all].")] = None,
) -> None:
    """The cache of compiled programs and tables: show it, empty it, or warm it with the shipped
    cards.
    """
    configure(None, None, None, cache=True)
    from .cache import contents, empty, folders, warm

    if what == "empty":
        empty()
    elif what == "warm":
        warm(cards or [])
    for folder in folders():
        files, size = contents(folder)
        typer.echo(f"{folder}: {files} files, {size / 1e6:.1f} MB")
