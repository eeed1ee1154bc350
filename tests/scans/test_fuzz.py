"""Hostile input: whatever a run card or a scan file holds, the answer is a result or one clear line, and it comes soon."""

import ast
import gc
import json
import re
import shutil
import subprocess
import sys
import time
import warnings
from contextlib import contextmanager
from pathlib import Path
from random import Random

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jt3r.scans import BadInput, run
from jt3r.scans.cards.base import Card
from jt3r.scans.cards.load import load_card, shipped_cards
from jt3r.scans.engine.prepare import check, prepare
from jt3r.scans.engine.run import default_output
from jt3r.scans.kinds.picture import plot_file
from jt3r.scans.store.info import describe
from jt3r.scans.store.integrity import add_integrity
from jt3r.scans.store.tile import read_tile, write_tile
from tests.scans.conftest import BAND, MAP
from tests.scans.processes import jt3r
from tests.test_architecture import MODULES, imports

SECONDS = 1.0
"""What a card or a file of a few KiB may take."""

CARDS = shipped_cards()
TEXTS = st.sampled_from(sorted(CARDS.values()))
TABLES = st.sampled_from([load_card(name).model_dump(mode="json") for name in sorted(CARDS)])
SCALARS = st.none() | st.booleans() | st.integers() | st.integers(-(10**400), 10**400) | st.floats() | st.text(max_size=8)
NAMES = st.sampled_from(["min", "max", "n", "spacing", "values", "kind", "axes", "refine", "m_phi", "v", "pull_gm2", "band"])
VALUES = st.recursive(
    SCALARS | NAMES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=4), inner, max_size=3)
)
PIECES = st.text(max_size=6) | st.sampled_from(
    [
        "[",
        "]",
        "{",
        "}",
        '"',
        "'''",
        "=",
        ".",
        "\n",
        "#",
        "\0",
        "nan",
        "inf",
        "-1e999",
        "9" * 500,
        "2147483647",
        "[[",
        "1979-05-27",
    ]
)
QUIET = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


@contextmanager
def _within(seconds):
    """CPU time of this thread alone, without the garbage that other tests of the process have left to be collected."""
    gc.disable()
    try:
        begin = time.thread_time()
        yield
        assert time.thread_time() - begin < seconds
    finally:
        gc.enable()


def _answers(card) -> None:
    """``load_card`` gives a card, or raises BadInput of one line, within a second; a mass that looks like MeV is warned of."""
    with _within(SECONDS), warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", RuntimeWarning)
        try:
            answer = load_card(card)
        except BadInput as refused:
            answer = str(refused)
        assert isinstance(answer, Card) or (len(answer.splitlines()) == 1 and answer.isprintable()), answer
    assert all(re.fullmatch(r"\w+ = \S+: masses are in \w+; did you mean \S+\?", str(each.message)) for each in told)


@QUIET
@given(TEXTS, st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 12), PIECES), min_size=1, max_size=4))
def test_mutated_texts_of_cards(tmp_path, text, edits):
    for at, length, piece in edits:
        text = text[: at % len(text or " ")] + piece + text[at % len(text or " ") + length :]
    path = tmp_path / "card.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    _answers(path)


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 100_000, "a." * 50_000 + "b = 1", "a = " + "{a=" * 20_000, "n = 1" + "0" * 10_000, "\xff", "kind = '\n'"],
)
def test_texts_that_are_hard_to_read(tmp_path, text):
    path = tmp_path / "card.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(BadInput) as refused:
        load_card(path)
    assert len(str(refused.value).splitlines()) == 1


@QUIET
@given(TABLES, st.lists(st.tuples(st.lists(st.integers(0, 20), min_size=1, max_size=4), NAMES | st.none(), VALUES), min_size=1))
@example(load_card("gm2_map").model_dump(mode="json"), [([0], "n\n\x1b", 1)])
@example({"kind": "grid", "observables": ["c_phi"], "axes": {"m_phi": {"min": 1, "max": 2, "n": 2**31 - 1}}}, [])
@example(load_card("decay_lengths").model_dump(mode="json"), [([1, 0], "m_phi", 6)])
def test_mutated_tables_of_cards(table, edits):
    table = json.loads(json.dumps(table))
    for path, name, value in edits:
        _change(table, path, name, value)
    _answers(table)


