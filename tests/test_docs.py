"""Every code block of README, CONTRIBUTING and docs/ runs, page by page, in a folder of its own.

Python blocks of a page share one namespace. Shell blocks run line by line: a line must be a call of jt3r. TOML blocks are run
cards. A comment on the line before a block says what else it is:

    <!-- file: NAME -->          written to NAME in the page's folder as well
    <!-- append: NAME -->        (CONTRIBUTING) the end of that file of the program
    <!-- parsed only: REASON --> options are parsed and cards loaded, nothing is computed
    <!-- not run: REASON -->     illustrative; NOT_RUN counts these
"""

import gc
import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import jax
import matplotlib
import pytest
import typer
from matplotlib import pyplot
from typer.testing import CliRunner

from jt3r.scans.cards.load import load_card
from jt3r.scans.cli.main import app

ROOT = Path(__file__).parents[1]
PAGES = {str(path.relative_to(ROOT)): path for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]}
NOT_RUN = {
    "README.md": 1,
    "docs/benchmarks.md": 1,
    "docs/how-to/gpu.md": 7,
    "docs/how-to/install.md": 2,
    "docs/how-to/sample.md": 2,
    "docs/how-to/scale.md": 5,
    "docs/notebooks.md": 2,
}
"""How many blocks of each page are illustrative."""

BLOCK = re.compile(
    r"(?:^<!-- (?P<mark>[a-z ]+): (?P<note>[^\n]+) -->\n)?^```(?P<language>[^\n]*)\n(?P<text>.*?)^```$", re.M | re.S
)
COMMAND = typer.main.get_command(app)  # the group of all commands


@dataclass(frozen=True)
class Block:
    language: str
    text: str
    mark: str
    note: str
    line: int


def blocks(path: Path) -> list[Block]:
    """The fenced blocks of a page. Directives of the documentation, in braces, are none."""
    text = path.read_text(encoding="utf-8")
    found = [
        Block(m["language"], m["text"], m["mark"] or "", m["note"] or "", text.count("\n", 0, m.start("text")) + 1)
        for m in BLOCK.finditer(text)
    ]
    assert len(found) == len(re.findall(r"^```", text, re.M)) / 2, f"{path}: a block has no end"
    return [block for block in found if not block.language.startswith("{")]


def commands(block: Block) -> list[list[str]]:
    """The calls of jt3r in a shell block, as arguments. Anything else in it is an error."""
    found = []
    for line in block.text.splitlines():
        for part in line.split(" && "):
            if words := shlex.split(part, comments=True):
                assert words[0] == "jt3r", f"line {block.line}: {line!r} is no call of jt3r: say why it is not run"
                found.append(words[1:])
    return found


