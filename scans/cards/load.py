"""Run cards: what to scan, as TOML or as a dict, checked key by key."""

import tomllib
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from jt3r import additions
from jt3r.errors import BadInput, first_error, one_line

from ..kinds.registry import former_names, kinds
from .additions import resolved
from .axis import LISTED, RANGE, Values
from .base import Card
from .text import read_card
from .text import shipped_cards as shipped_cards
from .validators import parameter_units

DEEPEST = 16
"""Tables inside tables that a setting may name."""


def load_card(card: str | Path | dict[str, Any], settings: list[str] | None = None, *, allow_code: bool = False) -> Card:
    """The checked card of a TOML file, of a shipped card's bare name, or of a dict.

    ``settings`` are changes "key.key=value" with the value in TOML. What the card adds
    (``cards.additions``) is made here; Python files that it includes only if ``allow_code``, or if
    a process above allowed it. Raises BadInput naming the key.
    """
    name, table = (None, card) if isinstance(card, dict) else read_card(str(card))
    for setting in settings or []:
        table = _set(table, setting)
    where = f"card{f' {name}' if name else ''}"
    if allow_code:
        additions.allow_code()
    table = resolved(_renamed(table), Path(name).parent if name else Path(), where)
    model = _model(where, table.get("kind"))
    _check_places(model, table, where)
    try:
        return model.model_validate(table)
    except ValidationError as error:
        raise BadInput(f"{where}: {one_line(_first_error(model, error))}") from None


def _renamed(table: dict[str, Any]) -> dict[str, Any]:
    """The table with the name that its kind has today."""
    kind = table.get("kind")
    return {**table, "kind": former_names()[kind]} if isinstance(kind, str) and kind in former_names() else table


def _model(where: str, kind: Any) -> type[Card]:
    """The class of the cards of a kind. Raises BadInput if there is no such kind."""
    if not isinstance(kind, str) or kind not in kinds():
        *names, last = map(repr, kinds())
        raise BadInput(f"{where}: kind = {one_line(repr(kind))}: must be {', '.join(names)} or {last}")
    return kinds()[kind].part("card")


def _check_places(model: type[Card], table: dict[str, Any], where: str) -> None:
    """Raise BadInput for a key of the card that stands in a table by names of parameters: in TOML
    all that follows the heading of a table belongs to it. And for a parameter that stands outside
    them.
    """
    tables = [inner for inner in ("fixed", "axes", "free") if inner in model.model_fields]
    for key in table:
        if key in parameter_units() and key not in model.model_fields and tables:
            places = " or ".join(f"{inner}.{key}" for inner in tables)
            raise BadInput(f"{where}: {key}: a parameter stands in a table: {places}")
    for inner in tables:
        entries = table.get(inner)
        for key in entries if isinstance(entries, dict) else ():
            if key in model.model_fields and key not in parameter_units():
                raise BadInput(f"{where}: {inner}.{key}: {key!r} is a key of the card: put it above the first [table]")


def _set(table: dict[str, Any], setting: str) -> dict[str, Any]:
    key, equals, value = setting.partition("=")
    said = one_line(setting)
    if not equals:
        raise BadInput(f"--set {said}: must be KEY=VALUE")
    try:
        parsed = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        parsed = value.strip()
    except (ValueError, RecursionError) as error:  # a number too long, brackets too deep
        raise BadInput(f"--set {said}: {one_line(error)}") from None
    *parents, leaf = key.strip().split(".")
    if len(parents) > DEEPEST:
        raise BadInput(f"--set {said}: a key of more than {DEEPEST} parts")
    table = _copy(table)
    level = table
    for parent in parents:
        level = level.setdefault(parent, {})
        if not isinstance(level, dict):
            raise BadInput(f"--set {said}: {one_line(repr(parent))} is not a table")
    level[leaf] = parsed
    return table


def _copy(table: Any) -> Any:
    return {k: _copy(v) for k, v in table.items()} if isinstance(table, dict) else table


def _first_error(model: type[Card], error: ValidationError) -> str:
    return first_error(error.errors(), lambda parents: _known_keys(model, parents), (RANGE, LISTED))


def _known_keys(annotation: Any, parents: list[str]) -> list[str]:
    """Keys of the table that lies under the keys ``parents`` of a table so annotated, where the
    form of an axis is a key as well.
    """
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if not parents:
            return list(annotation.model_fields)
        return _known_keys(annotation.model_fields[parents[0]].annotation, parents[1:])
    inner = get_args(annotation)
    if len(inner) < 2 or (get_origin(annotation) is dict and not parents):
        return []  # no table, or one whose keys are names
    if get_origin(annotation) is Annotated:
        return _known_keys(inner[0], parents)
    if get_origin(annotation) in (Union, UnionType):
        forms = [_inside(form) for form in inner if form is not type(None)]
        return _known_keys(next((f for f in forms if (f is Values) == (LISTED in parents)), forms[0]), _below(parents))
    return _known_keys(inner[1], parents[1:])  # a table by names


def _below(parents: list[str]) -> list[str]:
    return parents[1:] if parents and parents[0] in (RANGE, LISTED) else parents


def _inside(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
