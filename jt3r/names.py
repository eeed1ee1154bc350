"""Mappings by name: they print as a table, pickle as the name they have, and meet an unknown name
with a suggestion.
"""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any, Generic, TypeVar

from .errors import unknown

Entry = TypeVar("Entry")

WIDTH = 100
"""Columns of a printed table."""


class UnknownName(KeyError, AttributeError):
    """A name that a mapping does not have; the message suggests one that it has."""

    def __str__(self) -> str:
        return str(self.args[0])


class Names(Mapping[str, Entry], Generic[Entry]):
    """A read-only view of ``entries``, each a ``kind``; entries that are added later are seen.

    ``row`` gives the texts of an entry's line in the printed table. ``where`` is the "module:name"
    under which a process that unpickles the mapping finds its own. Raises ``UnknownName`` for a
    name that it does not have.
    """

    def __init__(self, kind: str, entries: Mapping[str, Entry], row: Callable[[Entry], tuple[str, ...]], where: str) -> None:
        self._kind, self._entries, self._row, self._where = kind, entries, row, where

    def __getitem__(self, name: str) -> Entry:
        if name not in self._entries:
            raise UnknownName(unknown(self._kind, str(name), self._entries))
        return self._entries[name]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._entries:
            raise UnknownName(unknown(self._kind, name, self._entries))
        raise AttributeError(f"{self._kind} {name!r} is taken in brackets: [{name!r}]")

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._entries)

    def __reduce__(self) -> tuple[Callable[[str], "Names[Entry]"], tuple[str]]:
        return found, (self._where,)

    def __repr__(self) -> str:
        lines = [(name, *self._row(entry)) for name, entry in self._entries.items()]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        texts = ("  ".join(text.ljust(n) for text, n in zip(line, widths, strict=True)).rstrip() for line in lines)
        table = (text if len(text) <= WIDTH else f"{text[: WIDTH - 3]}..." for text in texts)
        return "\n".join([f"{len(lines)} {self._kind}s", *table])


def found(where: str) -> "Names":
    """The mapping that stands at "module:name"."""
    module, _, name = where.partition(":")
    return getattr(import_module(module), name)
