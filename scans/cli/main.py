"""The command line. Results go to stdout, progress and errors to stderr; modules that load JAX are imported when needed."""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

from jt3r.errors import BadInput, ScanFailed

from .files import export, info, plot
from .model import doctor, point, reproduce
from .options import Exit, say
from .run import cards, check, merge, run, status, verify

_UsageError: Any = typer.BadParameter.__bases__[0]  # of the click that typer carries, or of click itself

app = typer.Typer(
    name="jt3r",
    help="Differentiable scans of the U(1)_T3R model (arXiv:2105.07655).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _command in (run, merge, status, verify, check, cards, plot, info, export, point, reproduce, doctor):
    app.command()(_command)


@contextmanager
def _one_line_errors() -> Iterator[None]:
    try:
        yield
    except BadInput as error:
        say(str(error))
        sys.exit(Exit.BAD_INPUT)
    except _UsageError as error:
        say(f"{' '.join(error.format_message().split())} (see: jt3r --help)")
        sys.exit(Exit.BAD_INPUT)
    except ScanFailed as error:
        say(str(error))
        sys.exit(Exit.FAILED)
    except KeyboardInterrupt:
        say("interrupted")
        sys.exit(Exit.INTERRUPTED)


def main() -> Any:
    """Entry point of the `jt3r` command."""
    warnings.showwarning = lambda message, category, *where: say(str(message)) if issubclass(category, RuntimeWarning) else None
    with _one_line_errors():
        sys.exit(app(standalone_mode=False) or Exit.DONE)
