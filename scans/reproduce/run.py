"""The paper, reproduced: every figure, table and stated number anew, in a folder with one report in
HTML.
"""

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from jt3r.errors import BadInput, ScanFailed, unknown
from jt3r.measurements import DATASETS
from jt3r.programs.float32 import warn_of_float32

from .figures import PARTS, Result, write_findings
from .latex import PREAMBLE, benchmark_table, fields_table, statements_table
from .report import QUANTITIES, Section, render
from .statements import PAPER_DATA, STATEMENTS, Finding, find

REPORT, FINDINGS, TABLES = "report.html", "statements.csv", "tables.tex"
LIST = "files.json"
"""Name -> SHA-256 of the files of a report, written with it: with ``overwrite`` no others are
replaced or removed.
"""

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
    """Write the report and its files into the folder ``output``; return the report's path and the
    findings.

    ``only``: the parts to do (fig2, fig3, fig4, fig6, table1, table2, table3, text), all if empty.
    ``dataset``: the measurements. ``latex``: write Tables I to III and the table of statements to
    tables.tex as well. All is made in a hidden folder beside ``output`` and moved there when it is
    whole, so an interrupted run leaves nothing.

    Raises BadInput if ``output`` cannot be written, or holds files and not ``overwrite``, which
    replaces the files that a former report lists and leaves all others; ScanFailed if the disk
    fails on the way. In float32 a RuntimeWarning says which statements it makes differ.
    """
    output = Path(output)
    parts = _parts(only)
    if dataset not in DATASETS:
        raise BadInput(unknown("data set", dataset, DATASETS))
    _check_folder(output, overwrite)
    former = _former(output)
    warn_of_float32(kind="reproduce")
    try:
        with tempfile.TemporaryDirectory(dir=output.parent, prefix=f".{output.name}.") as temporary:
            folder = Path(temporary)
            findings = _fill(folder, parts, dataset, latex, progress)
            _move(folder, output, former)
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


def _former(output: Path) -> dict[str, str]:
    """The list of a former report's files in the folder. Raises BadInput for a list that jt3r did
    not write.
    """
    try:
        listed = json.loads((output / LIST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError):
        listed = None
    if not isinstance(listed, dict) or not all(_is_entry(*entry) for entry in listed.items()):
        raise BadInput(f"output {output}: its {LIST} is not the list of a report; remove it, or name another folder")
    return listed


def _is_entry(name: str, digest: object) -> bool:
    return Path(name).name == name and isinstance(digest, str) and re.fullmatch("[0-9a-f]{64}", digest) is not None


def _move(folder: Path, output: Path, former: dict[str, str]) -> None:
    """The new files into place, the report last; then those of the former report that are not among
    them are removed.

    Raises BadInput, before anything is moved, if a file of the same name is there that the former
    report's list does not name, or that has changed since.
    """
    output.mkdir(exist_ok=True)
    files = sorted(folder.iterdir(), key=lambda file: file.name == REPORT)
    digests = {file.name: _sha256(file) for file in files}
    for name in digests:
        there = output / name
        if os.path.lexists(there) and not (there.is_file() and _sha256(there) == former.get(name)):
            words = "is there already, and not as a report of jt3r left it; move it, or name another folder"
            raise BadInput(f"output {there}: {words}")
    for file in files:
        os.replace(file, output / file.name)
    (folder / LIST).write_text(json.dumps(digests, indent=1), encoding="utf-8")
    os.replace(folder / LIST, output / LIST)
    for name, digest in former.items():
        old = output / name
        if name not in digests and old.is_file() and not old.is_symlink() and _sha256(old) == digest:
            old.unlink()


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
