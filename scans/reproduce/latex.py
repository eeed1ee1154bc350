"""The report's tables in LaTeX, for an appendix: Tables I to III beside ours, and every
statement.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from .statements import Finding, with_unit

SPECIAL = {"&": r"\&", "%": r"\%", "#": r"\#", "$": r"\$", "<": "$<$", ">": "$>$", "|": "$|$"}
OTHER = {"ħ": r"\hbar", "±": r"\pm", "×": r"\times", "≥": r"\geq", "→": r"\to", "−": "-"}
PREAMBLE = "% \\usepackage{array,booktabs,longtable} in the preamble. Made by jt3r reproduce --latex.\n"


def typeset(text: str) -> str:
    """Plain text of the statements in LaTeX: sub- and superscripts, Greek letters, powers of ten,
    arrows.
    """
    words = []
    for word in re.split(r"(\s+)", text):
        if re.search(r"[_^]|->|[^\x00-\x7f]|\d[eE][-+]?\d", word):
            words.append(_mathematics(word))
        else:
            words.append("".join(SPECIAL.get(c, c) for c in word))
    return "".join(words)


def _mathematics(word: str) -> str:
    """A word with symbols as inline mathematics, punctuation after it outside."""
    end = re.search(r"[.,;:]*$", word)
    stop = end[0] if end else ""
    body = word[: len(word) - len(stop)]
    body = re.sub(r"(?<![\w.])([\d.]+)[eE]([-+]?\d+)", _power, body)
    body = body.replace("->", r"\to ").replace("%", r"\%").replace("&", r"\&").replace("#", r"\#").replace("*", "{*}")
    body = re.sub(r"√(\d+)", r"\\sqrt{\1}", body)
    body = re.sub(r"([_^])(?!\{)([Aφ]'|\d[LR]|-?\d+|[A-Za-z0-9\u0370-\u03ff]+)", r"\1{\2}", body)
    body = re.sub(r"[\u0370-\u03ff]", _greek, body)
    body = re.sub(r"[MGT]eV", r"\\mathrm{\g<0>}", body)
    for letter, command in OTHER.items():
        body = body.replace(letter, f"{command} ")
    return f"${body}${stop}"


def _greek(match: re.Match[str]) -> str:
    """A Greek letter's command, from its name in Unicode, which writes lamda."""
    _, size, *_, letter = unicodedata.name(match[0]).split()
    name = letter.lower().replace("lamda", "lambda")
    return rf"\{name.capitalize() if size == 'CAPITAL' else name} "


def _power(match: re.Match[str]) -> str:
    digits, exponent = match[1], int(match[2])
    return f"10^{{{exponent}}}" if digits == "1" else rf"{digits}\times 10^{{{exponent}}}"


def number(value: float, digits: int = 4) -> str:
    """A number to so many digits, powers of ten as such."""
    mantissa, _, exponent = f"{value:.{digits}g}".partition("e")
    if not exponent:
        return f"${mantissa}$"
    return f"$10^{{{int(exponent)}}}$" if mantissa == "1" else rf"${mantissa}\times 10^{{{int(exponent)}}}$"


def _table(caption: str, label: str, columns: str, heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    body = "\n".join(" & ".join(row) + r" \\" for row in rows)
    top = " & ".join(heading) + r" \\"
    return (
        f"\\begin{{longtable}}{{{columns}}}\n\\caption{{{caption}}}\\label{{{label}}}\\\\\n\\toprule\n{top}\n\\midrule\n\\endfirsthead\n"
        f"\\toprule\n{top}\n\\midrule\n\\endhead\n{body}\n\\bottomrule\n\\end{{longtable}}\n"
    )


def benchmark_table(number_of_table: str, grid: dict[str, dict[str, Finding]], quantities: dict[str, str]) -> str:
    """Table I or II: benchmarks across, printed and ours for each quantity."""
    columns, rows = list(grid), []
    for quantity, text in quantities.items():
        cells = [grid[name].get(quantity) for name in columns]
        if any(cells):
            rows.append([typeset(text), "printed", *("" if cell is None else f"${cell.printed[0]}$" for cell in cells)])
            rows.append(["", "ours", *("" if cell is None else number(cell.ours[0]) for cell in cells)])
            rows.append(
                ["", "digits", *("" if cell is None or not cell.digits else f"${cell.digits[0]:+.1f}$" for cell in cells)]
            )
    caption = (
        f"Table {number_of_table} of arXiv:2105.07655 beside the values computed here; digits: ours less printed in units of "
        "the last printed digit."
    )
    return _table(caption, f"tab:jt3r-{number_of_table}", "ll" + "r" * len(columns), ["", "", *columns], rows)


def fields_table(rows: Sequence[Sequence[str]]) -> str:
    """Table III: heading first, then a row a field."""
    shown = [[typeset(cell) for cell in row] for row in rows[1:]]
    return _table(
        "Fields of Table III of arXiv:2105.07655, corrected; left-handed components.",
        "tab:jt3r-III",
        "l" + "r" * (len(rows[0]) - 1),
        [typeset(cell.replace("T_3R", "T_{3R}")) for cell in rows[0]],
        shown,
    )


def statements_table(findings: Sequence[Finding]) -> str:
    """Every statement: what is said and where, printed and ours, the verdict and why."""
    rows = []
    for f in findings:
        bound = {"below": "$<$", "above": "$>$"}.get(f.bound, "")
        printed = _in_unit(bound + ", ".join(f"${_plain_power(text)}$" for text in f.printed), f.unit)
        ours = _in_unit(", ".join(map(number, f.ours)), f.unit)
        why = typeset(f"{f.kind}: {f.reason}" if f.reason else f.kind)
        place = typeset(f"({f.where})")
        rows.append([f"{typeset(f.says)} {place}", printed, ours, f.verdict, why])
    text = r">{{\raggedright\arraybackslash}}p{{{}\textwidth}}"
    widths = "".join((text.format(0.3), text.format(0.12), text.format(0.12), "l", text.format(0.2)))
    heading = ["Statement", "printed", "ours", "verdict", "why"]
    return _table("The statements of arXiv:2105.07655, recomputed.", "tab:jt3r-statements", widths, heading, rows)


def _in_unit(numbers: str, unit: str) -> str:
    """``with_unit`` with the unit in LaTeX."""
    return numbers if with_unit(numbers, unit) == numbers else f"{numbers} {typeset(unit)}"


def _plain_power(text: str) -> str:
    return re.sub(r"^(-?[\d.]+)[eE]([-+]?\d+)$", lambda m: rf"{m[1]}\times 10^{{{int(m[2])}}}", text)
