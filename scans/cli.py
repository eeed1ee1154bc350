"""The command line. Results go to stdout, progress and errors to stderr; modules that load JAX are imported when needed."""

import json
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from .errors import BadInput, ScanFailed
from .runtime import check_device, configure

_UsageError: Any = typer.BadParameter.__bases__[0]  # of the click that typer carries, or of click itself

DONE, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130

app = typer.Typer(
    name="jt3r",
    help="Differentiable scans of the U(1)_T3R model (arXiv:2105.07655).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

CardName = Annotated[str, typer.Argument(help="A TOML file, or the name of a shipped card (see: jt3r cards).")]
Settings = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change the card: axes.m_phi.n=100, fixed.v=20.")
]
ScanFile = Annotated[Path, typer.Argument(help="A file that jt3r run wrote.")]
ScanOutput = Annotated[Path, typer.Argument(help="The output that a scan was begun for, finished or not.")]
Device = Annotated[str | None, typer.Option(help="JAX platform: cpu, cuda, ... [the best there is].")]
Dtype = Annotated[Literal["float64", "float32"] | None, typer.Option(help="Precision; published numbers are float64.")]
Memory = Annotated[
    float | None, typer.Option(min=0, max=1, help="Share of a GPU's memory taken at start; 0 takes it as needed [JAX's 0.75].")
]
Cache = Annotated[bool, typer.Option(help="Keep compiled programs in the user's cache folder.")]


@app.command()
def run(
    card: CardName,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file to write [CARD.h5].")] = None,
    resume: Annotated[bool, typer.Option(help="Go on with an interrupted scan.")] = False,
    overwrite: Annotated[bool, typer.Option(help="Replace the output, and drop an unfinished scan.")] = False,
    settings: Settings = None,
    executor: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Where tiles are computed: processes:N, or Dask's tcp://host:port.")
    ] = None,
    shard: Annotated[
        str | None, typer.Option(metavar="I/N", help="Do only every N-th tile, from the I-th; jt3r merge makes the file.")
    ] = None,
    device: Device = None,
    dtype: Dtype = None,
    memory: Memory = None,
    cache: Cache = True,
) -> None:
    """Run a scan and print the path of its file; a table is printed before it."""
    part = _shard(shard) if shard is not None else None
    configure(device, dtype, memory, cache)
    check_device(device)
    from .engine import default_output, run, run_shard
    from .executors import executor_at
    from .progress import tile_progress

    path = output or default_output(card)
    try:
        with executor_at(executor) if executor is not None else nullcontext() as workers:
            if part is not None:
                run_shard(card, path, shard=part, settings=settings, executor=workers, progress=tile_progress)
                typer.echo(f"shard {shard} is done; when all are: jt3r merge {path}")
                return
            options: dict[str, Any] = {"settings": settings, "resume": resume, "overwrite": overwrite}
            file = run(card, path, **options, executor=workers, progress=tile_progress)
    except KeyboardInterrupt:
        how = "" if part is not None else " and --resume"
        _say(f"interrupted; finished tiles are kept: go on with the same command{how} (output {path})")
        raise typer.Exit(INTERRUPTED) from None
    from .search_report import print_search
    from .table_report import print_table

    print_table(file)
    print_search(file)
    typer.echo(file)


def _shard(text: str) -> tuple[int, int]:
    number, slash, shards = text.partition("/")
    if not (slash and number.isdecimal() and shards.isdecimal() and 1 <= int(number) <= int(shards)):
        raise BadInput(f"--shard {text}: must be I/N with I from 1 to N")
    return int(number), int(shards)


@app.command()
def merge(
    output: ScanOutput,
    partial: Annotated[
        Path | None, typer.Option(help="Write what is there so far to this other file, and keep the tiles.")
    ] = None,
    overwrite: Annotated[bool, typer.Option(help="Replace the file.")] = False,
) -> None:
    """Make the file of a scan whose tiles were done in shards; or, with --partial, of a scan that still runs."""
    from .engine import merge

    typer.echo(merge(output, partial=partial, overwrite=overwrite))


@app.command()
def status(output: ScanOutput, as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False) -> None:
    """Say how far a scan is, while it runs or after."""
    from .status import status

    now = status(output)
    if as_json:
        typer.echo(json.dumps(asdict(now)))
    elif now.state == "finished":
        typer.echo(f"{output}: {now.kind} scan, finished, {now.bytes / 1e6:.1f} MB")
    else:
        typer.echo(f"{output}: {now.kind} scan, {now.state}, {now.done} of {now.tiles} tiles, {now.bytes / 1e6:.1f} MB")