def _change(table: dict, path: list[int], name: str | None, value: object) -> None:
    """Follow ``path`` through the keys, then put ``value`` there, or beside it under ``name``."""
    for step in path[:-1]:
        inner = [item for item in table.values() if isinstance(item, dict) and item]
        if not inner:
            break
        table = inner[step % len(inner)]
    table[name if name is not None or not table else list(table)[path[-1] % len(table)]] = value


def test_a_card_names_no_file():
    """No key of a card takes a path: every text in it is one of a fixed list, and the output's name comes from outside."""
    for name in CARDS:
        card = load_card(name).model_dump(mode="json")
        for key, value in _leaves(card):
            if isinstance(value, str):
                changed = json.loads(json.dumps(card))
                _put(changed, key, "/tmp/x.h5")
                with pytest.raises(BadInput):
                    load_card(changed)
    assert default_output({"kind": "band", "output": "/tmp/x.h5"}) == Path("scan.h5")
    assert default_output("cards/../../gm2_band.toml") == Path("gm2_band.h5")
    for key in ("output", "path", "file", "picture"):
        with pytest.raises(BadInput, match=r"/tmp/x\.h5"):
            load_card({**BAND, key: "/tmp/x.h5"})


def _leaves(table, path=()):
    items = table.items() if isinstance(table, dict) else enumerate(table) if isinstance(table, list) else ()
    for key, value in items:
        yield (*path, key), value
        yield from _leaves(value, (*path, key))


def _put(table, path, value):
    for key in path[:-1]:
        table = table[key]
    table[path[-1]] = value


SMALL = {**MAP, "axes": {"m_aprime": {"min": 0.01, "max": 0.2, "n": 5}, "m_phi": {"min": 0.06, "max": 0.11, "n": 6}}}
FILES = {
    "band": {**BAND, "axes": {"m_aprime": {"min": 0.01, "max": 0.2, "n": 5}}},
    "map": SMALL,
    "summary": {**SMALL, "observables": ["pull_gm2"], "output": "summary"},
    "table": {"kind": "table", "number": "II"},
    "cells": {**SMALL, "refine": {"levels": 1, "where": "pull_gm2"}},
}


@pytest.fixture(scope="module")
def scan_files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    return {name: run(card, folder / f"{name}.h5") for name, card in FILES.items()}


@pytest.fixture(scope="module")
def part(tmp_path_factory):
    scan = prepare(load_card(SMALL))
    path = tmp_path_factory.mktemp("part") / "part.h5"
    write_tile(path, scan.tile_layout, scan.compute(scan.tiles[0]), {"number": 0, "facts": {}})
    return path


def _mutant(content: bytes, random: Random) -> bytes:
    """Bits flipped, bytes zeroed, filled or copied from elsewhere, the end cut off: one to four of them."""
    data = bytearray(content)
    for _ in range(random.choice([1, 1, 1, 2, 4])):
        at, length = random.randrange(len(data)), random.choice([1, 2, 4, 8, 64, 512])
        size = len(data[at : at + length])
        match random.choice(["flip", "byte", "zero", "ones", "splice", "cut"]):
            case "flip":
                data[at] ^= 1 << random.randrange(8)
            case "byte":
                data[at] = random.randrange(256)
            case "zero":
                data[at : at + size] = bytes(size)
            case "ones":
                data[at : at + size] = b"\xff" * size
            case "splice":
                other = random.randrange(len(data))
                data[at : at + size] = data[other : other + size]
            case "cut":
                data = data[: max(1, at)] if random.random() < 0.2 else data
    return bytes(data)


