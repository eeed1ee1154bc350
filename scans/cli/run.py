"""Commands that check, run and follow scans; modules that load JAX are imported when needed."""

import json
import re
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from jt3r import additions
from jt3r.errors import BadInput, one_line, unknown

from ..engine.jax_config import check_device, configure
from .options import AllowCode, AsJson, Cache, CardName, Device, Dtype, Exit, Memory, ScanOutput, Settings, say, shown


def cards(name: Annotated[str | None, typer.Argument(help="Print this card.")] = None) -> None:
    """List the shipped cards, or print one of them."""
    from ..cards.load import shipped_cards

    shipped = shipped_cards()
    if name is None:
        for card, text in shipped.items():
            typer.echo(f"{card:{max(map(len, shipped))}} {text.splitlines()[0].removeprefix('# ')}")
    elif name in shipped:
        typer.echo(shipped[name], nl=False)
    else:
        raise BadInput(unknown("shipped card", name, shipped))


def check(card: CardName, settings: Settings = None, allow_code: AllowCode = False) -> None:
    """Print the card with all defaults, as a card that can be run, and as comments its points,
    tiles, memory, disk and time; run nothing.
    """
    from ..cards.load import load_card
    from ..cards.toml import as_toml
    from ..engine.prepare import check

    resolved = load_card(card, settings, allow_code=allow_code)
    cost = check(resolved)
    typer.echo(as_toml(resolved.model_dump(mode="json")) + "\n")
    typer.echo(f"# points  {cost['points']:,}\n# tiles   {cost['tiles']:,}")
    typer.echo(f"# memory  about {cost['memory'] / 1e9:.1f} GB\n# disk    at most {cost['disk'] / 1e6:,.1f} MB")
    later, first = cost["compile_seconds_warm"], cost["compile_seconds_cold"]
    more = f"; the first time {duration(first - later)} more, for compiling" if first - later >= 1 else ""
    typer.echo(f"# time    about {duration(cost['seconds'] + later)} on two cores{more}")


def duration(seconds: float) -> str:
    """A time of two figures in s, min, h or days."""
    unit, size = next(
        ((unit, size) for unit, size in (("days", 86400), ("h", 3600), ("min", 60)) if seconds >= 2 * size), ("s", 1)
    )
    return f"{float(f'{seconds / size:.2g}'):,g} {unit}"


def run(
    card: CardName,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file to write [CARD.h5].")] = None,
    resume: Annotated[bool, typer.Option(help="Go on with an interrupted scan.")] = False,
    overwrite: Annotated[bool, typer.Option(help="Replace the output, and drop an unfinished scan.")] = False,
    settings: Settings = None,
    allow_code: AllowCode = False,
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
    if allow_code:
        additions.allow_code()
    from ..engine.interrupt import last_words, say_last
    from ..engine.run import default_output, run, run_shard
    from .progress import tile_progress

    path = output or default_output(card)

    def interrupted() -> None:
        how = "" if part is not None else " and --resume"
        say(f"interrupted; finished tiles are kept: go on with the same command{how} (output {path})")

    say_last(interrupted)
    common: dict[str, Any] = {"settings": settings, "executor": executor, "progress": tile_progress}
    try:
        if part is not None:
            run_shard(card, path, shard=part, **common)
            typer.echo(f"shard {shard} is done; when all are: jt3r merge {shown(path)}")
            return
        file = run(card, path, resume=resume, overwrite=overwrite, **common)
    except KeyboardInterrupt:
        last_words()
        raise typer.Exit(Exit.INTERRUPTED) from None
    from .info import print_report

    print_report(file)
    typer.echo(shown(file))


def _shard(text: str) -> tuple[int, int]:
    given = re.fullmatch("([0-9]{1,9})/([0-9]{1,9})", text)
    if not (given and 1 <= int(given[1]) <= int(given[2])):
        raise BadInput(f"--shard {one_line(text)}: must be I/N with I from 1 to N")
    return int(given[1]), int(given[2])


def merge(
    output: ScanOutput,
    partial: Annotated[
        Path | None, typer.Option(help="Write what is there so far to this other file, and keep the tiles.")
    ] = None,
    overwrite: Annotated[bool, typer.Option(help="Replace the file.")] = False,
    allow_code: AllowCode = False,
) -> None:
    """Make the file of a scan whose tiles were done in shards; or, with --partial, of a scan that
    still runs.
    """
    from ..engine.run import merge

    typer.echo(shown(merge(output, partial=partial, overwrite=overwrite, allow_code=allow_code)))


def status(output: ScanOutput, as_json: AsJson = False) -> None:
    """Say how far a scan is, while it runs or after."""
    from ..engine.status import status

    now = status(output)
    if as_json:
        typer.echo(json.dumps(asdict(now)))
    elif now.state == "finished":
        typer.echo(f"{shown(output)}: {now.kind} scan, finished, {now.bytes / 1e6:.1f} MB")
    else:
        typer.echo(f"{shown(output)}: {now.kind} scan, {now.state}, {now.done} of {now.tiles} tiles, {now.bytes / 1e6:.1f} MB")


def verify(output: ScanOutput) -> None:
    """Read every byte of a scan, finished or not, against its checksums."""
    from ..engine.status import verify

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # what was touched is said here
        now = verify(output)
    whole = "the file" if now.state == "finished" and not now.touched else "data" if now.touched else f"{now.done} tiles"
    touched = f"; {now.touched}" if now.touched else ""
    typer.echo(f"{shown(output)}: {whole} whole, {now.bytes / 1e6:.1f} MB{touched}")
