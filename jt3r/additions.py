"""What users add: experiments, data sets, terms, observables and models, each with where it was
written.

Observables, terms and models are registered where jt3r's own are; experiments and data sets come
from tables, in Python or in a card. Every addition is in ``digest``, so that no cache meets it
again after it has changed.
"""

import hashlib
import importlib
import importlib.util
import inspect
import json
import os
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from itertools import count
from pathlib import Path
from typing import Any

HOME = Path(__file__).parent
"""The folder of the package."""


@dataclass(frozen=True)
class Origin:
    """The file that a function was read from, or what else it came from, and the SHA-256 of its
    text.
    """

    file: str
    sha256: str


def origin_of(function: Callable[..., Any]) -> Origin | None:
    """Origin of a function that is not part of jt3r; None for one that is.

    Of a function in a file the file counts, as what it calls there does too. In a notebook or a
    prompt it is the function's own text, or its compiled code where no text is at hand.
    """
    module = getattr(function, "__module__", None) or ""
    if module == "jt3r" or module.startswith("jt3r."):
        return None
    code = getattr(inspect.unwrap(function), "__code__", None)
    path = Path(code.co_filename) if code is not None else Path(module)
    if path.is_file():
        return Origin(str(path), hashlib.sha256(path.read_bytes()).hexdigest())
    try:
        text = inspect.getsource(function).encode()
    except (OSError, TypeError):
        text = repr((code.co_code, code.co_consts, code.co_names)).encode() if code is not None else module.encode()
    return Origin(module or "interactive", hashlib.sha256(text).hexdigest())


def first_paragraph(function: Callable[..., Any]) -> str:
    """What the docstring of a function says first, on one line; empty if it has none."""
    return " ".join((function.__doc__ or "").strip().split("\n\n")[0].split())


def check_function(kind: str, function: Callable[..., Any]) -> None:
    """Raise ValueError unless a function says what it is and can be called with one argument, the
    point or its couplings.
    """
    name = getattr(function, "__name__", repr(function))
    if not first_paragraph(function):
        raise ValueError(f"{kind} {name!r} needs a docstring: what it is")
    signature = inspect.signature(function)
    try:
        signature.bind(None)
    except TypeError:
        raise ValueError(f"{kind} {name!r} takes {signature}: it must be a function of one argument") from None


ALLOWED = "JT3R_ALLOW_CODE"
"""Environment variable by which worker processes know that a user allowed the code of a card; a
card cannot set it.
"""
GROUP = "jt3r.additions"
"""Entry points of installed packages that a card may name under ``plugins``."""

_ADDED: dict[tuple[str, str], str] = {}

_FUNCTIONS: dict[tuple[str, str], int] = {}
"""The functions among them, numbered as they came: what one closes over or reads may change while
its text stays.
"""
_NUMBERS = count()


def record(kind: str, name: str, text: str, *, replaces: bool = False, is_function: bool = False) -> None:
    """Note that a user added this, with a text that changes when it does. What was traced with a
    former one of its name is forgotten.
    """
    _ADDED[kind, name] = text
    if is_function:
        _FUNCTIONS[kind, name] = next(_NUMBERS)
    if replaces and "jax" in sys.modules:
        sys.modules["jax"].clear_caches()


def functions() -> tuple[str, ...]:
    """The functions that users added to this process, each told apart from all that it replaced."""
    return tuple(f"{kind} {name} {number}" for (kind, name), number in _FUNCTIONS.items())


def state() -> tuple[str, ...]:
    """All that users added to this process: it differs after every replacement."""
    return digest(), *functions()


def digest() -> str:
    """SHA-256 of all that users added to this process; the empty text if nothing was."""
    return hashlib.sha256(repr(sorted(_ADDED.items())).encode()).hexdigest() if _ADDED else ""


def digests(words: Collection[str]) -> dict[str, str]:
    """Kind and name -> SHA-256 of those additions that are named among these words, such as the
    texts of a card.
    """
    used = {f"{kind} {name}": text for (kind, name), text in sorted(_ADDED.items()) if name in words}
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in used.items()}


