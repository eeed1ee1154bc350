"""The cells of Tables I, II and III as findings: coefficients, observables, measured values,
anomalies.
"""

import re

from jt3r.flavour.benchmarks import (
    COEFFICIENTS,
    NAMES,
    TABLE2,
    Row,
    printed_coefficients,
    quantities,
    table1,
    table2,
    table_row,
)
from jt3r.flavour.measurements import measurements
from jt3r.flavour.printed import Printed
from jt3r.uv.anomalies import TABLE_III, anomalies, misprints

from .numbers.common import POLYNOMIALS
from .statements import AGREES, DIFFERS, PAPER_DATA, Finding, other_measurements

GREEK = {"chi": "χ", "mu": "μ", "nu": "ν", "eta": "η"}
CELL_KINDS = {("BMA", "dBR_LbLmumu"): "misprint", ("BMB", "dBR_Bsphimumu"): "rounding"}
"""Why a cell of BMA-BMD differs; the reason itself is the note of the cell."""

SYMBOLS = {
    "universal": "C_10^U",
    "nonuniversal": "C_9^NU = C_10^NU",
    "scalar": "|C_S - C_S'| in GeV^-1",
    "pseudoscalar": "|C_P - C_P'| in GeV^-1",
    "primed": "C_9' = C_10'",
}


def table1_findings(data: str) -> list[Finding]:
    """The coefficients of Table I, which are inputs, and its cells."""
    rows = [row for row in table1(POLYNOMIALS, data) if row.benchmark in NAMES]
    return [*_coefficients(), *(_cell(row, "table1", data) for row in rows)]


def table2_findings(data: str) -> list[Finding]:
    """The measured column of Table II, that of the Standard Model, and the cells of the
    benchmarks.
    """
    return [*(_measured(quantity, data) for quantity in TABLE2), *(_cell(row, "table2", data) for row in table2(POLYNOMIALS))]


def _coefficients() -> list[Finding]:
    findings = []
    for name in NAMES:
        printed, used = printed_coefficients(name), table_row(name)
        for key in COEFFICIENTS:
            text = printed[key].text if key in printed else "0"
            findings.append(
                Finding(
                    name=f"table1_{name}_{key}",
                    part="table1",
                    where=f"Table I, row {COEFFICIENTS.index(key) + 1}, {name}",
                    says=SYMBOLS[key],
                    verdict=AGREES if Printed(text).holds(used[key], used[key]) else DIFFERS,
                    statement=f"t1_{name}_{key}",
                    printed=(text,),
                    ours=(used[key],),
                    digits=(Printed(text).off(used[key]),),
                    method="the input: the benchmark's coefficient"
                    if key in printed
                    else "the input: blank in the table, zero",
                    tolerance="half of the last printed digit",
                )
            )
    return findings


def _measured(quantity: str, data: str) -> Finding:
    facts, m = quantities()[quantity], measurements(data)[quantity]
    value = Printed(facts["measured"].split()[0], facts["scale"])
    agrees = value.holds(m.value, m.value)
    return Finding(
        name=f"table2_measured_{quantity}",
        part="table2",
        where=f"{facts['place']}, measured",
        says=quantity,
        verdict=AGREES if agrees else DIFFERS,
        statement=f"t2_meas_{quantity}",
        printed=(value.text,),
        ours=(m.value / facts["scale"],),
        digits=(value.off(m.value),),
        unit=facts["unit"],
        method=f"the input: the set {data}; printed {facts['measured']}",
        tolerance="half of the last printed digit",
        kind="" if agrees else "older input",
        reason="" if agrees else other_measurements(data),
    )


def _cell(row: Row, part: str, data: str) -> Finding:
    assert row.printed is not None
    facts, scale = quantities()[row.quantity], row.printed.scale
    kind, reason = "", ""
    if not row.agrees:
        other = row.quantity == "sm_pull" and data != PAPER_DATA
        usual = "older input" if row.benchmark == "SM" else CELL_KINDS.get((row.benchmark, row.quantity), "unexplained")
        kind, reason = ("older input", other_measurements(data)) if other else (usual, row.note)
    return Finding(
        name=f"{part}_{row.benchmark}_{row.quantity}",
        part=part,
        where=f"{facts['place']}, {row.benchmark}",
        says=row.quantity,
        verdict=AGREES if row.agrees else DIFFERS,
        statement=f"t{part[-1]}_{row.benchmark}_{row.quantity}",
        printed=(row.printed.text,),
        ours=(row.ours / scale,),
        digits=(row.off,),
        unit=facts["unit"],
        method="polynomials of FLAVIO 2.2 at the printed coefficients",
        tolerance=f"half a digit, and the coefficients' rounding: {row.lowest / scale:.4g} to {row.highest / scale:.4g}",
        kind=kind,
        reason=reason,
    )


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
        verdict=AGREES if agrees else DIFFERS,
        printed=("0",),
        ours=(total,),
        method="sum over left-handed fields in exact fractions",
        tolerance="none: exact",
        kind="" if agrees else "misprint",
        reason="" if agrees else "; ".join(_with_fields(text) for text in misprints()),
    )


def _with_fields(text: str) -> str:
    """The text with the names of fields as the report sets them."""
    return re.sub(r"\b\w+_(L|R_c)\b", lambda match: field_symbol(match[0]), text)


def field_symbol(name: str) -> str:
    """chi_u_R_c as χ_{uR}^{c}."""
    base, *below = [GREEK.get(part, part) for part in name.removesuffix("_c").split("_")]
    return f"{base}_{{{''.join(below)}}}" + ("^{c}" if name.endswith("_c") else "") if below else base