READER = """
import io, resource, sys, time, traceback
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[2]), int(sys.argv[2])))
from contextlib import redirect_stdout
from pathlib import Path
from jt3r.scans.cards.load import load_card
from jt3r.scans.engine.prepare import prepare
from jt3r.errors import BadInput
from jt3r.scans.store.tile import read_tile
from jt3r.scans.store.info import describe
from jt3r.scans.kinds.picture import plot_file
from jt3r.scans.cli.info import print_report

def answer(read):
    try:
        with redirect_stdout(io.StringIO()):
            read()
    except BadInput as refused:
        return "one line" if len(str(refused).splitlines()) == 1 else f"many lines: {refused!r}"
    except BaseException:
        return repr(traceback.format_exc())
    return "read"

parts = prepare(load_card(__import__("json").loads(sys.argv[1]))).tile_layout
for line in sys.stdin:
    kind, path, picture = line.split()
    reads = [lambda: describe(path), lambda: print_report(Path(path))]
    reads += [lambda: plot_file(path, picture)] * (picture != "-")
    begin = time.process_time()
    answers = [answer(read) for read in ([lambda: read_tile(Path(path), parts)] if kind == "part" else reads)]
    print(time.process_time() - begin, "; ".join(answers), flush=True)
"""


def _answers_of_a_child(tasks: list[tuple[str, Path, str]]) -> list[tuple[float, str]]:
    """CPU seconds and answer of a process that reads these files one after another. It must outlive them all.

    The kernel ends one that computes without end, and ten minutes end one that waits.
    """
    lines = "".join(f"{kind} {path} {picture}\n" for kind, path, picture in tasks)
    command = [sys.executable, "-c", READER, json.dumps(SMALL), "300"]
    child = subprocess.run(command, input=lines, capture_output=True, text=True, check=False, timeout=600)
    answers = [line.split(" ", 1) for line in child.stdout.splitlines()]
    assert child.returncode == 0, f"ended on {tasks[len(answers)][:2]}: {child.stderr[-2000:]}"
    return [(float(seconds), answer) for seconds, answer in answers]


def test_mutated_bytes_of_files_and_parts(scan_files, part, tmp_path):
    """Four hundred mutants of five kinds of files and of a part; every fortieth is drawn as well.

    Each may take a second of CPU, which counts on a busy machine too, and five where it is drawn. The files as they are come
    first: the first reading of a kind imports what it needs.
    """
    random, same = Random(7), []
    files = {**scan_files, "part": part}
    tasks = [(kind, path, f"{tmp_path}/{kind}.png") for kind, path in files.items()]
    whole = len(tasks)
    for number in range(400):
        kind = random.choice(list(files))
        content = files[kind].read_bytes()
        mutant = _mutant(content, random)
        path = tmp_path / f"{number}.h5"
        path.write_bytes(mutant)
        same.append(mutant == content)
        tasks.append((kind, path, f"{tmp_path}/{number}.png" if number % 40 == 0 else "-"))
    answers = _answers_of_a_child(tasks)
    assert len(answers) == len(tasks)
    assert all(answer.startswith("read") for _, answer in answers[:whole])
    told = {word for _, answer in answers for word in answer.split("; ")}
    assert told <= {"read", "one line"}, told
    for (kind, path, picture), (seconds, answer), unchanged in zip(tasks[whole:], answers[whole:], same, strict=True):
        assert seconds < SECONDS * (1 if picture == "-" else 5), (path, seconds)
        if kind != "part" and not unchanged and answer.startswith("read"):
            with h5py.File(path, locking=False) as file, h5py.File(files[kind]) as original:
                assert all(np.array_equal(file[name][()], item[()]) for name, item in original.items()), path


def test_a_mutated_part_is_no_part(part, tmp_path):
    layout, random = prepare(load_card(SMALL)).tile_layout, Random(8)
    content = part.read_bytes()
    mutants = {_mutant(content, random) for _ in range(100)} - {content}
    for mutant in mutants:
        (tmp_path / "part.h5").write_bytes(mutant)
        assert read_tile(tmp_path / "part.h5", layout) is None


def _attribute(name, value):
    return lambda file: file.attrs.__setitem__(name, value)


def _replace(name, **how):
    def change(file):
        del file[name]
        file.create_dataset(name, **how)

    return change


def _link(file):
    del file["m_phi"]
    file["m_phi"] = h5py.ExternalLink("/etc/passwd", "/m_phi")


def _no_scales(file):
    for item in file.values():
        for key in list(item.attrs):
            del item.attrs[key]


