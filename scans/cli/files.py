"""Commands that look at a scan file; modules that load matplotlib or HDF5 are imported when
needed.
"""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from jt3r.errors import BadInput
from jt3r.units import quantity

from ..store.endings import EXPORTS
from .options import AsJson, shown


def plot(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Files that jt3r run wrote; or fig2, the loop functions of the paper."),
    ],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="PNG, PDF or SVG [FILE.png].")] = None,
    limits: Annotated[Path | None, typer.Option(help="Draw a band with the searches of this file of limits: Fig. 3.")] = None,
    at: Annotated[
        list[str] | None, typer.Option(metavar="AXIS=VALUE", help='Cut here: v=20, m_phi="79 MeV". Repeatable.')
    ] = None,
    observable: Annotated[str | None, typer.Option(help="Draw this array of the file.")] = None,
    contour: Annotated[
        list[str] | None, typer.Option(metavar="NAME=A,B", help="Lines of an array at these values. Repeatable.")
    ] = None,
    log: Annotated[bool, typer.Option("--log", help="Colours or heights in the logarithm.")] = False,
    x: Annotated[str | None, typer.Option("--x", help="Along the horizontal axis.")] = None,
    y: Annotated[str | None, typer.Option("--y", help="Along the vertical axis.")] = None,
    c: Annotated[str | None, typer.Option("--c", help="As colours.")] = None,
    title: Annotated[str | None, typer.Option(help="In place of the picture's own.")] = None,
    style: Annotated[
        str,
        typer.Option(help="jt3r; journal: smaller fonts; paper: Figs. 2, 3, 4 and 6 as the paper draws them; or a style file."),
    ] = "jt3r",
    size: Annotated[Literal["single", "double"] | None, typer.Option(help="Width of one or two columns of a journal.")] = None,
    overwrite: Annotated[bool, typer.Option(help="Replace the picture.")] = False,
) -> None:
    """Draw scan files, or Fig. 2 of the paper. Several bands, with files of limits, come into one
    picture.
    """
    from ..kinds.limits.band_with_limits import plot_band_with_limits
    from ..kinds.limits.several import are_bands, plot_bands
    from ..kinds.paper_style import plot_as_paper
    from ..kinds.picture import plot_files
    from ..kinds.style import SIZES
    from ..kinds.view import View
    from ..reproduce.loop_functions import plot_loop_functions
    from ..store.output import check_output

    picture = output or files[0].with_suffix(".png")
    more = [limits] if limits is not None else []
    check_output(picture, overwrite, [*files, *more])
    if str(files[0]) == "fig2":
        plot_loop_functions(picture)
    elif style == "paper":
        plot_as_paper(files[0], picture, [*files[1:], *more])
    elif limits is not None and len(files) == 1:
        look = {"width": SIZES[size][0]} if size else {}
        plot_band_with_limits(files[0], limits, picture, title=title, style=style, **look)
    else:
        view = View(_places(at or []), observable, _levels(contour or []), log, x, y, c)
        every = [*files, *more]
        draw = plot_bands if are_bands(every) else plot_files
        draw(every, picture, view, title=title, style=style, size=SIZES[size] if size else None)
    typer.echo(shown(picture))


def _places(settings: list[str]) -> dict[str, float]:
    """Values of axes from settings AXIS=VALUE. Raises BadInput naming the one that is wrong."""
    from jt3r.u1 import MODELS

    places, known = {}, {name: parameter for model in MODELS.values() for name, parameter in model.parameters.items()}
    for setting in settings:
        name, _, value = (part.strip() for part in setting.partition("="))
        try:
            places[name] = quantity(value, known[name].unit if name in known else "1")
        except ValueError as error:
            raise BadInput(f"--at {setting}: must be AXIS=VALUE: {error}") from None
    return places


def _levels(settings: list[str]) -> dict[str, tuple[float, ...]]:
    """Arrays and values of contours from settings NAME=A,B. Raises BadInput naming the one that is
    wrong.
    """
    levels = {}
    for setting in settings:
        name, _, values = setting.partition("=")
        try:
            levels[name.strip()] = tuple(float(value) for value in values.split(","))
        except ValueError:
            raise BadInput(f"--contour {setting}: must be NAME=A,B with numbers") from None
    return levels


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
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...", help="A file that jt3r run wrote; for .json a fit or a benchmark: bma, bmb, bmc, bmd, sm."
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help=f"Ends in {', '.join(f'{end} ({what})' for end, what in EXPORTS.items())}."),
    ] = None,
    hepdata: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="A whole HEPData submission of the files: a new folder, and DIR.zip to upload."),
    ] = None,
    overwrite: Annotated[bool, typer.Option(help="Replace the output.")] = False,
) -> None:
    """Write a scan file for other programs: CSV, Parquet, HEPData YAML, ArviZ; or a benchmark as
    Wilson coefficients. Or several files as one HEPData submission.
    """
    if (output is None) == (hepdata is None):
        raise BadInput("export: name either the output (-o FILE) or the folder of a submission (--hepdata DIR)")
    if hepdata is not None:
        from ..export.submission import submit

        typer.echo(shown(submit(files, hepdata, overwrite=overwrite)))
        return
    from ..export.write import export

    if len(files) > 1:
        raise BadInput(f"export: {files[1]}: one file at a time, except with --hepdata DIR")
    assert output is not None
    typer.echo(shown(export(files[0], output, overwrite=overwrite)))


def reweigh(
    file: Annotated[Path, typer.Argument(help="Draws, minima of a fit, or a grid that jt3r run wrote.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The new file.")],
    terms: Annotated[str | None, typer.Option(help="The new terms, with commas between [those of the file].")] = None,
    dataset: Annotated[str | None, typer.Option(help="The new data set [that of the file].")] = None,
    least: Annotated[float | None, typer.Option(help="Effective draws below which it is refused [100, of minima 1].")] = None,
    overwrite: Annotated[bool, typer.Option(help="Replace the output.")] = False,
) -> None:
    """Weigh an old scan, search or chain under other terms or data, without new sampling."""
    from ..kinds.reweigh import reweigh as under

    names = None if terms is None else [name.strip() for name in terms.split(",")]
    typer.echo(f"{shown(output)}: worth {under(file, output, names, dataset, overwrite, least):.0f} draws")