def dataset(name: str, measurements: Mapping[str, Mapping[str, Any]], *, base: str = "paper2021", replace: bool = False) -> str:
    """Add a set of measurements, those of ``base`` with these replaced, and return its name.

    Each is a table of value, error and source and, if it has one, unit and latex. Raises ValueError
    if the name is taken, unless ``replace``, for a measurement that ``base`` does not have, and for
    a table that is none, or that leaves out an error.

    >>> import jt3r
    >>> own = {"delta_a_mu": {"value": 1e-9, "error": 5e-10, "source": "my own"}}
    >>> mine = jt3r.dataset("mine", own)
    >>> jt3r.Point(dataset=mine).dataset
    'mine'
    """
    from pydantic import ValidationError

    from .data.load import Quantity
    from .errors import first_error, unknown
    from .measurements import BASES, DATASETS

    if name in DATASETS and not replace:
        raise ValueError(f"data set {name!r} exists: choose another name, or say replace = True")
    if base not in DATASETS:
        raise ValueError(unknown("data set", base, DATASETS))
    found = dict(DATASETS[base])
    for key, table in measurements.items():
        if key not in found:
            raise ValueError(unknown("measurement", key, found))
        before = found[key]
        try:
            found[key] = Quantity.model_validate({"unit": before.unit, "latex": before.latex, **table})
        except ValidationError as error:
            told = first_error(error.errors(), lambda _: Quantity.__pydantic_fields__)
            raise ValueError(f"{key}: {told}") from None
        if before.error and not found[key].error:
            raise ValueError(f"{key}.error: must be given, and above 0")
    replaces = name in DATASETS
    DATASETS[name], BASES[name] = found, BASES.get(base, base)
    text = json.dumps({key: found[key].model_dump() for key in measurements}, sort_keys=True)
    record("dataset", name, text, replaces=replaces)
    return name


def experiment(name: str, table: Mapping[str, Any], *, kind: str = "displaced", replace: bool = False) -> str:
    """Add an experiment from a table of the keys of data/experiments.toml, and return its name.

    Its observables (events_NAME, excluded_NAME, ...) and its term of the likelihood come with it.
    Raises ValueError if the name is taken, unless ``replace``, and for a table that is wrong.
    """
    from .experiments import load as searches
    from .experiments import observables
    from .inference import search_terms

    known = searches.load()
    (search,) = searches.searches_of({kind: {name: dict(table)}}).values()
    if known.get(name) == search:
        return name
    if name in known and not replace and ("experiment", name) not in _ADDED:
        raise ValueError(f"experiment {name!r} exists: choose another name, or say replace = true")
    replaces = name in known
    known[name] = search
    record("experiment", name, search.model_dump_json(), replaces=replaces)
    observables.register(search, replace=True)
    search_terms.register(search)
    return name


def allow_code() -> None:
    """Allow this process and its workers to run the Python files that a card includes."""
    os.environ[ALLOWED] = "1"


def load_code(path: Path, sha256: str | None = None) -> str:
    """Run a user's Python file, which registers what it adds, and return its SHA-256.

    Raises ValueError if nobody allowed it, if it cannot be read, or if it is not the file of
    ``sha256``.
    """
    if os.environ.get(ALLOWED) != "1":
        raise ValueError(f"{path} is Python: run it with --allow-code, or allow_code=True, if you trust it")
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from None
    if sha256 is not None and sha256 != found:
        raise ValueError(f"{path} has changed since the scan was started: SHA-256 {found[:12]}, not {sha256[:12]}")
    if ("code", str(path)) not in _ADDED or _ADDED["code", str(path)] != found:
        name = f"jt3r_added_{found[:16]}"
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise ValueError(f"{path}: not a Python file")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        record("code", str(path), found)
    return found


def load_plugin(name: str) -> None:
    """Load the entry points of the group ``GROUP`` that an installed package of this name has.
    Raises ValueError if it has none.
    """
    found = [entry for entry in entry_points(group=GROUP) if name in (entry.name, entry.dist.name if entry.dist else None)]
    if not found:
        raise ValueError(f"plugins: no installed package {name!r} has an entry point {GROUP!r}")
    for entry in found:
        if ("plugin", entry.value) not in _ADDED:
            loaded = entry.load()
            if inspect.isfunction(loaded):
                loaded()
            record("plugin", entry.value, entry.dist.version if entry.dist else "")