@app.command()
def verify(output: ScanOutput) -> None:
    """Read every byte of a scan, finished or not, against its checksums."""
    from .status import verify

    now = verify(output)
    typer.echo(f"{output}: {'the file' if now.state == 'finished' else f'{now.done} tiles'} whole, {now.bytes / 1e6:.1f} MB")


@app.command()
def doctor(device: Device = None, dtype: Dtype = None, memory: Memory = None, cache: Cache = True) -> None:
    """Print versions, devices, cache and the result of one kernel: whether jt3r works here, and what a bug report needs."""
    configure(device, dtype, memory, cache)
    check_device(device)
    from .doctor import doctor

    for name, fact in doctor().items():
        typer.echo(f"{name:12} {fact}")


@app.command()
def check(card: CardName, settings: Settings = None) -> None:
    """Print the card with all defaults, its points, tiles, memory, disk and time, and run nothing."""
    from rich.console import Console

    from .card import load_card
    from .check import check

    resolved = load_card(card, settings)
    cost = check(resolved)
    console = Console(highlight=False)
    console.print_json(resolved.model_dump_json())
    console.print(f"points  {cost['points']:,}\ntiles   {cost['tiles']:,}")
    console.print(f"memory  about {cost['memory'] / 1e9:.1f} GB\ndisk    at most {cost['disk'] / 1e6:,.1f} MB")
    console.print(f"time    about {cost['seconds']:.2g} s after compilation, on two cores")