def _foreign_bytes(file):
    del file["m_phi"]
    file.create_dataset("m_phi", (6,), "f8", external=[("/etc/passwd", 0, 48)])


FORGERIES = {
    "no card": lambda file: file.attrs.__delitem__("card"),
    "card is a number": _attribute("card", 1.0),
    "card is no JSON": _attribute("card", "{\n"),
    "card is nested": _attribute("card", "[" * 100_000),
    "card is a list": _attribute("card", "[1]"),
    "card without axes": _attribute("card", '{"kind": "grid"}'),
    "card of another kind": _attribute("card", '{"kind": "limits", "axes": {}}'),
    "unknown kind": _attribute("card", '{"kind": "\\u001b[2J"}'),
    "dataset is a list": _attribute("dataset", "[]"),
    "schema is a text": _attribute("schema", "1"),
    "schema is NaN": _attribute("schema", np.nan),
    "schema is an array": _attribute("schema", np.arange(3)),
    "no schema": lambda file: file.attrs.__delitem__("schema"),
    "no array": lambda file: file.__delitem__("pull_gm2"),
    "no axis": lambda file: file.__delitem__("m_phi"),
    "a group": lambda file: (file.__delitem__("pull_gm2"), file.create_group("pull_gm2")),
    "absurd shape": _replace("pull_gm2", shape=(2**40, 2**20), dtype="f8", chunks=(256, 256), fletcher32=True),
    "absurd chunks": _replace("pull_gm2", shape=(2**16, 2**16), dtype="f8", chunks=(2**14, 2**14), compression="gzip"),
    "not chunked": _replace("pull_gm2", shape=(2**40,), dtype="f8"),
    "another shape": _replace("pull_gm2", data=np.ones(3)),
    "a scalar": _replace("pull_gm2", data=1.0),
    "texts": _replace("pull_gm2", data=["a", "b"]),
    "opaque": _replace("pull_gm2", data=np.array([b"x"], "V4")),
    "compound": _replace("pull_gm2", data=np.zeros(2, [("a", "f8")])),
    "references": _replace("pull_gm2", shape=(2,), dtype=h5py.ref_dtype),
    "complex": _replace("pull_gm2", data=np.ones((5, 6), complex)),
    "another filter": _replace("pull_gm2", data=np.ones((5, 6)), compression="lzf"),
    "no scales": _no_scales,
    "no data": lambda file: file.attrs.__delitem__("data"),
    "an attribute is a reference": lambda file: file.attrs.__setitem__("mine", file["m_phi"].ref),
    "an attribute is bytes": _attribute("mine", np.void(b"\x00\x01")),
    "a link": _link,
    "bytes of another file": _foreign_bytes,
}


DIGITS, DEEP = "1" * 5000, "[" * 3000


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("check", "gm2_band", "--set", f"fixed.v={DIGITS}"), 2, "--set fixed.v=1"),
        (("check", "gm2_band", "--set", f"fixed.v={DEEP}"), 2, "--set fixed.v=["),
        (("check", "gm2_band", "--set", "a." * 3000 + "b=1"), 2, "a key of more than 16 parts"),
        (("check", "gm2_band", "--set", "axes.m_aprime.n=true"), 2, "axes.m_aprime.n = True"),
        (("check", "gm2_band", "--set", 'axes.m_aprime.n="10"'), 2, "axes.m_aprime.n = '10'"),
        (("check", "gm2_band", "--set", "fixed.v=true"), 2, "fixed.v = True"),
        (("check", "gm2_band", "--set", 'fixed.v="10"'), 2, "is a text"),
        (("run", "gm2_band", "--shard", f"{DIGITS}/{DIGITS}"), 2, "must be I/N"),
        (("run", "gm2_band", "--shard", "\N{FULLWIDTH DIGIT ONE}/2"), 2, "must be I/N"),
        (("status", "/"), 2, "is a folder"),
        (
            ("check", "benchmarks", "--set", 'terms=["R_Kst_low"]', "--set", "dataset=current"),
            2,
            "has no measurement in",
        ),
    ],
    ids=lambda value: "-".join(value)[:40] if isinstance(value, tuple) else None,
)
def test_hostile_arguments_are_one_line(arguments, code, words, tmp_path):
    done = jt3r(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stderr.count("\n"), done.stdout) == (code, 1, ""), done.stderr
    assert words in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_full_stdout_and_a_closed_one():
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-c", "from jt3r.scans.cli.main import main; main()", "cards"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "jt3r: cannot write the output: No space left on device\n")


