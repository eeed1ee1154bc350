"""The kinds of scan: one record each, found in the folders beside this module. A new kind is a new
folder.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..cards.base import Card


@dataclass(frozen=True)
class Kind:
    """A kind of scan. Each part is named "module:name" inside the kind's own package and imported
    when it is asked for.

    ``card`` is the class of its run cards; ``build`` makes the ``Scan`` of a card. The others read
    a finished file: ``draw`` puts its picture on axes, (axes, file, card, view) -> None, where
    ``View`` says what the user asked for; ``report`` says in tables and lines what was found,
    (file, card) -> things that rich prints; ``rows`` names the axes that the rows of a flat table
    run over, card -> names, all axes of the file unless given. ``exports`` maps a suffix to a
    writer of that format, (source, output) -> None, of a kind that has one of its own. ``formerly``
    are names that cards and files of earlier versions call it by. ``shows`` names what pictures of
    several kinds find in the files of this one: "mesh", arrays over the axes of the card, which can
    be cut and turned; "band", one parameter solved for along another; "searches", intervals of each
    experiment; "lengths", those of decays; "draws", "minima" and "points", what can be weighed
    under other terms or data.
    """

    name: str
    package: str
    card: str
    build: str
    draw: str | None = None
    report: str | None = None
    rows: str | None = None
    exports: Mapping[str, str] = field(default_factory=dict)
    formerly: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()

    def part(self, name: str) -> Any:
        """The part ``name`` of this kind, imported; None if the kind has none."""
        return self._imported(getattr(self, name))

    def export(self, suffix: str) -> Any:
        """This kind's own writer of files that end in ``suffix``, imported; None if it has none."""
        return self._imported(self.exports.get(suffix))

    def _imported(self, where: str | None) -> Any:
        if where is None:
            return None
        module, _, name = where.partition(":")
        return getattr(import_module(f".{module}", self.package), name)


@cache
def kinds() -> Mapping[str, Kind]:
    """Name -> record of every kind: each folder beside this module lists its own as KINDS."""
    folders = [entry.name for entry in iter_modules(import_module(__package__).__path__) if entry.ispkg]
    records = [kind for folder in folders for kind in import_module(f".{folder}", __package__).KINDS]
    return {kind.name: kind for kind in records}


@cache
def former_names() -> Mapping[str, str]:
    """Name of a kind in an earlier version -> its name today."""
    return {old: kind.name for kind in kinds().values() for old in kind.formerly}


def kind_of(card: "Card | Mapping[str, Any]") -> Kind:
    """The kind of a checked card, or of the card stored in a file."""
    name = card["kind"] if isinstance(card, Mapping) else card.kind
    return kinds()[former_names().get(name, name)]


def shows(card: Mapping[str, Any], what: str) -> bool:
    """Whether files of this card's kind hold what a picture looks for."""
    return what in kind_of(card).shows


def card_of(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The card that a file's attributes hold."""
    return json.loads(attributes["card"])
