"""Cards written as TOML, the way users write them: keys of the card first, then its tables, with
an axis or a prior on one line.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

OWN = "own_experiments"
"""Where a loaded card has what its text calls ``[experiments.displaced]`` and the like."""


def as_toml(card: Mapping[str, Any]) -> str:
    """The text of a card that was dumped as JSON, which ``load_card`` reads as the same card. What
    is None or empty is named in a comment after the keys that stand outside tables.
    """
    given = {key: value for key, value in card.items() if value is not None and value not in ({}, [])}
    plain = [f"{key} = {_value(value)}" for key, value in given.items() if not isinstance(value, dict)]
    empty = [key for key in card if key not in given and key not in ("code", OWN)]
    comment = [f"# empty: {', '.join(empty)}"] if empty else []
    tables = (
        table
        for key, value in given.items()
        if isinstance(value, dict)
        for table in _tables("experiments" if key == OWN else key, value)
    )
    return "\n".join([*plain, *comment, *tables])


def _tables(name: str, table: Mapping[str, Any]) -> Iterator[str]:
    """A table under its heading, then those inside it that hold tables themselves."""
    deep = {key: value for key, value in table.items() if isinstance(value, dict) and _holds_tables(value)}
    lines = [f"{_key(key)} = {_value(value)}" for key, value in table.items() if key not in deep and value is not None]
    if lines:
        yield "\n".join(["", f"[{name}]", *lines])
    for key, value in deep.items():
        yield from _tables(f"{name}.{_key(key)}", value)


def _holds_tables(table: Mapping[str, Any]) -> bool:
    return any(isinstance(value, dict) for value in table.values())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_value(v)}" for key, v in value.items() if v is not None) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")  # JSON's texts, numbers and truths are TOML's


def _key(key: str) -> str:
    return key if key.isascii() and key.replace("-", "_").isidentifier() else _value(key)
