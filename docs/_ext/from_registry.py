"""Reference pages made from the program: what stands below a line `<!-- generated: NAME -->` is the text of GENERATED[NAME].

Each maker returns Markdown, so its headings appear in the page's table of contents. `python docs/_ext/from_registry.py`
writes the texts into the pages of the repository, up to a line `<!-- end: NAME -->`, so that they are read without a build;
those of BUILT are long or pictures, and are filled in by Sphinx.
"""

import ast
import csv
import inspect
import io
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jt3r
from jt3r.constants import CONSTANTS
from jt3r.data.load import read_toml
from jt3r.experiments import load as experiments
from jt3r.flavour.measurements import measurements
from jt3r.measurements import DATASETS
from jt3r.point import PARAMETERS
from jt3r.scans.cards.base import Card
from jt3r.scans.cards.space import SpaceCard
from jt3r.scans.cards.text import shipped_cards
from jt3r.scans.kinds.registry import kinds

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ROOT = Path(__file__).parents[2]
SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$^])")
"""What Markdown would take for markup."""
MARK = re.compile(r"^<!-- generated: (\w+) -->$", re.MULTILINE)


def plain(text: Any) -> str:
    """Text that Markdown leaves as it is, also inside a table."""
    return SPECIAL.sub(r"\\\1", " ".join(str(text).split()))


