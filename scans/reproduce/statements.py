"""What the paper states, as data, and the verdict on each statement: agrees, differs or not computable."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from jt3r.data.load import read_toml
from jt3r.flavour.benchmarks import Row, quantities
from jt3r.uv.anomalies import TABLE_III, anomalies, misprints

from .numbers import FUNCTIONS

GREEK = {"chi": "χ", "mu": "μ", "nu": "ν", "eta": "η"}
AGREES, DIFFERS, NOT_COMPUTABLE = "agrees", "differs", "not computable"
PAPER_DATA = "paper2021"

Part = Literal["fig2", "fig3", "fig4", "fig6", "table1", "table2", "table3", "text"]
Kind = Literal[
    "misprint",
    "older input",
    "rounding",
    "choice of ours",
    "estimate of the paper",
    "does not hold",
    "left out in the paper",
    "published cut",
    "not modelled",
    "unexplained",
]


class Statement(BaseModel):
    """One statement of the paper; the keys are explained at the head of ``paper_statements.toml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    part: Part
    where: str
    says: str
    value: tuple[float, ...] = ()
    unit: str = ""
    compute: str | None = None
    arguments: dict[str, Any] = {}
    method: str = ""
    test: Literal["absolute", "relative", "factor", "below", "above"] | None = None
    tolerance: float = 0.0
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
            raise ValueError(f"compute = {self.compute!r} is no function of reproduce_numbers")
        elif not (self.value and self.test and self.method and self.tolerance_reason):
            raise ValueError("what is computed needs value, test, method and tolerance_reason")
        return self


@dataclass(frozen=True)
class Finding:
    """A statement with what jt3r makes of it: `ours` beside what is `printed`, or what it must be `bound` (below, above) by.

    `kind` and `reason` are empty where the two agree.
    """

    name: str
    part: str
    where: str
    says: str
    verdict: str
    printed: tuple[float, ...] = ()
    bound: str = ""
    ours: tuple[float, ...] = ()
    unit: str = ""
    method: str = ""
    tolerance: str = ""
    kind: str = ""
    reason: str = ""


STATEMENTS = {name: Statement(**entry) for name, entry in read_toml("paper_statements.toml").items()}


def find(name: str, data: str) -> Finding:
    """Compute a statement anew with a set of measurements, and judge it."""
    statement = STATEMENTS[name]
    common = name, statement.part, statement.where, statement.says
    if statement.compute is None:
        assert statement.kind is not None
        return Finding(*common, verdict=NOT_COMPUTABLE, kind=statement.kind, reason=statement.reason)
    ours = tuple(FUNCTIONS[statement.compute](data, **statement.arguments))
    agrees = _agree(statement, ours)
    kind, reason = ("", "") if agrees else (statement.kind or "", statement.reason)
    if not agrees and statement.measured and data != PAPER_DATA:
        kind, reason = "older input", _other_measurements(data, statement.reason)
    return Finding(
        *common,
        printed=statement.value,
        bound=statement.test if statement.test in ("below", "above") else "",
        ours=ours,
        unit=statement.unit,
        method=statement.method,
        tolerance=_tolerance(statement),
        verdict=AGREES if agrees else DIFFERS,
        kind=kind,
        reason=reason,
    )


def _other_measurements(data: str, reason: str = "") -> str:
    return f"measurements of the set {data}" + (f"; it differs with the paper's own too: {reason}" if reason else "")


def _agree(statement: Statement, ours: Sequence[float]) -> bool:
    if len(ours) != len(statement.value):
        raise ValueError(f"{statement.says}: {len(statement.value)} numbers printed, {len(ours)} computed")
    tests = {
        "absolute": lambda x, printed: abs(x - printed) <= statement.tolerance,
        "relative": lambda x, printed: abs(x / printed - 1) <= statement.tolerance,
        "factor": lambda x, printed: abs(math.log(x / printed)) <= math.log(statement.tolerance),
        "below": lambda x, bound: x < bound,
        "above": lambda x, bound: x > bound,
    }
    assert statement.test is not None
    return all(tests[statement.test](x, printed) for x, printed in zip(ours, statement.value, strict=True))


