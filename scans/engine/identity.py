"""Which scan a tile belongs to: the facts that its bits depend on, the source of jt3r among them,
and their digests.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from jt3r.errors import BadInput
from jt3r.programs.cache import SOURCE as SOURCE

from ..store.tile import Mark
from .plan import Scan

Facts = dict[str, Any]


def facts_of(scan: Scan) -> Facts:
    """What the bits of a scan's tiles depend on."""
    return {**scan.layout.attributes, "tiles": repr(scan.tiles)}


def digest_of(facts: Facts) -> str:
    """SHA-256 of the facts, in hexadecimal."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def mark_of(facts: Facts, number: int) -> Mark:
    """What the file of a tile says of itself."""
    short = {key: hashlib.sha256(json.dumps(value).encode()).hexdigest()[:16] for key, value in facts.items()}
    return {"number": number, "facts": short}


def check_mark(found: Mark, expected: Mark, file: Path) -> None:
    """Raise BadInput, saying in which facts they differ, unless a tile's file is what its name and
    place say.
    """
    old, new = found.get("facts", {}), expected["facts"]
    wrong = sorted(key for key in {*old, *new} if old.get(key) != new.get(key))
    if wrong:
        what = f"is a tile of another scan, which differs in {', '.join(wrong)}"
    elif found.get("number") != expected["number"]:
        what = f"is tile {found.get('number')} of this scan, not tile {expected['number']}"
    else:
        return
    raise BadInput(f"{file}: {what}; remove it, and --resume computes the right one")


def check_same(old: Facts, new: Facts, where: str, what_now: str) -> None:
    """Raise BadInput, naming the first fact that differs, unless both are the same."""
    for key in sorted({*old, *new}):
        if old.get(key) != new.get(key):
            raise BadInput(f"{where} differs in {key}: {_difference(key, old.get(key), new.get(key))}; {what_now}")


def _difference(key: str, old: Any, new: Any) -> str:
    """The first difference between two values, looking into JSON texts."""
    if key == "code":
        return "jt3r's own source has changed since"
    try:
        old, new = json.loads(old), json.loads(new)
    except (TypeError, ValueError, RecursionError):
        return f"{old} then, {new} now"
    path = []
    while isinstance(old, dict) and isinstance(new, dict):
        name = next(k for k in [*old, *new] if old.get(k) != new.get(k))
        path.append(name)
        old, new = old.get(name), new.get(name)
    return f"{'.'.join(path)} was {old}, is {new}"
