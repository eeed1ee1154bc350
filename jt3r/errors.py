"""Errors that a user can cause; each is one clear line."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any


class BadInput(Exception):
    """The input is wrong: the message names the key, its value and what is allowed. Exit code 2."""


class NotGiven(ValueError):
    """Something needs a parameter that the point does not set."""

    def __init__(self, parameter: str, what: str = "this") -> None:
        super().__init__(f"{what} needs {parameter}, which the point does not set")
        self.parameter = parameter


class ScanFailed(Exception):
    """The scan could not be done for a reason outside its input, such as a full disk. Exit code
    1.
    """


def one_line(message: object) -> str:
    """The message without line breaks and control characters, and of at most 300 characters: input
    may be quoted in it.
    """
    text = "".join(c if c.isprintable() else " " for c in str(message))
    text = " ".join(text.split())
    return text if len(text) <= 300 else f"{text[:297]}..."


WANTED = {
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "string_type": "must be a text, in quotes",
    "list_type": "must be a list, in brackets",
    "tuple_type": "must be a list, in brackets",
    "finite_number": "must be a finite number",
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be above {gt}",
    "less_than_equal": "must be at most {le}",
    "less_than": "must be below {lt}",
    "literal_error": "must be {expected}",
    "too_short": "must have {min_length} or more entries",
    "too_long": "must have {max_length} or fewer entries",
}
"""What pydantic's types of errors ask for, in our words."""

TABLES = ("model_type", "model_attributes_type", "dict_type")
"""Types of errors where a table is missing."""


def in_words(error: Mapping[str, Any]) -> str:
    """What one of pydantic's errors asks for, by its type; a validator of ours says it itself."""
    given = error.get("ctx", {})
    if error["type"] in WANTED:
        return WANTED[error["type"]].format(**given)
    message = str(given["error"] if error["type"] == "value_error" else error["msg"])
    return message[:1].lower() + message[1:]


def first_error(
    errors: Sequence[Mapping[str, Any]], known: Callable[[list[str]], Iterable[str]], forms: tuple[str, ...] = ()
) -> str:
    """The first of pydantic's errors that matters, as "key = value: what is allowed".

    A key that is misspelt comes before the one then missing; ``known`` gives the keys of the table
    that lies under a list of keys. ``forms`` are tags of unions, which are left out of the key.
    """
    first = next((error for error in errors if error["type"] == "extra_forbidden"), errors[0])
    where = [str(part) for part in first["loc"] if part not in forms]
    key, message = ".".join(where), in_words(first)
    if first["type"] == "extra_forbidden":
        return f"{key} = {first['input']!r}: " + unknown("key", where[-1], known([str(part) for part in first["loc"][:-1]]))
    if first["type"] == "missing":
        return f"{key}: missing"
    if first["type"] == "value_error":
        return f"{key}: {message}" if key else message
    if first["type"] in TABLES:
        *parents, last = map(str, first["loc"])
        ways = [known([*parents, form]) for form in (forms if last in forms else (last,))]
        keys = " or ".join(", ".join(way) for way in ways if way)
        return f"{key} = {first['input']!r}: must be a table{f' of {keys}' if keys else ''}"
    return f"{key} = {first['input']!r}: {message}"


ALIASES: dict[str, tuple[str, ...]] = {
    "ma": ("m_aprime",),
    "map": ("m_aprime",),
    "mzp": ("m_aprime",),
    "mzprime": ("m_aprime",),
    "mdarkphoton": ("m_aprime",),
    "mx": ("m_aprime",),
    "mh": ("m_phi",),
    "ms": ("m_phi",),
    "mphip": ("m_phi",),
    "mphiprime": ("m_phi",),
    "mchi": ("m_eta",),
    "mdm": ("m_eta",),
    "meta1": ("m_eta",),
    "deltam": ("delta",),
    "dm": ("delta",),
    "vev": ("v",),
    "eps": ("kinetic_mixing", "epsilon"),
    "epsilon": ("kinetic_mixing",),
    "kappa": ("kinetic_mixing",),
    "g": ("g_t3r",),
    "gprime": ("g_t3r",),
    "amu": ("delta_a_mu",),
    "damu": ("delta_a_mu",),
    "deltaamu": ("delta_a_mu",),
    "gm2": ("pull_gm2",),
    "g2": ("pull_gm2",),
    "ctau": ("ctau_aprime",),
    "lifetime": ("ctau_aprime",),
    "relic": ("omega_h2",),
    "relicdensity": ("omega_h2",),
    "omegah2": ("omega_h2",),
    "omega": ("omega_h2",),
    "rkstar": ("R_Kst",),
    "bsmumu": ("BR_Bsmumu",),
    "bsee": ("BR_Bsee",),
}
"""What physicists type, letters and digits alone in lower case -> the names that it may stand for
here.
"""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was meant: the same but for case and signs, an alias of it, or one spelt
    much alike.
    """
    plain = {_plain(key): key for key in known}
    names = set(plain.values())
    wanted = _plain(name)
    for meant in ALIASES.get(wanted, ()):
        if meant in names:
            return meant
    if wanted in plain:
        return plain[wanted]
    near = get_close_matches(wanted, plain, n=1, cutoff=0.55) if len(wanted) > 1 else []  # one letter is like any word
    return plain[near[0]] if near else None


def _plain(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """``kind`` 'name' is unknown, with the nearest known name, or all of them if none is near."""
    known = list(known)
    near = nearest(name, known)
    return f"{kind} {name!r} is unknown; " + (f"did you mean {near!r}?" if near else f"known: {', '.join(known)}")
