"""The texts of run cards: shipped ones and the user's files, read as TOML."""

import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

from jt3r.errors import BadInput, one_line, unknown

from ..store.output import check_regular

DEEP_KEY = re.compile(r"(?:[\w-]++\s*+\.\s*+){16}")
"""A key of more than 16 parts: tomllib's time grows with the square of their number, to a minute
for 100 kB.
"""

RENAMED = {"gm2_search": "gm2_fit"}
"""Name of a shipped card in version 0.1 -> its name today."""

OWN_EXPERIMENT = re.compile(r"(?m)^\s*\[experiments\.")
"""Header of a table of an experiment that a card adds; the key ``experiments`` itself lists names. 
"""

QUOTED = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")


def shipped_cards() -> dict[str, str]:
    """Name -> text of every card that comes with jt3r."""
    folder = files("jt3r.scans.cards.shipped")
    return {
        entry.name.removesuffix(".toml"): entry.read_text(encoding="utf-8")
        for entry in sorted(folder.iterdir(), key=lambda e: e.name)
        if entry.name.endswith(".toml")
    }


def read_card(name: str) -> tuple[str, dict[str, Any]]:
    """The name and the table of a TOML file, or of a shipped card. Raises BadInput if there is none
    or it is no TOML.
    """
    path, shipped = Path(name), shipped_cards()
    name = name if path.exists() else RENAMED.get(name, name)
    try:
        if path.exists() and (path.is_file() or name not in shipped):
            check_regular(path)
            text = _decoded(path.read_bytes())
        elif name in shipped:
            text = shipped[name]
        elif path.suffix:
            raise BadInput(f"card {name}: no such file")
        else:
            raise BadInput(f"card {name}: no such file, and {unknown('shipped card', name, shipped)}")
        if DEEP_KEY.search(QUOTED.sub("text", text)):
            raise BadInput(f"card {name}: not TOML of a card: a key of more than 16 parts")
        return name, tomllib.loads(OWN_EXPERIMENT.sub("[own_experiments.", text))
    except (ValueError, RecursionError) as error:  # of TOML, of UTF-8, of a number too long, of brackets too deep
        raise BadInput(f"card {name}: not TOML: {one_line(error)}") from None
    except OSError as error:
        raise BadInput(f"card {name}: {error.strerror}") from None


def _decoded(data: bytes) -> str:
    """The text of a file; a byte order mark is no part of it. Raises ValueError for other encodings
    than UTF-8.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:2]:
        raise ValueError("is written in UTF-16; save it as UTF-8")
    return data.decode("utf-8-sig")
