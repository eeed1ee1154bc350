"""What a card adds: measurements, experiments, files that it includes, and installed packages that
it names.

Everything that is data is put into the card when it is loaded, so that workers, shards, merge and
resume need nothing else. Code travels as a path and its SHA-256, and runs only if the user allowed
it outside the card.
"""

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

from jt3r import additions
from jt3r.errors import BadInput, one_line

TABLES = ("measurements", "experiments")
"""What an included TOML file may hold."""


def resolved(table: dict[str, Any], folder: Path, where: str) -> dict[str, Any]:
    """The card with its additions made in this process and written into it. Raises BadInput naming
    what is wrong.
    """
    try:
        return _resolved(dict(table), folder)
    except ValueError as error:
        raise BadInput(f"{where}: {one_line(error)}") from None


def _resolved(table: dict[str, Any], folder: Path) -> dict[str, Any]:
    if isinstance(own := table.get("experiments"), dict):
        table["own_experiments"] = own
        del table["experiments"]
    for file, sha256 in _texts(table, "code").items():
        additions.load_code(Path(file), sha256)
    for name in _names(table, "plugins"):
        additions.load_plugin(name)
    for name in _names(table, "include"):
        path = (folder / name).resolve()
        if path.suffix == ".py":
            table["code"] = {**table.get("code", {}), str(path): additions.load_code(path)}
        else:
            _include(table, path)
    table.pop("include", None)
    _experiments(table)
    _measurements(table)
    return table


def _include(table: dict[str, Any], path: Path) -> None:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"include: {path}: {error.strerror}") from None
    except ValueError as error:
        raise ValueError(f"include: {path}: not TOML: {error}") from None
    if wrong := set(found) - set(TABLES):
        raise ValueError(f"include: {path}: {', '.join(sorted(wrong))}: allowed are {', '.join(TABLES)}")
    for key, into in (("measurements", "measurements"), ("experiments", "own_experiments")):
        table[into] = _merged(table.get(into, {}), found.get(key, {}), f"include: {path}: {key}")


def _merged(one: dict[str, Any], other: dict[str, Any], where: str) -> dict[str, Any]:
    both = dict(one)
    for name, entry in other.items():
        if name not in both:
            both[name] = entry
        elif isinstance(entry, dict) and "value" not in entry and "label" not in entry:
            both[name] = _merged(both[name], entry, f"{where}.{name}")
        elif both[name] != entry:
            raise ValueError(f"{where}.{name}: given twice")
    return both


def _experiments(table: dict[str, Any]) -> None:
    for kind, entries in _tables(table, "own_experiments").items():
        for name, entry in _tables(entries, None, f"experiments.{kind}").items():
            fields = {key: value for key, value in entry.items() if key != "replace"}
            additions.experiment(name, fields, kind=kind, replace=entry.get("replace", False) is True)


def _measurements(table: dict[str, Any]) -> None:
    """Measurements of a card make a data set of their own, named after the set they change and what
    they are.
    """
    own = _tables(table, "measurements")
    if not own or not isinstance(table.get("dataset", "paper2021"), str):
        return
    base = table.get("dataset", "paper2021").partition("+")[0]
    name = f"{base}+{hashlib.sha256(json.dumps(own, sort_keys=True).encode()).hexdigest()[:8]}"
    try:
        table["dataset"] = additions.dataset(name, own, base=base, replace=True)
    except (ValueError, TypeError) as error:
        raise ValueError(f"measurements: {error}") from None


def _names(table: dict[str, Any], key: str) -> list[str]:
    names = table.get(key, [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError(f"{key} = {names!r}: must be a list of texts")
    return names


def _texts(table: dict[str, Any], key: str) -> dict[str, str]:
    found = table.get(key, {})
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise ValueError(f"{key} = {found!r}: must be a table of texts")
    return found


def _tables(table: dict[str, Any], key: str | None, where: str = "") -> dict[str, dict[str, Any]]:
    found = table if key is None else table.get(key, {})
    if not isinstance(found, dict) or not all(isinstance(value, dict) for value in found.values()):
        raise ValueError(f"{where or key}: must be a table of tables")
    return found
