"""What the commands share: their arguments, exit codes, and lines for the user."""

import sys
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Literal

import typer


class Exit(IntEnum):
    """Exit codes of the command line."""

    DONE = 0
    FAILED = 1
    BAD_INPUT = 2
    INTERRUPTED = 130


CardName = Annotated[str, typer.Argument(help="A TOML file, or the name of a shipped card (see: jt3r cards).")]
Settings = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change the card: axes.m_phi.n=100, fixed.v=20.")
]
AllowCode = Annotated[bool, typer.Option("--allow-code", help="Run the Python files that the card includes.")]
ScanOutput = Annotated[Path, typer.Argument(help="The output that a scan was started for, finished or not.")]
Device = Annotated[str | None, typer.Option(help="JAX platform: cpu, cuda, ... [the best there is].")]
Dtype = Annotated[Literal["float64", "float32"] | None, typer.Option(help="Precision; published numbers are float64.")]
Memory = Annotated[
    float | None, typer.Option(min=0, max=1, help="Share of a GPU's memory taken at start; 0 takes it as needed [JAX's 0.75].")
]
Cache = Annotated[bool, typer.Option(help="Cache compiled programs in the user's cache folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="For machines.")]


def say(message: str) -> None:
    """Print one line for the user to stderr; control characters in it are shown, not sent to the
    terminal.
    """
    typer.echo(f"jt3r: {visible(message)}", err=True)


def shown(path: Path | str) -> str:
    """A path for stdout: exact where a program reads it, its control characters made visible on a
    terminal.
    """
    return visible(str(path)) if sys.stdout.isatty() else str(path)


def visible(text: str) -> str:
    """The text with control characters, which could move a terminal's cursor or worse, as
    escapes.
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in text)