def _tolerance(statement: Statement) -> str:
    """The tolerance with its reason."""
    size = {"relative": f"{100 * statement.tolerance:g} %", "factor": f"a factor {statement.tolerance:g}"}
    number = size.get(statement.test or "", f"{statement.tolerance:g} {statement.unit}".strip())
    return statement.tolerance_reason if statement.test in ("below", "above") else f"{number}: {statement.tolerance_reason}"


def cells(rows: Sequence[Row], part: str, data: str) -> list[Finding]:
    """The cells of Table I or II that the paper prints, as findings."""
    return [_cell(row, part, data) for row in rows if row.printed is not None]


def _cell(row: Row, part: str, data: str) -> Finding:
    pull = row.quantity == "sm_pull"
    facts = quantities()[row.quantity]
    kind, reason = "", ""
    if not row.agrees:
        other_data = pull and data != PAPER_DATA
        kind = (
            "older input"
            if other_data or row.benchmark == "SM"
            else CELL_KINDS.get((row.benchmark, row.quantity), "unexplained")
        )
        reason = _other_measurements(data) if other_data else row.note
    assert row.printed is not None
    return Finding(
        name=f"{part}_{row.benchmark}_{row.quantity}",
        part=part,
        where=f"{facts['place']}, {row.benchmark}",
        says=row.quantity,
        printed=(float(row.printed.text),),
        ours=(row.ours / row.printed.scale,),
        unit=facts["unit"],
        method="polynomials of FLAVIO 2.2 at the printed coefficients",
        tolerance=f"half a digit, and the rounding of the coefficients: {_range(row)}",
        verdict=AGREES if row.agrees else DIFFERS,
        kind=kind,
        reason=reason,
    )


def _range(row: Row) -> str:
    assert row.printed is not None
    return f"{row.lowest / row.printed.scale:.4g} to {row.highest / row.printed.scale:.4g}"


CELL_KINDS = {("BMA", "dBR_LbLmumu"): "misprint", ("BMB", "dBR_Bsphimumu"): "rounding"}
"""Why a cell of BMA-BMD differs; the reason itself is the note of the cell."""


def table3_findings() -> list[Finding]:
    """The anomalies of Table III, which must vanish: corrected, and as printed."""
    as_printed = anomalies(field.as_printed() for field in TABLE_III.values())
    findings = []
    for name, total in anomalies(TABLE_III.values()).items():
        findings.append(_anomaly(f"table3_{name}", f"anomaly {name} vanishes", "Table III, corrected", float(total)))
        if as_printed[name] != 0:
            findings.append(
                _anomaly(f"table3_{name}_printed", f"anomaly {name} vanishes", "Table III as printed", float(as_printed[name]))
            )
    return findings


def _anomaly(name: str, says: str, where: str, total: float) -> Finding:
    agrees = total == 0
    return Finding(
        name=name.replace(" ", "_"),
        part="table3",
        where=where,
        says=says,
        printed=(0.0,),
        ours=(total,),
        unit="",
        method="sum over left-handed fields in exact fractions",
        tolerance="none: exact",
        verdict=AGREES if agrees else DIFFERS,
        kind="" if agrees else "misprint",
        reason="" if agrees else "; ".join(_with_fields(text) for text in misprints()),
    )


def _with_fields(text: str) -> str:
    """The text with the names of fields as the report sets them."""
    return re.sub(r"\b\w+_(L|R_c)\b", lambda match: field_symbol(match[0]), text)


def field_symbol(name: str) -> str:
    """chi_u_R_c as χ_{uR}^{c}."""
    base, *below = [GREEK.get(part, part) for part in name.removesuffix("_c").split("_")]
    return f"{base}_{{{''.join(below)}}}" + ("^{c}" if name.endswith("_c") else "")
