"""Errors that a user can cause; each is one clear line."""

from collections.abc import Iterable
from difflib import get_close_matches


class BadInput(Exception):
    """The input is wrong: the message names the key, its value and what is allowed. Exit code 2."""


class NotGiven(ValueError):
    """Something needs a parameter that the point does not set."""

    def __init__(self, parameter: str, what: str = "this") -> None:
        super().__init__(f"{what} needs {parameter}, which the point does not set")
        self.parameter = parameter


class ScanFailed(Exception):
    """The scan could not be done for a reason outside its input, such as a full disk. Exit code 1."""


def one_line(message: object) -> str:
    """The message without line breaks and control characters, and of at most 300 characters: input may be quoted in it."""
    text = "".join(c if c.isprintable() else " " for c in str(message))
    text = " ".join(text.split())
    return text if len(text) <= 300 else f"{text[:297]}..."


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """`kind` 'name' is unknown, with the nearest known name, or all of them if none is near."""
    known = list(known)
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"{kind} {name!r} is unknown; " + (f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}")