@app.command()
def plot(
    file: Annotated[Path, typer.Argument(help="A file that jt3r run wrote; or fig2, the loop functions of the paper.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="PNG, PDF or SVG [FILE.png].")] = None,
    limits: Annotated[Path | None, typer.Option(help="Draw a band with the searches of this file of limits: Fig. 3.")] = None,
    overwrite: Annotated[bool, typer.Option(help="Replace the picture.")] = False,
) -> None:
    """Draw a scan file, or Fig. 2 of the paper."""
    from .limit_plots import plot_band_with_limits
    from .output import refuse_existing
    from .plots import plot_file, plot_loop_functions

    picture = output or file.with_suffix(".png")
    refuse_existing(picture, overwrite)
    if limits is not None:
        plot_band_with_limits(file, limits, picture)
    elif str(file) == "fig2":
        plot_loop_functions(picture)
    else:
        plot_file(file, picture)
    typer.echo(picture)


@app.command()
def info(file: ScanFile, as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False) -> None:
    """Print what a scan file holds and how it was made."""
    from .info import describe

    facts = describe(file)
    if as_json:
        typer.echo(json.dumps(facts, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    from .table_report import print_table

    table = Table(title=facts.pop("file"), title_justify="left")
    for heading in ("array", "over", "unit", "range", "meaning"):
        table.add_column(heading)
    for name, array in facts.pop("arrays").items():
        over = " x ".join(f"{dim} {n}" for dim, n in zip(array["dims"], array["shape"], strict=True)) or "-"
        low_high = "-" if array["range"] is None else "{:.6g} .. {:.6g}".format(*array["range"])
        table.add_row(name, over, array.get("units", ""), low_high, array.get("long_name", ""))
    console = Console(highlight=False)
    console.print(table)
    print_table(file)
    if facts["card"]["kind"] == "limits":
        console.print(_table_of_limits(file))
    if facts["card"]["kind"] == "sample":
        from .sample_report import table_of_convergence

        console.print(table_of_convergence(facts.pop("diagnostics")))
    for key, value in facts.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        console.print(f"{key}: {text}", markup=False)


def _table_of_limits(file: Path) -> Any:
    from rich.table import Table

    from .hdf5 import open_scan
    from .limits import table_of_limits

    with open_scan(file) as scan:
        headings, *rows = table_of_limits(scan)
    table = Table(title="intervals in m_A', MeV", title_justify="left")
    for heading in headings:
        table.add_column(heading)
    for row in rows:
        table.add_row(*row)
    return table


@app.command()
def point(
    m_phi: Annotated[float | None, typer.Option(help="Dark Higgs mass, GeV.")] = None,
    m_aprime: Annotated[float | None, typer.Option(help="Dark photon mass, GeV.")] = None,
    v: Annotated[float, typer.Option(help="Vacuum expectation value V, GeV.")] = 10.0,
    m_eta: Annotated[float | None, typer.Option(help="Dark-matter mass, GeV.")] = None,
    delta: Annotated[float | None, typer.Option(help="Splitting of the dark-matter states, GeV.")] = None,
    lambda_l: Annotated[float | None, typer.Option(help="Yukawa coupling of mu_L to its heavy partner [1].")] = None,
    lambda_r: Annotated[float | None, typer.Option(help="Yukawa coupling of mu_R to its heavy partner [1].")] = None,
    m_mu: Annotated[float | None, typer.Option(help="Muon mass, GeV [PDG].")] = None,
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
    card: Annotated[str | None, typer.Option(help="Start from a benchmark: bma, bmb, bmc, bmd or sm.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Print every quick observable of one point, or those asked for, with gradients.

    --set goes before the other options, they before --card.
    """
    configure(None, None, None, cache=True)
    from .point_report import benchmark_values, make_point, parameter_values, report

    given = {"m_phi": m_phi, "m_aprime": m_aprime, "v": v, "m_mu": m_mu}
    given |= {"m_eta": m_eta, "delta": delta, "lambda_l": lambda_l, "lambda_r": lambda_r}
    values = benchmark_values(card) if card is not None else {}
    values |= {name: value for name, value in given.items() if value is not None} | parameter_values(settings or [])
    rows = report(make_point(values, dataset), names)
    if as_json:
        typer.echo(json.dumps({"point": values, "dataset": dataset, "observables": [asdict(row) for row in rows]}))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{values}, data set {dataset}", title_justify="left")
    for heading in ("observable", "value", "unit", "meaning"):
        table.add_column(heading, justify="right" if heading == "value" else "left")
    for row in rows:
        table.add_row(row.name, f"{row.value:.10g}", row.unit, row.doc)
    console = Console(highlight=False)
    console.print(table)
    console.print("\nGradients, in the unit of the observable over the parameter's; derivatives that vanish are left out")
    for row in rows:
        slopes = ", ".join(f"{name} {slope:.6g}" for name, slope in row.gradient.items() if slope != 0)
        console.print(f"{row.name}: {slopes or '0'}", markup=False)


@app.command()
def cards(name: Annotated[str | None, typer.Argument(help="Print this card.")] = None) -> None:
    """List the shipped cards, or print one of them."""
    from .card import shipped_cards
    from .errors import unknown

    shipped = shipped_cards()
    if name is None:
        for card, text in shipped.items():
            typer.echo(f"{card:12} {text.splitlines()[0].removeprefix('# ')}")
    elif name in shipped:
        typer.echo(shipped[name], nl=False)
    else:
        raise BadInput(unknown("shipped card", name, shipped))


@app.command()
def export(
    file: Annotated[str, typer.Argument(help="A file that jt3r run wrote; for .json a benchmark: bma, bmb, bmc, bmd or sm.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Ends in .csv, .parquet, .yaml (HEPData), .json (WCxf), .nc (ArviZ).")
    ],
    overwrite: Annotated[bool, typer.Option(help="Replace the output.")] = False,
) -> None:
    """Write a scan file for other programs: CSV, Parquet, HEPData YAML, ArviZ; or a benchmark as Wilson coefficients."""
    from .export import export

    typer.echo(export(file, output, overwrite=overwrite))


@app.command()
def reproduce(
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to write.")] = Path("reproduce"),
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="PART", help="fig2, fig3, fig4, fig6, table1, table2, table3 or text. Repeatable."),
    ] = None,
    dataset: Annotated[str, typer.Option(help="Measurements: paper2021, or current for today's.")] = "paper2021",
    overwrite: Annotated[bool, typer.Option(help="Replace a former report in the folder.")] = False,
) -> None:
    """Recompute the paper's figures, tables and stated numbers beside the printed ones, and write a report (HTML)."""
    configure(None, None, None, cache=True)
    from collections import Counter

    from .progress import step_progress
    from .reproduce import reproduce

    try:
        report, findings = reproduce(output, only=only or (), dataset=dataset, overwrite=overwrite, progress=step_progress)
    except KeyboardInterrupt:
        _say(f"interrupted; nothing was written to {output}")
        raise typer.Exit(INTERRUPTED) from None
    for verdict, count in Counter(finding.verdict for finding in findings).items():
        typer.echo(f"{verdict}: {count}")
    typer.echo(report)


@contextmanager
def _one_line_errors() -> Iterator[None]:
    try:
        yield
    except BadInput as error:
        _say(str(error))
        sys.exit(BAD_INPUT)
    except _UsageError as error:
        _say(f"{' '.join(error.format_message().split())} (see: jt3r --help)")
        sys.exit(BAD_INPUT)
    except ScanFailed as error:
        _say(str(error))
        sys.exit(FAILED)
    except KeyboardInterrupt:
        _say("interrupted")
        sys.exit(INTERRUPTED)


def _say(message: str) -> None:
    typer.echo(f"jt3r: {message}", err=True)


def main() -> Any:
    """Entry point of the `jt3r` command."""
    warnings.showwarning = lambda message, category, *where: (
        _say(str(message)) if issubclass(category, RuntimeWarning) else None
    )
    with _one_line_errors():
        sys.exit(app(standalone_mode=False) or DONE)
