"""The report: what it must hold, what it must not, and where it may be written."""

import base64
import csv
import json
import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from typer.testing import CliRunner

from jt3r.scans import BadInput
from jt3r.scans.cli import main as cli
from jt3r.scans.reproduce.cells import table3_findings
from jt3r.scans.reproduce.figures import PARTS
from jt3r.scans.reproduce.run import LIST, REPORT, reproduce
from jt3r.scans.reproduce.statements import AGREES, DIFFERS, NOT_COMPUTABLE, STATEMENTS, find

CHEAP = ("fig2", "fig6", "table1", "table2", "table3")


class _Page(HTMLParser):
    """What a browser would have to fetch, the pictures, and the anchors."""

    def __init__(self, text):
        super().__init__()
        self.links, self.pictures, self.ids, self.tags, self.open = [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.tags.append(tag)
        self.links += [values[key] for key in ("src", "href", "srcset", "data", "action", "poster") if key in values]
        self.ids += [values["id"]] if "id" in values else []
        if tag == "img":
            self.pictures.append(values)
        if tag not in ("img", "meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes nothing"


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The folder of a report of the quick parts, and its findings."""
    folder = tmp_path_factory.mktemp("reproduce") / "report"
    path, findings = reproduce(folder, only=CHEAP)
    assert path == folder / REPORT
    return folder, findings


@pytest.fixture(scope="module")
def text(report):
    return (report[0] / REPORT).read_text(encoding="utf-8")


def test_the_page_needs_no_other(text):
    page = _Page(text)
    assert page.open == []
    assert not [link for link in page.links if not link.startswith(("#", "data:image/png;base64,"))]
    assert not set(page.tags) & {"script", "link", "iframe", "object", "embed", "base"}
    assert not re.search(r"@import|url\(", text)


def test_every_figure_is_inside(text):
    pictures = _Page(text).pictures
    assert [picture["alt"] for picture in pictures] == [PARTS[part].title for part in ("fig2", "fig6", "fig6")]
    for picture in pictures:
        assert base64.b64decode(picture["src"].partition(",")[2], validate=True).startswith(b"\x89PNG\r\n")


def test_every_statement_is_there_once(report, text):
    _, findings = report
    names = [finding.name for finding in findings]
    assert len(set(names)) == len(names)
    assert {name for name, statement in STATEMENTS.items() if statement.part in CHEAP} <= set(names)
    ids = _Page(text).ids
    assert all(ids.count(name) == 1 for name in names)
    assert set(ids) == {*names, *CHEAP, "provenance"}
    for verdict in (AGREES, DIFFERS, NOT_COMPUTABLE):
        assert [f.verdict for f in findings].count(verdict) > 0
    total = {v: sum(f.verdict == v for f in findings if f.statement) for v in (AGREES, DIFFERS, NOT_COMPUTABLE)}
    words = f"{total[AGREES]} are reproduced, {total[DIFFERS]} differ and {total[NOT_COMPUTABLE]} cannot be computed"
    assert words in text.replace("\n", " ")


def test_the_files_beside_it(report):
    folder, findings = report
    names = {path.name for path in folder.iterdir()}
    for part in ("fig2", "fig6"):
        assert {f"{part}.png", f"{part}.pdf", f"{part}.csv"} <= names
    assert {"table1.csv", "table2.csv", "table3.csv", "statements.csv", REPORT} <= names
    assert names == {*json.loads((folder / LIST).read_text()), LIST}
    with (folder / "statements.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == [finding.name for finding in findings]
    assert [tuple(map(float, row["ours"].split())) for row in rows] == [finding.ours for finding in findings]


def test_the_provenance_is_told(text):
    for words in ("jt3r reproduce --dataset paper2021 --only fig2", "float64", "Rev. Mod. Phys. 93, 025010", "<dt>jaxlib</dt>"):
        assert words in text


def test_the_same_bytes_again(report, tmp_path):
    first, second = (reproduce(tmp_path / name, only=["table3"])[0].read_bytes() for name in ("a", "b"))
    assert first == second
    reproduce(tmp_path / "c", only=["fig2"])
    assert (tmp_path / "c" / "fig2.png").read_bytes() == (report[0] / "fig2.png").read_bytes()


def test_what_is_known_of_the_statements():
    # The corrected table is free of anomalies, the printed one fails the pure colour one.
    verdicts = {finding.name: finding.verdict for finding in table3_findings()}
    assert verdicts.pop("table3_SU(3)^3_printed") == DIFFERS
    assert set(verdicts.values()) == {AGREES}
    assert find("eq4_prefactor", "paper2021").ours[0] == pytest.approx(7.0694907e-7, rel=1e-7)  # mpmath, PDG mass
    lowest, highest = find("band_visible", "paper2021").ours
    # The corners of the band in 30 digits, tests/jt3r/gm2/test_band.py.
    assert (lowest, highest) == (pytest.approx(73.5595626, abs=1e-6), pytest.approx(87.4428437, abs=1e-6))


def test_tables_in_latex(tmp_path):
    reproduce(tmp_path / "report", only=["table1", "table3"], latex=True)
    text = (tmp_path / "report" / "tables.tex").read_text(encoding="utf-8")
    assert text.isascii()
    assert text.count(r"\begin{longtable}") == text.count(r"\end{longtable}") == 3
    assert text.count("{") == text.count("}")
    for cell in ("$3.36$", "$4.4$", "$0.86$", r"q_{L}"):
        assert cell in text


def test_an_interrupted_run_leaves_nothing(tmp_path):
    def interrupt(steps):
        yield steps[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reproduce(tmp_path / "report", only=["table3"], progress=interrupt)
    assert list(tmp_path.iterdir()) == []


def test_the_command(tmp_path):
    answer = CliRunner().invoke(cli.app, ["reproduce", "-o", str(tmp_path / "report"), "--only", "table3", "--only", "table3"])
    assert answer.exit_code == 0
    *counts, path = answer.stdout.splitlines()
    assert path == str(tmp_path / "report" / REPORT)
    with (tmp_path / "report" / "statements.csv").open(newline="") as file:
        found = Counter(row["verdict"] for row in csv.DictReader(file) if row["statement"])
    assert dict(line.split(": ") for line in counts) == {verdict: str(n) for verdict, n in found.items()}
    assert isinstance(CliRunner().invoke(cli.app, ["reproduce", "--only", "fig5"]).exception, BadInput)


def test_what_may_be_replaced(tmp_path):
    folder = tmp_path / "report"
    folder.mkdir()
    (folder / "notes.txt").write_text("precious")
    with pytest.raises(BadInput, match="is not empty; --overwrite"):
        reproduce(folder, only=["table3"])
    mine = {"fig3_my_talk.png": "a talk", "text_notes.pdf": "of mine", "notes.txt": "precious"}
    for name, text in mine.items():
        (folder / name).write_text(text)
    reproduce(folder, only=["fig2"], overwrite=True)
    reproduce(folder, only=["table3"], overwrite=True)  # what the first report listed is removed
    names = {path.name for path in folder.iterdir()}
    assert names == {*mine, LIST, "report.html", "statements.csv", "table3.csv", "table3.h5"}
    assert {name: (folder / name).read_text() for name in mine} == mine
    (folder / "table3.csv").write_text("edited by hand")
    with pytest.raises(BadInput, match="not as a report of jt3r left it"):
        reproduce(folder, only=["table3"], overwrite=True)
    assert (folder / "table3.csv").read_text() == "edited by hand"
    with pytest.raises(BadInput, match="is a file"):
        reproduce(folder / "notes.txt", overwrite=True)
    with pytest.raises(BadInput, match="there is no folder"):
        reproduce(tmp_path / "none" / "report")
    with pytest.raises(BadInput, match="did you mean 'fig3'"):
        reproduce(folder, only=["fig33"], overwrite=True)
    with pytest.raises(BadInput, match="did you mean 'current'"):
        reproduce(folder, dataset="curent", overwrite=True)