def call(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, f"jt3r {shlex.join(arguments)}: {result.output} {result.exception!r}"


def parse(arguments: list[str]) -> None:
    """Raises if the command, an option or a shipped card does not exist, or if the card refuses a setting."""
    name, *rest = arguments
    context = COMMAND.commands[name].make_context(name, rest)
    card = context.params.get("card")
    if name in ("run", "check") and not Path(card).suffix:
        load_card(card, context.params["settings"])


def test_reference_pages_say_what_the_program_says():
    """`make pages` writes them."""
    spec = importlib.util.spec_from_file_location("from_registry", ROOT / "docs" / "_ext" / "from_registry.py")
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    stale = [page.name for page in maker.pages() if maker.rendered(text := page.read_text(encoding="utf-8")) != text]
    assert maker.pages()
    assert not stale, "make pages"


def test_no_page_is_indented_code():
    """A block of four blanks would not be seen by this test."""
    for name, path in PAGES.items():
        outside = BLOCK.sub("", path.read_text(encoding="utf-8"))
        assert not re.search(r"\n\n    \S", outside), f"{name}: use a fenced block"


def test_links_lead_somewhere():
    """Files of the repository, from README and from every page; and headings within a page."""
    lost = []
    for name, path in {**PAGES, "CONTRIBUTING.md": ROOT / "CONTRIBUTING.md"}.items():
        text = BLOCK.sub("", path.read_text(encoding="utf-8"))
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            target, _, heading = link.partition("#")
            there = path if not target else path.parent / target
            if link.startswith("https://"):
                continue
            found = there.exists() and (not heading or heading in _headings(there))
            lost += [] if found else [f"{name}: {link}"]
    assert not lost


def _headings(path: Path) -> set[str]:
    """The headings of a page as links name them."""
    text = path.read_text(encoding="utf-8")
    texts = [text, *((path.parent / part).read_text(encoding="utf-8") for part in re.findall(r"{include} (\S+)", text))]
    lines = [line for one in texts for line in re.findall(r"^#+ (.+)$", one, re.M)]
    return {re.sub(r"[^\w -]", "", line.lower()).strip().replace(" ", "-") for line in lines}


@pytest.mark.parametrize("page", PAGES)
def test_illustrative_blocks_are_counted(page):
    marked = [block for block in blocks(PAGES[page]) if block.mark == "not run"]
    assert len(marked) == NOT_RUN.get(page, 0)


@pytest.fixture
def nothing_of_other_pages():
    """Figures, open files and compiled programs of a page end with it: the next one would draw on axes of this one, be blamed
    for files that it did not leave open, and add its programs to the memory of all.
    """
    matplotlib.use("agg")
    yield
    pyplot.close("all")
    jax.clear_caches()
    gc.collect()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.filterwarnings("ignore:.*non-interactive:UserWarning")  # plt.show()
def test_blocks_run(page, tmp_path, monkeypatch, nothing_of_other_pages):
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {"__name__": "page"}
    for block in blocks(PAGES[page]):
        assert block.mark in ("", "file", "parsed only", "not run"), f"line {block.line}: {block.mark!r}"
        if block.mark == "file":
            Path(block.note).write_text(block.text, encoding="utf-8")
        if block.mark == "not run" or block.language == "text":
            continue
        if block.language == "python":
            code = "\n" * (block.line - 1) + block.text
            exec(compile(code, str(PAGES[page]), "exec"), namespace)
        elif block.language == "bash":
            for arguments in commands(block):
                (parse if block.mark == "parsed only" else call)(arguments)
        elif block.language == "toml":
            path = Path(block.note if block.mark == "file" else "card.toml")
            path.write_text(block.text, encoding="utf-8")
            load_card(str(path))
        else:
            pytest.fail(f"line {block.line}: a block in {block.language!r}: say why it is not run")


def test_the_examples_of_contributing_extend_the_program(tmp_path):
    """In a copy of the program, whose new parts are then imported by new processes."""
    for room in ("jt3r", "kernels", "scans"):
        inside = tmp_path / "jt3r" if room == "jt3r" else tmp_path / "jt3r" / room
        shutil.copytree(ROOT / room, inside, ignore=shutil.ignore_patterns("__pycache__"))
    page = blocks(ROOT / "CONTRIBUTING.md")
    for block in page:
        if block.mark in ("file", "append"):
            assert block.text.count("\n") < 55
            room, _, rest = block.note.partition("/")
            outside = tmp_path / block.note if not rest else tmp_path / "jt3r" / room / rest
            target = tmp_path / "jt3r" / rest if room == "jt3r" else outside
            assert target.exists() == (block.mark == "append")
            target.parent.mkdir(exist_ok=True)
            with target.open("a", encoding="utf-8") as file:
                file.write("\n" + block.text if block.mark == "append" else block.text)
    run = []
    for block in page:
        if not block.mark and block.language == "python":
            run.append(block.text)
        elif not block.mark and block.language == "bash":
            run += [
                f"import sys; from jt3r.scans.cli.main import main; sys.argv = {['jt3r', *a]}; main()" for a in commands(block)
            ]
    assert len(run) == 7
    for code in run:
        check = f"import jt3r; assert jt3r.__file__.startswith({str(tmp_path)!r}), jt3r.__file__\n{code}"
        environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
        done = subprocess.run([sys.executable, "-c", check], cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{code}\n{done.stdout}{done.stderr}"
