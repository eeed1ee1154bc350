"""Exchange of Wilson coefficients (WCxf) and of the flavour polynomials (POPxf) with other
programs.

WCxf, the Wilson coefficient exchange format (arXiv:1712.05298): here always EFT ``WET`` in the
``flavio`` basis, JSON, which is YAML too. POPxf, polynomial predictions of observables, in its mode
'functions of polynomials', as jelli reads it.
"""

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import one_line
from ..extras import need
from ..kernels.flavour.running import NAMES
from .predict import DEFAULT_TABLE, EVERY, predictable
from .table import VARIABLES, Rate, load_table


def wcxf(coefficients: Mapping[str, float], scale: float = 160.0) -> dict[str, Any]:
    """A WCxf document of the coefficients, which are single numbers in FLAVIO's names, given at
    ``scale`` in GeV.

    Raises ValueError for a name that is none of FLAVIO's, and for numbers that are not finite.
    Source of the format: J. Aebischer et al., arXiv:1712.05298.
    """
    unknown = sorted(set(coefficients) - set(NAMES))
    if unknown:
        raise ValueError(f"unknown Wilson coefficients {', '.join(unknown)}")
    values = {name: float(coefficients[name]) for name in NAMES if name in coefficients}
    if odd := [name for name, value in {**values, "scale": float(scale)}.items() if not math.isfinite(value)]:
        raise ValueError(f"{', '.join(odd)}: must be finite to be written")
    return {"eft": "WET", "basis": "flavio", "scale": float(scale), "values": values}


def document_text(coefficients: Mapping[str, float], scale: float = 160.0) -> str:
    """The text of a WCxf file of the coefficients. Raises ValueError as ``wcxf``."""
    return json.dumps(wcxf(coefficients, scale), indent=1, allow_nan=False) + "\n"


def write_wcxf(path: str | Path, coefficients: Mapping[str, float], scale: float = 160.0) -> None:
    """Write the coefficients as a WCxf JSON file. Raises ValueError as ``wcxf``."""
    Path(path).write_text(document_text(coefficients, scale), encoding="utf-8")


ROUNDING = 1e-12
"""Imaginary parts up to this are rounding of the program that wrote them: C_9 and its like are of
order one.
"""


def read_wcxf(path: str | Path) -> tuple[dict[str, float], float]:
    """Coefficients and their scale in GeV from a WCxf file, JSON or, with PyYAML installed, YAML,
    whatever its suffix.

    ValueError for a file that is neither, for another EFT or basis, for a scale or values that are
    missing or no finite numbers, for complex coefficients, and for coefficients that jt3r does not
    know, unless they are zero.
    """
    path = Path(path)
    document = _document_in(path)
    if not isinstance(document, Mapping):
        raise ValueError(f"{path}: must be a table with eft, basis, scale and values")
    if (document.get("eft"), document.get("basis")) != ("WET", "flavio"):
        found = f"{document.get('eft')}, {document.get('basis')}"
        raise ValueError(f"{path}: need EFT WET in the flavio basis, not {one_line(found)}")
    if not isinstance(document.get("values"), Mapping):
        raise ValueError(f"{path}: values must be a table of coefficients")
    coefficients = {}
    for name, value in document["values"].items():
        parts = value if isinstance(value, Mapping) else {"Re": value}
        real, imaginary = (_number(path, name, parts.get(part, 0.0)) for part in ("Re", "Im"))
        if abs(imaginary) > ROUNDING:
            raise ValueError(f"{path}: {one_line(name)} is complex, which is not supported")
        if name in NAMES:
            coefficients[name] = real
        elif real != 0.0:
            raise ValueError(f"{path}: {one_line(name)} is not among the coefficients jt3r knows: {', '.join(NAMES)}")
    scale = _number(path, "scale", document.get("scale"))
    if scale <= 0:
        raise ValueError(f"{path}: scale = {scale}: must be above zero, in GeV")
    return coefficients, scale


