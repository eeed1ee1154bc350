"""Run cards: what to scan, as TOML or as a dict, checked key by key."""

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from .axis_card import LISTED, RANGE, Range, Values
from .band_card import BandCard
from .card_text import read_card
from .card_text import shipped_cards as shipped_cards
from .errors import BadInput, one_line, unknown
from .grid_card import GridCard, Summary
from .limits_card import DecayLengthsCard, LimitsCard
from .profile_card import ProfileCard
from .refine_card import Refine
from .sample_card import SampleCard
from .search_card import SearchCard
from .space_card import Free
from .table_card import TableCard

Card = GridCard | BandCard | LimitsCard | DecayLengthsCard | TableCard | SampleCard | ProfileCard | SearchCard
KINDS: dict[str, type[BaseModel]] = {
    "table": TableCard,
    "limits": LimitsCard,
    "decay_lengths": DecayLengthsCard,
    "search": SearchCard,
    "sample": SampleCard,
    "profile": ProfileCard,
    "grid": GridCard,
    "band": BandCard,
}
_ADAPTER: TypeAdapter[Card] = TypeAdapter(Annotated[Card, Field(discriminator="kind")])


def load_card(card: str | Path | dict[str, Any], settings: list[str] | None = None) -> Card:
    """The checked card of a TOML file, of a shipped card's bare name, or of a dict.

    `settings` are changes "key.key=value" with the value in TOML. Raises BadInput naming the key that is wrong.
    """
    name, table = (None, card) if isinstance(card, dict) else read_card(str(card))
    for setting in settings or []:
        table = _set(table, setting)
    try:
        return _ADAPTER.validate_python(table)
    except ValidationError as error:
        raise BadInput(f"card{f' {name}' if name else ''}: {one_line(_first_error(error))}") from None


def _set(table: dict[str, Any], setting: str) -> dict[str, Any]:
    key, equals, value = setting.partition("=")
    if not equals:
        raise BadInput(f"--set {setting}: must be KEY=VALUE")
    try:
        parsed = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        parsed = value.strip()
    *parents, leaf = key.strip().split(".")
    table = _copy(table)
    level = table
    for parent in parents:
        level = level.setdefault(parent, {})
        if not isinstance(level, dict):
            raise BadInput(f"--set {setting}: {parent!r} is not a table")
    level[leaf] = parsed
    return table


def _copy(table: Any) -> Any:
    return {k: _copy(v) for k, v in table.items()} if isinstance(table, dict) else table


def _first_error(error: ValidationError) -> str:
    """The first thing wrong, as 'key = value: what is allowed'. A key that is misspelt comes before the one then missing."""
    errors = error.errors()
    first = next((e for e in errors if e["type"] == "extra_forbidden"), errors[0])
    where = [str(part) for part in first["loc"][1:] if part not in (RANGE, LISTED)]  # after the kind
    message = first["msg"].removeprefix("Value error, ")
    message = message[0].lower() + message[1:]
    key = ".".join(where)
    if first["type"] == "extra_forbidden":
        known = _known_keys(str(first["loc"][0]), where[:-1], listed=LISTED in first["loc"])
        return f"{key} = {first['input']!r}: " + unknown("key", where[-1], known)
    if first["type"] in ("union_tag_invalid", "union_tag_not_found"):
        given = first["input"].get("kind") if isinstance(first["input"], dict) else None
        return f"kind = {given!r}: must be {', '.join(map(repr, list(KINDS)[:-1]))} or {list(KINDS)[-1]!r}"
    if first["type"] == "missing":
        return f"{key}: missing"
    if first["type"] == "value_error":
        return f"{key}: {message}" if key else message
    return f"{key} = {first['input']!r}: {message}"


def _known_keys(kind: str, parents: list[str], listed: bool) -> list[str]:
    if not parents:
        return list(KINDS[kind].model_fields)
    tables: dict[str, type[BaseModel]] = {"summary": Summary, "refine": Refine, "free": Free}
    return list(tables.get(parents[0], Values if listed else Range).model_fields)