def test_encodings_of_cards(tmp_path):
    text = 'kind = "band"\naxes.m_aprime = { values = [0.1] }\n'
    card = tmp_path / "card.toml"
    card.write_bytes(text.encode("utf-8-sig"))
    assert load_card(card) == load_card({"kind": "band", "axes": {"m_aprime": {"values": [0.1]}}})
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        card.write_bytes(text.encode(encoding))
        with pytest.raises(BadInput, match="UTF-16; save it as UTF-8"):
            load_card(card)


def test_a_manifest_that_is_hard_to_read(tmp_path):
    folder = tmp_path / "out.h5.parts"
    folder.mkdir()
    for text in (DEEP * 10, f'{{"card": {DIGITS}}}', '{"card": "[1]"}', "[]", "\xff"):
        (folder / "manifest.json").write_bytes(text.encode("latin-1"))
        for command in (("status",), ("verify",), ("merge",), ("run", "gm2_band", "--resume", "-o")):
            done = jt3r(*command, tmp_path / "out.h5")
            assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr


def test_the_longest_axis_costs_nothing_to_check():
    axes = {"m_aprime": {"min": 0.01, "max": 0.2, "n": 2**31 - 1}, "m_phi": {"values": [0.08]}}
    with _within(5 * SECONDS):  # tracing takes one
        assert check(load_card({"kind": "grid", "observables": ["g_t3r"], "axes": axes}))["points"] == 2**31 - 1


def test_names_and_labels_are_shown_as_they_are(scan_files, tmp_path):
    path = Path(shutil.copy(scan_files["map"], tmp_path / "[red]x[dim].h5"))
    with h5py.File(path, "r+") as file:
        file["pull_gm2"].attrs["long_name"] = "[bold]\x1b[2J"
    done = jt3r("info", path)
    assert done.returncode == 0
    assert "attributes have changed" in done.stderr
    assert "[bold]" in done.stdout
    assert "[red]x[dim]" in done.stdout.replace("\n", "")
    assert "\x1b" not in done.stdout


READABLE = {"no axis"}
"""What is left without the second axis is a set of curves."""


@pytest.mark.parametrize("forgery", FORGERIES)
def test_forged_files(forgery, scan_files, tmp_path):
    """Whole HDF5 files with a right seal that jt3r did not write."""
    path = Path(shutil.copy(scan_files["map"], tmp_path / "forged.h5"))
    with h5py.File(path, "r+") as file:
        FORGERIES[forgery](file)
    add_integrity(path)
    refusals = []
    with _within(5 * SECONDS):  # a picture takes one
        for read in (lambda: describe(path), lambda: plot_file(path, tmp_path / "picture.png")):
            try:
                read()
            except BadInput as refused:
                refusals.append(str(refused))
    assert refusals or forgery in READABLE
    assert all(len(text.splitlines()) == 1 and str(path) in text and len(text) < 400 for text in refusals), refusals


def test_nothing_is_unpickled(scan_files):
    """But for compiled programs, in a folder that this user alone can write (JAX has no other form of them)."""
    for path in MODULES:
        allowed = {"pickle"} if path.parts[-2:] == ("programs", "cache.py") else set()
        assert not ({name.split(".")[0] for name in imports(path)} - allowed) & {
            "pickle",
            "dill",
            "cloudpickle",
            "shelve",
            "marshal",
            "joblib",
        }
        called = {
            node.func.id
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert not called & {"eval", "exec", "__import__"}
        assert "allow_pickle=True" not in path.read_text()
    for path in scan_files.values():
        with h5py.File(path) as file:
            assert {item.dtype.kind for item in file.values()} <= set("biufSO")
            assert all(h5py.check_string_dtype(item.dtype) for item in file.values() if item.dtype.kind in "SO")
