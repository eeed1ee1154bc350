"""Commands that look at a scan file; modules that load matplotlib or HDF5 are imported when needed."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from .options import AsJson, shown


def plot(
    file: Annotated[Path, typer.Argument(help="A file that jt3r run wrote; or fig2, the loop functions of the paper.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="PNG, PDF or SVG [FILE.png].")] = None,
    limits: Annotated[Path | None, typer.Option(help="Draw a band with the searches of this file of limits: Fig. 3.")] = None,
    style: Annotated[
        Literal["jt3r", "paper"], typer.Option(help="paper: Figs. 2, 3, 4 and 6 as the paper draws them.")
    ] = "jt3r",
    overwrite: Annotated[bool, typer.Option(help="Replace the picture.")] = False,
) -> None:
    """Draw a scan file, or Fig. 2 of the paper."""
    from ..kinds.limits.draw import plot_band_with_limits
    from ..kinds.paper_style import plot_as_paper
    from ..kinds.picture import plot_file
    from ..reproduce.loop_functions import plot_loop_functions
    from ..store.output import check_output

    picture = output or file.with_suffix(".png")
    check_output(picture, overwrite, [file, *([limits] if limits else [])])
    if str(file) == "fig2":
        plot_loop_functions(picture)
    elif style == "paper":
        plot_as_paper(file, picture, [] if limits is None else [limits])
    elif limits is not None:
        plot_band_with_limits(file, limits, picture)
    else:
        plot_file(file, picture)
    typer.echo(shown(picture))


def info(file: Annotated[Path, typer.Argument(help="A file that jt3r run wrote.")], as_json: AsJson = False) -> None:
    """Print what a scan file holds and how it was made."""
    from ..store.info import describe
    from .info import print_info

    facts = describe(file)
    if as_json:
        typer.echo(json.dumps(facts, ensure_ascii=False))
    else:
        print_info(file, facts)


def export(
    file: Annotated[str, typer.Argument(help="A file that jt3r run wrote; for .json a benchmark: bma, bmb, bmc, bmd or sm.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Ends in .csv, .parquet, .yaml (HEPData), .json (WCxf), .nc (ArviZ).")
    ],
    overwrite: Annotated[bool, typer.Option(help="Replace the output.")] = False,
) -> None:
    """Write a scan file for other programs: CSV, Parquet, HEPData YAML, ArviZ; or a benchmark as Wilson coefficients."""
    from ..export.write import export

    typer.echo(shown(export(file, output, overwrite=overwrite)))
