"""The report of a reproduction: one HTML file that needs no other."""

import base64
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from ..cards.load import load_card
from ..engine.provenance import provenance
from .figures import PARTS, Part, Result
from .statements import AGREES, DIFFERS, NOT_COMPUTABLE, PAPER_DATA, Finding

VERDICTS = (AGREES, DIFFERS, NOT_COMPUTABLE)
QUANTITIES = {
    "R_K": "R_K",
    "R_Kst": "R_K*",
    "BR_Bsmumu": "Br(B_s -> μμ) [1e-9]",
    "sm_pull": "SM pull",
    "BR_BpKstmumu": "Br(B^+ -> K^{*+}μμ) [1e-8]",
    "BR_B0Kmumu": "Br(B^0 -> K^0μμ) [1e-8]",
    "BR_BpKmumu": "Br(B^+ -> K^+μμ) [1e-8]",
    "dBR_Bsphimumu": "dBr/dq^2(B_s -> φμμ) [1e-8/GeV^2]",
    "dBR_LbLmumu": "dBr/dq^2(Λ_b -> Λμμ) [1e-7/GeV^2]",
}
"""How the report writes the quantities of Tables I and II."""


@dataclass(frozen=True)
class Section:
    """One part of the paper in the report: its statements, and the cells of its table."""

    name: str
    part: Part
    result: Result
    statements: list[Finding]

    @property
    def findings(self) -> list[Finding]:
        return [*self.statements, *self.result.findings]

    @property
    def grid(self) -> dict[str, dict[str, Finding]]:
        """Cells of Table I or II: benchmark -> quantity -> finding."""
        grid: dict[str, dict[str, Finding]] = {}
        for cell in self.result.findings:
            if cell.says in QUANTITIES:
                grid.setdefault(cell.where.rpartition(" ")[2], {})[cell.says] = cell
        return grid

    @property
    def columns(self) -> list[str]:
        """Quantities of the grid."""
        return [name for name in QUANTITIES if any(name in row for row in self.grid.values())]

    @property
    def listed(self) -> list[Finding]:
        """What is not in the grid, a row each."""
        return [finding for finding in self.findings if finding.says not in QUANTITIES]


def count(findings: Sequence[Finding]) -> Counter[str]:
    """Statements of the paper by verdict; comparisons beside them are not counted."""
    return Counter(finding.verdict for finding in findings if finding.statement)


def render(folder: Path, sections: Sequence[Section], dataset: str) -> str:
    """The report in HTML, its pictures inside. The same numbers give the same bytes: it carries no
    time and no host.
    """
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"typeset": typeset, "number": number}
    template = environment.from_string(files("jt3r.scans.reproduce").joinpath("report.html.j2").read_text(encoding="utf-8"))
    findings = [finding for section in sections for finding in section.findings]
    made = {key: _plain(text) for key, text in provenance(load_card("gm2_band", [f"dataset={dataset}"])).items()}
    return template.render(
        sections=sections,
        partial=len(sections) < len(PARTS),
        dataset=dataset,
        paper_data=PAPER_DATA,
        verdicts=VERDICTS,
        differs=DIFFERS,
        total=count(findings),
        beside=sum(not finding.statement for finding in findings),
        by_section={section.name: count(section.findings) for section in sections},
        kinds=Counter((f.verdict, f.kind) for f in findings if f.kind and f.statement).most_common(),
        quantities=QUANTITIES,
        images={name: _inline(folder / name) for section in sections for name in section.result.pictures},
        made=made,
    )


def _plain(text: str) -> object:
    """A value of the provenance: JSON, or a plain text."""
    return json.loads(text) if text.startswith("{") else text


def _inline(picture: Path) -> str:
    return f"data:image/png;base64,{base64.b64encode(picture.read_bytes()).decode()}"


def typeset(text: str) -> Markup:
    """Plain text with m_φ', q^2, C_{10}, 1e-9 and -> as HTML with subscripts, superscripts, powers
    of ten and arrows.
    """
    html = str(escape(text)).replace("&#39;", "′").replace("-&gt;", "→").replace(" - ", " − ")
    html = re.sub(r"(?<![\w.])(\d+(?:\.\d+)?)e(-?\d+)", lambda match: _power(match[1], match[2]), html)
    html = re.sub(r"_(\{[^}]*\}|[A-Za-zα-ωΑ-Ω0-9]+[′*]?)", _raised("sub"), html)
    html = re.sub(r"\^(\{[^}]*\}|[-+]?[0-9]+|[+*]|[A-Z]+)", _raised("sup"), html)
    return Markup(html)


def _raised(tag: str) -> Callable[[re.Match[str]], str]:
    return lambda match: f"<{tag}>{match[1].strip('{}').replace('-', '−')}</{tag}>"


def _power(digits: str, exponent: str) -> str:
    raised = f"10<sup>{int(exponent)}</sup>".replace("-", "−")
    return raised if digits == "1" else f"{digits} × {raised}"


def number(value: float, digits: int = 4) -> Markup:
    """The number to so many digits, powers of ten as such, not broken over two lines."""
    mantissa, _, exponent = f"{value:.{digits}g}".partition("e")
    mantissa = mantissa.replace("-", "−")
    return Markup(f'<span class="value">{_power(mantissa, exponent) if exponent else mantissa}</span>')