def table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [headings, ("---",) * len(headings), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _unit(unit: str) -> str:
    return plain(unit) if unit != "1" else "-"


def observables() -> str:
    """Every observable by the module that defines it."""
    modules: dict[str, list[Any]] = {}
    for entry in jt3r.observables.values():
        modules.setdefault(entry.function.__module__, []).append(entry)
    text = []
    for module, entries in modules.items():
        text.append(f"## {plain(module)}\n")
        for entry in entries:
            reads = ", ".join(f"`{name}`" for name in entry.reads)
            unit = f", in {plain(entry.unit)}" if entry.unit != "1" else ""
            slow = " Takes seconds before its first value: `jt3r point` gives it only on request." if entry.slow else ""
            data = "".join(f" Data: {plain(', '.join(entry.data))}." for _ in entry.data[:1])
            text.append(f"### `{entry.name}`\n\n${entry.latex}${unit}. {plain(entry.doc)}\n")
            text.append(f"Reads {reads}. Source: {plain(entry.source)}.{data}{slow}\n")
    return "\n".join(text)


def parameters() -> str:
    rows = []
    for name, entry in PARAMETERS.items():
        default = "must be given" if entry.default is None else f"{entry.default:g}"
        rows.append((f"`{name}`", f"${entry.latex}$", _unit(entry.unit), default, plain(entry.doc)))
    return table(("parameter", "symbol", "unit", "default", "meaning"), rows)


def constants() -> str:
    return _quantities(CONSTANTS)


def data_sets() -> str:
    text = []
    for name, quantities in DATASETS.items():
        text += [f"### `{name}`\n", _quantities(quantities)]
        rows = [
            (f"`{key}`", f"{m.value:.6g}", *(f"+{up:.3g} −{down:.3g}" for up, down in (m.stat, m.syst)), plain(m.source))
            for key, m in measurements(name).items()
        ]
        text.append(table(("measurement", "value", "statistical", "systematic", "source"), rows))
    return "\n".join(text)


def _quantities(quantities: dict[str, Any]) -> str:
    rows = [
        (f"`{key}`", f"${q.latex}$", f"{q.value:.12g}", f"{q.error:.3g}", _unit(q.unit), plain(q.source))
        for key, q in quantities.items()
    ]
    return table(("name", "symbol", "value", "error", "unit", "source"), rows)


def searches() -> str:
    """Every number of every search, as it stands in experiments.toml."""
    text = []
    for entries in read_toml("experiments.toml").values():
        for name, numbers in entries.items():
            text.append(f"### {plain(numbers['label'])}\n")
            text.append(f"`{name}`: {plain(experiments.get(name).status)}.\n")
            quantities = {key: entry for key, entry in numbers.items() if isinstance(entry, dict)}
            for key in [key for key, entry in quantities.items() if "value" not in entry]:
                quantities |= {f"{key}: {inner}": entry for inner, entry in quantities.pop(key).items()}
            rows = [
                (key.replace("_", " "), f"{entry['value']:g}", _unit(entry["unit"]), plain(entry["source"]))
                for key, entry in quantities.items()
            ]
            text.append(table(("number", "value", "unit", "source"), rows))
    return "\n".join(text)


def _kernel_name(path: Path) -> str:
    return ".".join(["jt3r.kernels", *path.relative_to(ROOT / "kernels").with_suffix("").parts])


def kernels() -> str:
    """Every public function of jt3r.kernels with its docstring."""
    text = []
    for path in sorted((ROOT / "kernels").rglob("[a-z]*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        text.append(f"## {plain(_kernel_name(path))}\n\n{_docstring(ast.get_docstring(tree))}\n")
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                arguments = f"({ast.unparse(_names_only(node.args))})" if isinstance(node, ast.FunctionDef) else ""
                text.append(f"### `{node.name}`\n\n`{node.name}{arguments}`\n\n{_docstring(ast.get_docstring(node))}\n")
    return "\n".join(text)


def _names_only(arguments: ast.arguments) -> ast.arguments:
    for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
        argument.annotation = None
    return arguments


def _docstring(text: str | None) -> str:
    """Paragraphs as text, indented blocks (formulas) as they stand."""
    return "\n\n".join(_paragraph(block) for block in re.split(r"\n\s*\n", text or ""))


def _paragraph(block: str) -> str:
    if block.startswith(".. math::"):
        return f"$${' '.join(block.removeprefix('.. math::').split())}$$"
    if block.startswith("    "):
        return f"```text\n{block}\n```"
    if block.startswith("- "):
        return "\n".join(f"- {_paragraph(item)}" for item in block.removeprefix("- ").split("\n- "))
    return re.sub(r":math:`([^`]*)`|``([^`]*)``|`([^`]*)`|([^`:]+|[:`])", _inline, " ".join(block.split()))


def _inline(match: re.Match[str]) -> str:
    formula, *codes, text = match.groups()
    if formula:
        return f"${formula}$"
    if code := codes[0] or codes[1]:
        return f"`{code}`"
    return SPECIAL.sub(r"\\\1", text or "")


def cards() -> str:
    return "\n".join(f"## {plain(name)}\n\n```toml\n{text}```\n" for name, text in shipped_cards().items())


def keys() -> str:
    """What each kind of card takes beside what all take; the docstring of its class says what the keys mean."""
    text = [f"## A likelihood\n\n{_card(SpaceCard, set(Card.model_fields))}"]
    for name, kind in kinds().items():
        card = kind.part("card")
        shared = SpaceCard if issubclass(card, SpaceCard) else Card
        more = "The keys of a [likelihood](#a-likelihood), and:\n\n" if shared is SpaceCard else ""
        text.append(f'## `kind = "{name}"`\n\n{_card(card, set(shared.model_fields), more)}')
    return "\n".join(text)


def _card(card: type[Card], but: set[str], more: str = "") -> str:
    schema = card.model_json_schema()
    rows = [row for key, entry in schema["properties"].items() if key not in but for row in _key(key, entry, schema)]
    return f"{_docstring(inspect.getdoc(card))}\n\n{more}{table(('key', 'what', 'default'), rows)}"


TABLES = {"Range": "`min`, `max`, `n`, `spacing`", "Values": "`values`", "Interval": "`min`, `max`, `spacing`"}
NUMBERS = {"number": "number", "integer": "whole number"}
SEVERAL = {"number": "numbers", "text": "names"}


def _key(key: str, entry: dict[str, Any], schema: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The row of a key, or those of the keys of its table."""
    if len(forms := [form for form in entry.get("anyOf", ()) if form.get("type") != "null"]) == 1:
        entry = {**entry, **forms[0]}
        del entry["anyOf"]
    form = entry.get("$ref", "").rpartition("/")[2]
    if form and form not in TABLES:
        inner = schema["$defs"][form]["properties"]
        return [row for below, found in inner.items() for row in _key(f"{key}.{below}", found, schema)]
    default = entry.get("default")
    said = "must be given" if key in schema["required"] else "" if default is None else f"`{json.dumps(default)}`"
    return [(f"`{key}`", _what(entry), said)]


def _what(entry: dict[str, Any]) -> str:
    if "$ref" in entry:
        return f"table of {TABLES[entry['$ref'].rpartition('/')[2]]}"
    if forms := entry.get("anyOf") or entry.get("oneOf"):
        return ", or ".join(map(_what, forms))
    if "enum" in entry:
        return ", ".join(f"`{value}`" for value in entry["enum"])
    match entry["type"]:
        case "array" if "prefixItems" in entry:
            return "two numbers"
        case "array":
            each = _what(entry["items"])
            return f"list of {SEVERAL[each]}" if each in SEVERAL else f"list, each {each}"
        case "object":
            each = _what(entry["additionalProperties"])
            return f"table by names, each {'a ' if each[0] in 'tn' else ''}{each}"
        case "boolean":
            return "`true`, `false`"
        case "number" | "integer" as kind:
            low, high = entry.get("minimum", entry.get("exclusiveMinimum")), entry.get("maximum", entry.get("exclusiveMaximum"))
            span = f", {low:,} to {high:,}" if high is not None else f" from {low:,}" if low is not None else ""
            return f"{NUMBERS[kind]}{span}"
        case _:
            return "text"


def commands() -> str:
    """The help of every command, as the terminal shows it."""
    import typer

    from jt3r.scans.cli.main import app

    group = typer.main.get_command(app)
    text = []
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        rows = []
        for parameter in command.params:
            record = parameter.opts + parameter.secondary_opts
            rows.append((" ".join(f"`{option}`" for option in record), plain(getattr(parameter, "help", "") or "")))
        text.append(f"## `jt3r {name}`\n\n{plain(command.help)}\n\n{table(('argument or option', 'meaning'), rows)}")
    return "\n".join(text)


def speed() -> str:
    """The ratios of docs/speed.csv as a table and as a picture."""
    with (ROOT / "docs" / "speed.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [(row["task"], row["jt3r"], row["against"], f"{float(row['ratio']):,g}") for row in rows]
    picture = f"```{{raw}} html\n<figure>{_bars(rows)}</figure>\n```\n"
    return table(("task", "jt3r", "against", "times as fast"), lines) + "\n" + picture


def _bars(rows: list[dict[str, str]]) -> str:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 0.3 * len(rows)), layout="constrained")
    axes = figure.subplots()
    ratios = [float(row["ratio"]) for row in rows]
    axes.barh([f"{row['task']}\nagainst {row['against']}" for row in rows], [r - 1 for r in ratios], left=1, color="C0")
    axes.axvline(1, color="black", lw=0.8)
    axes.set(xscale="log", xlabel="time of the other / time of jt3r", xlim=(min(ratios) / 2, None))
    axes.tick_params(axis="y", labelsize=6)
    axes.invert_yaxis()
    image = io.StringIO()
    figure.savefig(image, format="svg", metadata={"Date": None})
    return re.sub(r'width="[\d.]+pt" height="[\d.]+pt"', 'width="100%"', image.getvalue()[image.getvalue().index("<svg") :])


GENERATED: dict[str, Callable[[], str]] = {
    maker.__name__: maker
    for maker in (observables, parameters, constants, data_sets, searches, kernels, cards, keys, commands, speed)
}


BUILT = ("speed", "kernels")
RENDERED = re.compile(r"^<!-- generated: (\w+) -->\n(?:\n.*?^<!-- end: \1 -->\n)?", re.MULTILINE | re.DOTALL)


def rendered(page: str) -> str:
    """The text of a page with what the program says now below its marks."""

    def fill(mark: re.Match[str]) -> str:
        name = mark[1]
        return (
            mark[0] if name in BUILT else f"<!-- generated: {name} -->\n\n{GENERATED[name]().strip()}\n\n<!-- end: {name} -->\n"
        )

    return RENDERED.sub(fill, page)


def pages() -> list[Path]:
    """The pages that have a mark."""
    return [page for page in sorted((ROOT / "docs").rglob("*.md")) if MARK.search(page.read_text(encoding="utf-8"))]


def _fill(app: "Sphinx", name: str, source: list[str]) -> None:
    source[0] = MARK.sub(lambda mark: GENERATED[mark[1]]() if mark[1] in BUILT else mark[0], source[0])


def setup(app: "Sphinx") -> dict[str, Any]:
    app.connect("source-read", _fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


if __name__ == "__main__":
    for path in pages():
        path.write_text(rendered(path.read_text(encoding="utf-8")), encoding="utf-8")
