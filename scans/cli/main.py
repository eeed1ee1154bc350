"""The command line. Results go to stdout, progress and errors to stderr; modules that load JAX are
imported when needed.
"""

import gc
import inspect
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from jt3r import __version__
from jt3r.errors import BadInput, ScanFailed, in_words, nearest

from ..engine.interrupt import exit_promptly, interrupted, last_words
from .files import export, info, plot, reweigh
from .model import cache, doctor, point, reproduce
from .options import Exit, say
from .run import cards, check, merge, run, status, verify

_UsageError: Any = typer.BadParameter.__bases__[0]  # of the click that typer carries, or of click itself

app = typer.Typer(
    name="jt3r",
    help="Differentiable scans of the U(1)_T3R model (arXiv:2105.07655).",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


COLLECTED_AFTER = (100_000, 50, 100)
"""Objects made before Python looks for unreachable ones, and how seldom it looks among old ones.

Loading and tracing make millions that stay: at Python's own 700 it looks in vain for 4 % of the
time of `jt3r point`, and 3 % of that of compiling a sampler.
"""


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"jt3r {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Options of ``jt3r`` itself."""


def _help(command: Callable[..., Any]) -> str:
    """The docstring of a command with each paragraph on one line, for terminals of any width."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in (inspect.getdoc(command) or "").split("\n\n"))


for _command in (run, merge, status, verify, check, cards, plot, info, export, reweigh, point, reproduce, doctor, cache):
    app.command(help=_help(_command))(_command)


def _words(error: Any) -> str:
    """What is wrong in a call, in one line: an option that is unknown gets the suggestion that a
    key of a card would get. Typer, from 0.29 on, checks values by pydantic.
    """
    if not (hasattr(error, "option_name") and hasattr(error, "possibilities") and error.ctx):
        if hasattr(error.__cause__, "errors"):
            error.message = in_words(error.__cause__.errors()[0])
        return " ".join(error.format_message().split())
    options = [name for option in error.ctx.command.params for name in option.opts if name.startswith("--")]
    names = {name.removeprefix("--").replace("-", "_"): name for name in options}
    near = nearest(error.option_name, names)
    return f"option {error.option_name} is unknown; " + (
        f"did you mean {names[near]}?" if near else f"known: {', '.join(options)}"
    )


@contextmanager
def _one_line_errors() -> Iterator[None]:
    try:
        yield
    except BadInput as error:
        say(str(error))
        sys.exit(Exit.BAD_INPUT)
    except _UsageError as error:
        say(f"{_words(error)} (see: jt3r --help)")
        sys.exit(Exit.BAD_INPUT)
    except ScanFailed as error:
        say(str(error))
        sys.exit(Exit.FAILED)
    except (KeyboardInterrupt, typer.Abort):
        last_words()
        sys.exit(Exit.INTERRUPTED)
    except BrokenPipeError:  # of `jt3r cards | head`
        _drop_stdout()
        sys.exit(Exit.FAILED)
    except Exception as error:
        if interrupted():  # a library that was being loaded makes an error of its own of Ctrl-C
            last_words()
            sys.exit(Exit.INTERRUPTED)
        if not isinstance(error, OSError):
            raise
        _drop_stdout()
        say(f"cannot go on: {error}" if error.filename else f"cannot write the output: {error.strerror or error}")
        sys.exit(Exit.FAILED)


def _drop_stdout() -> None:
    """What is left to print goes nowhere: Python would try once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main() -> Any:
    """Entry point of the `jt3r` command."""
    said: set[str] = set()

    def show(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
        if issubclass(category, RuntimeWarning) and str(message) not in said:
            said.add(str(message))
            say(str(message))

    warnings.showwarning = show
    gc.set_threshold(*COLLECTED_AFTER)
    exit_promptly(Exit.INTERRUPTED, lambda: say("interrupted"))
    with _one_line_errors():
        done = app(standalone_mode=False) or Exit.DONE
        if done == Exit.INTERRUPTED:  # what typer makes of KeyboardInterrupt, by its version this or Abort
            last_words()
        sys.stdout.flush()
        sys.exit(done)
