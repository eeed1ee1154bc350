"""What the paper states, as data, and the verdict on each statement: reproduced, differs or not
computable.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from jt3r.data.load import read_toml
from jt3r.flavour.printed import Printed

from .numbers import FUNCTIONS

AGREES, DIFFERS, NOT_COMPUTABLE = "reproduced", "differs", "not computable"
PAPER_DATA = "paper2021"

Part = Literal["fig2", "fig3", "fig4", "fig6", "table1", "table2", "table3", "text"]
Kind = Literal[
    "misprint",
    "older input",
    "rounding",
    "choice of ours",
    "does not hold",
    "left out in the paper",
    "published cut",
    "not modelled",
    "not in the paper",
    "unexplained",
]


class Statement(BaseModel):
    """One statement of the paper; the keys are explained at the head of
    ``paper_statements.toml``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    statement: str = ""
    part: Part
    where: str
    says: str
    value: tuple[str, ...] = ()
    unit: str = "1"
    compute: str | None = None
    arguments: dict[str, Any] = {}
    method: str = ""
    test: Literal["absolute", "relative", "factor", "below", "above"] | None = None
    tolerance: float | None = None
    tolerance_reason: str = ""
    kind: Kind | None = None
    reason: str = ""
    measured: bool = False

    @model_validator(mode="after")
    def _whole(self) -> "Statement":
        if self.compute is None:
            if self.kind is None or not self.reason:
                raise ValueError("what is not computed needs kind and reason")
        elif self.compute not in FUNCTIONS:
            raise ValueError(f"compute = {self.compute!r} is no function of scans.reproduce.numbers")
        elif not (self.value and self.test and self.method and self.tolerance_reason):
            raise ValueError("what is computed needs value, test, method and tolerance_reason")
        elif self.tolerance is None and self.test in ("relative", "factor"):
            raise ValueError(f"test = {self.test!r} needs a tolerance")
        return self

    @property
    def printed(self) -> tuple[Printed, ...]:
        """The numbers as printed."""
        return tuple(Printed(text) for text in self.value)


@dataclass(frozen=True)
class Finding:
    """A statement with what jt3r makes of it: ``ours`` beside what is ``printed``, or what must
    ``bound`` it (below, above).

    ``statement`` is its number in the list of 209, empty for a comparison beside it; ``digits``
    ours less printed in units of the last printed digit. ``kind`` and ``reason`` are empty where
    the two agree.
    """

    name: str
    part: str
    where: str
    says: str
    verdict: str
    statement: str = ""
    printed: tuple[str, ...] = ()
    bound: str = ""
    ours: tuple[float, ...] = ()
    digits: tuple[float, ...] = ()
    unit: str = "1"
    method: str = ""
    tolerance: str = ""
    kind: str = ""
    reason: str = ""


STATEMENTS = {name: Statement(**entry) for name, entry in read_toml("paper_statements.toml").items()}


def find(name: str, data: str) -> Finding:
    """Compute a statement anew with a set of measurements, and judge it."""
    statement = STATEMENTS[name]
    common = {key: getattr(statement, key) for key in ("part", "where", "says", "statement", "unit")}
    if statement.compute is None:
        assert statement.kind is not None
        return Finding(name, **common, verdict=NOT_COMPUTABLE, kind=statement.kind, reason=statement.reason)
    ours = tuple(float(x) for x in FUNCTIONS[statement.compute](data, **statement.arguments))
    agrees = _agree(statement, ours)
    kind, reason = ("", "") if agrees else (statement.kind or "", statement.reason)
    if not agrees and statement.measured and data != PAPER_DATA:
        kind, reason = "older input", other_measurements(data, statement.reason)
    near = statement.test in ("absolute", "relative")
    return Finding(
        name,
        **common,
        verdict=AGREES if agrees else DIFFERS,
        printed=statement.value,
        bound=statement.test if statement.test in ("below", "above") else "",
        ours=ours,
        digits=tuple(p.off(x) for p, x in zip(statement.printed, ours, strict=True)) if near else (),
        method=statement.method,
        tolerance=_tolerance(statement),
        kind=kind,
        reason=reason,
    )


def other_measurements(data: str, reason: str = "") -> str:
    return f"measurements of the set {data}" + (f"; it differs with the paper's own too: {reason}" if reason else "")


def _agree(statement: Statement, ours: Sequence[float]) -> bool:
    if len(ours) != len(statement.value):
        raise ValueError(f"{statement.says}: {len(statement.value)} numbers printed, {len(ours)} computed")
    return all(_one_agrees(statement, x, printed) for x, printed in zip(ours, statement.printed, strict=True))


def _one_agrees(statement: Statement, x: float, printed: Printed) -> bool:
    if statement.test == "below":
        return x < printed.value
    if statement.test == "above":
        return x > printed.value
    if statement.tolerance is None:
        return printed.holds(x, x)
    if statement.test == "absolute":
        return abs(x - printed.value) <= statement.tolerance
    if statement.test == "relative":
        return abs(x / printed.value - 1) <= statement.tolerance
    return abs(math.log(x / printed.value)) <= math.log(statement.tolerance)


def with_unit(numbers: str, unit: str) -> str:
    """Numbers with their unit after them. A power of ten stands in what is stated, and none after
    no number.
    """
    return numbers if not numbers or unit.startswith("1") else f"{numbers} {unit}"


def _tolerance(statement: Statement) -> str:
    """The tolerance with its reason."""
    if statement.test in ("below", "above") or statement.tolerance is None:
        return statement.tolerance_reason
    size = {"relative": f"{100 * statement.tolerance:g} %", "factor": f"a factor {statement.tolerance:g}"}
    number = size.get(statement.test or "", with_unit(f"{statement.tolerance:g}", statement.unit))
    return f"{number}: {statement.tolerance_reason}"
