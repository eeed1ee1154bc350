"""The paper, reproduced: every figure, table and stated number anew, in a folder with one report in HTML."""

import os
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from jt3r.errors import BadInput, ScanFailed, unknown
from jt3r.measurements import DATASETS

from .figures import PARTS, Result, write_findings
from .latex import PREAMBLE, benchmark_table, fields_table, statements_table
from .report import QUANTITIES, Section, render
from .statements import PAPER_DATA, STATEMENTS, Finding, find

REPORT, FINDINGS, TABLES = "report.html", "statements.csv", "tables.tex"
OURS = re.compile(rf"({'|'.join(PARTS)})(_\w+)?\.(png|pdf|csv|h5)|{REPORT}|{FINDINGS}|{TABLES}")
"""Names of the files that a report consists of: no others are replaced."""

Step = tuple[str, Callable[[], Any]]
Progress = Callable[[Sequence[Step]], Iterable[Step]]
"""Wraps the steps to do, each with its name, and shows how far they are."""


def reproduce(
    output: str | Path,
    *,
    only: Sequence[str] = (),
    dataset: str = PAPER_DATA,
    overwrite: bool = False,
    latex: bool = False,
    progress: Progress = lambda steps: steps,
) -> tuple[Path, list[Finding]]:
    """Write the report and its files into the folder `output`; return the report's path and the findings.

    `only`: the parts to do (fig2, fig3, fig4, fig6, table1, table2, table3, text), all if empty. `dataset`: the measurements.
    `latex`: write Tables I to III and the table of statements to tables.tex as well.
    All is made in a hidden folder beside `output` and moved there when it is whole, so an interrupted run leaves nothing.

    Raises BadInput if `output` cannot be written, or holds files and not `overwrite`, which replaces a former report's files
    and leaves all others; ScanFailed if the disk fails on the way.
    """
    output = Path(output)
    parts = _parts(only)
    if dataset not in DATASETS:
        raise BadInput(unknown("data set", dataset, DATASETS))
    _check_folder(output, overwrite)
    try:
        with tempfile.TemporaryDirectory(dir=output.parent, prefix=f".{output.name}.") as temporary:
            folder = Path(temporary)
            findings = _fill(folder, parts, dataset, latex, progress)
            _move(folder, output)
    except OSError as error:
        raise ScanFailed(f"output {output}: {' '.join(str(error).split())}") from None
    return output / REPORT, findings


def _parts(only: Sequence[str]) -> list[str]:
    for name in only:
        if name not in PARTS:
            raise BadInput(f"--only {name}: {unknown('part', name, PARTS)}")
    return [name for name in PARTS if name in only or not only]


def _check_folder(output: Path, overwrite: bool) -> None:
    if output.exists() and not output.is_dir():
        raise BadInput(f"output {output}: is a file, and must be a folder")
    if not output.parent.is_dir():
        raise BadInput(f"output {output}: there is no folder {output.parent}")
    if output.is_dir() and any(output.iterdir()) and not overwrite:
        raise BadInput(f"output {output}: is not empty; --overwrite replaces a former report there, -o names another folder")
    if not os.access(output if output.is_dir() else output.parent, os.W_OK):
        raise BadInput(f"output {output}: cannot be written")


def _fill(folder: Path, parts: Sequence[str], dataset: str, latex: bool, progress: Progress) -> list[Finding]:
    """Do every step in its order and write the report."""
    steps: list[Step] = []
    results: dict[str, Result] = {}
    stated: dict[str, list[Finding]] = {part: [] for part in parts}

    def make(part: str) -> Callable[[], None]:
        return lambda: results.update({part: PARTS[part].make(folder, dataset)})

    def judge(part: str, name: str) -> Callable[[], None]:
        return lambda: stated[part].append(find(name, dataset))

    for part in parts:
        steps.append((part, make(part)))
        steps += [(f"{part} {name}", judge(part, name)) for name, s in STATEMENTS.items() if s.part == part]
    for _, step in progress(steps):
        step()
    sections = [Section(part, PARTS[part], results[part], stated[part]) for part in parts]
    findings = [finding for section in sections for finding in section.findings]
    write_findings(folder / FINDINGS, findings)
    if latex:
        (folder / TABLES).write_text(_latex(sections, findings), encoding="utf-8")
    (folder / REPORT).write_text(render(folder, sections, dataset), encoding="utf-8")
    return findings


def _latex(sections: Sequence[Section], findings: Sequence[Finding]) -> str:
    tables = [PREAMBLE]
    for section in sections:
        if section.grid:
            tables.append(benchmark_table({"table1": "I", "table2": "II"}[section.name], section.grid, QUANTITIES))
        if section.result.rows:
            tables.append(fields_table(section.result.rows))
    return "\n".join([*tables, statements_table(findings)])


def _move(folder: Path, output: Path) -> None:
    """The new files into place, the report last; a former report's files go before."""
    output.mkdir(exist_ok=True)
    for old in output.iterdir():
        if OURS.fullmatch(old.name):
            old.unlink()
    for file in sorted(folder.iterdir(), key=lambda file: file.name == REPORT):
        os.replace(file, output / file.name)