def _number(path: Path, name: object, value: object) -> float:
    """The value. Raises ValueError unless it is a finite number: YAML 1.1 reads 1e-3 as a text,
    which is taken for one.
    """
    if isinstance(value, str) and re.fullmatch(r"[-+]?[0-9.]+[eE][-+]?[0-9]+", value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{path}: {one_line(name)} = {one_line(value)}: must be a finite number")
    return float(value)


def _document_in(path: Path) -> Any:
    """What a file of JSON or YAML holds. Raises ValueError if it is neither."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path}: must be a text in UTF-8") from None
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        if text.lstrip().startswith(("{", "[")) and path.suffix == ".json":
            raise ValueError(f"{path}: is no JSON: {one_line(error)}") from None
    yaml = need("yaml", "export", "reading WCxf in YAML")
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ValueError(f"{path}: is neither JSON nor YAML: {one_line(error)}") from None


Polynomial = dict[tuple[str, ...], float]


def _polynomial(rate: Rate) -> Polynomial:
    """The polynomial in the coefficients themselves: monomials are sorted tuples of names, () the
    constant.
    """
    terms: Polynomial = {}
    for number, factors in zip(rate.numbers, rate.monomials, strict=True):
        products: Polynomial = {(): number}
        for i in factors:
            operator, sign = VARIABLES[i][:-1], 1.0 if VARIABLES[i][-1] == "+" else -1.0
            parts = ((f"{operator}_bs{rate.lepton * 2}", 1.0), (f"{operator}p_bs{rate.lepton * 2}", sign))
            expanded: Polynomial = {}
            for names, value in products.items():
                for name, factor in parts:
                    key = tuple(sorted((*names, name)))
                    expanded[key] = expanded.get(key, 0.0) + value * factor
            products = expanded
        for key, value in products.items():
            terms[key] = terms.get(key, 0.0) + value
    return {key: value for key, value in terms.items() if value != 0.0}


def _times(a: Polynomial, b: Polynomial) -> Polynomial:
    """Product of two polynomials up to second degree."""
    product: Polynomial = {}
    for names_a, x in a.items():
        for names_b, y in b.items():
            if len(names_a) + len(names_b) <= 2:
                key = tuple(sorted(names_a + names_b))
                product[key] = product.get(key, 0.0) + x * y
    return product


def _inverse(a: Polynomial) -> Polynomial:
    """1/a up to second degree, around the Standard Model: (1 - r + r^2)/a_0 with r = a/a_0 - 1."""
    constant = a[()]
    r = {key: value / constant for key, value in a.items() if key}
    inverse = {(): 1.0} | {key: -value for key, value in r.items()}
    for key, value in _times(r, r).items():
        inverse[key] = inverse.get(key, 0.0) + value
    return {key: value / constant for key, value in inverse.items()}


def _document(polynomials: list[Polynomial]) -> dict[str, list[float]]:
    """Monomial -> the number of each polynomial. Monomials are padded to second degree and name
    real parts.
    """
    keys = sorted({key for terms in polynomials for key in terms}, key=lambda k: (len(k), k))
    return {str((*([""] * (2 - len(key))), *key, "RR")): [terms.get(key, 0.0) for terms in polynomials] for key in keys}


def popxf(table: str = DEFAULT_TABLE) -> dict[str, Any]:
    """The polynomials of a table as a POPxf document at the b scale.

    ``polynomial_central`` has the rates, exact; the observables are expressions in them.
    ``observable_central`` is their expansion to second degree, which the format asks for; it is
    exact for all but the ratios.
    """
    loaded = load_table(table)
    rates = {name: _polynomial(rate) for name, rate in loaded.rates.items()}
    expansions, expressions = [], []
    names = predictable(table)
    for numerator, denominator in (EVERY[name] for name in names):
        terms = {"num": numerator} | ({} if denominator is None else {"den": denominator})
        # the published format says `variables`, jelli 0.1 reads `terms`
        expression = "num" if denominator is None else "num / den"
        expressions.append({"variables": terms, "terms": terms, "expression": expression})
        rate = rates[numerator]
        expansions.append(rate if denominator is None else _times(rate, _inverse(rates[denominator])))
    return {
        "$schema": "https://json.schemastore.org/popxf-1.0.json",
        "metadata": {
            "basis": {"wcxf": {"eft": "WET", "basis": "flavio", "sectors": ["sb"]}},
            "scale": loaded.scales[1],
            "parameters": sorted(NAMES),
            "polynomial_names": list(rates),
            "observable_names": list(names),
            "observable_expressions": expressions,
            "polynomial_degree": 2,
            "reproducibility": [{"tool": {"name": "flavio", "version": loaded.metadata["versions"]["flavio"]}}],
        },
        "data": {"observable_central": _document(expansions), "polynomial_central": _document(list(rates.values()))},
    }


def write_popxf(path: str | Path, table: str = DEFAULT_TABLE) -> None:
    """Write the polynomials of a table as a POPxf JSON file."""
    Path(path).write_text(json.dumps(popxf(table), indent=1) + "\n")
