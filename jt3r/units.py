"""Units of energy that a parameter may be given in, beside its own: "110 MeV" is 0.11 GeV to the
last digit.
"""

import re
from decimal import Decimal

from .errors import unknown

ENERGY = {"eV": -9, "keV": -6, "MeV": -3, "GeV": 0, "TeV": 3}
"""Unit -> its decimal exponent over GeV."""

QUANTITY = re.compile(r"\s*([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)\s*([A-Za-z][A-Za-z^0-9-]*)?\s*")


def convert(value: float | str, given: str, unit: str) -> float:
    """The number ``value``, or its text, in ``unit``, not ``given``, rounded once. Raises
    ValueError if it cannot be.
    """
    if given == unit:
        return float(value)
    power = -1 if unit.endswith("^-1") else 1
    own, other = unit.removesuffix("^-1"), given.removesuffix("^-1")
    if own not in ENERGY:
        raise ValueError(f"unit {given!r}: this is {f'in {unit}' if unit not in ('', '1') else 'a pure number'}")
    if other not in ENERGY:
        raise ValueError(unknown("unit", other, ENERGY))
    if given.endswith("^-1") != unit.endswith("^-1"):
        raise ValueError(f"unit {given!r}: must be {unit} or another power of ten of it")
    return float(Decimal(str(value)).scaleb(power * (ENERGY[other] - ENERGY[own])))


def quantity(text: str, unit: str, default: str | None = None) -> float:
    """The number in ``unit`` that a text such as "110 MeV" gives, or one that names no unit and is
    in ``default`` [``unit``].

    Raises ValueError for any other text.
    """
    match = QUANTITY.fullmatch(text)
    if match is None and text.strip().lower().lstrip("+-") in ("nan", "inf", "infinity"):
        return float(text)  # a number, which whoever asks for it may refuse
    if match is None:
        raise ValueError(f"{text!r} is not a number, alone or with a unit such as {unit if unit not in ('', '1') else 'GeV'}")
    number, given = match.groups()
    return convert(number, given or default or unit, unit)
