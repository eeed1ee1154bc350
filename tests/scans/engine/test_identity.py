"""A tile belongs to one scan, one number and one program: whatever lies in its place is refused, or computed again."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

import jt3r
from jt3r.scans import BadInput, run
from jt3r.scans.engine.checkpoint import checkpoint_folder, manifest_file, tile_file
from jt3r.scans.engine.run import run_shard
from jt3r.scans.engine.status import verify
from tests.scans.processes import flip
from tests.scans.processes import jt3r as command

AXES = {"m_aprime": {"min": 0.01, "max": 0.2, "n": 65}, "v": {"min": 5.0, "max": 15.0, "n": 1026}}
CELLS = {"kind": "grid", "observables": ["g_t3r"], "refine": {"levels": 1, "where": "g_t3r", "contours": [0.005]}, "axes": AXES}
"""Tiles of rows: dozens, small, computed in a second."""


def _others() -> dict[str, dict]:
    shifted = {**AXES, "v": {"min": 6.0, "max": 15.0, "n": 1026}}
    return {
        "other fixed value": {**CELLS, "fixed": {"lambda_l": 0.5}},
        "other axes": {**CELLS, "axes": shifted},
        "other observable": {**CELLS, "observables": ["ctau_aprime"]},
    }


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """A folder of all tiles, the file that belongs to it, and folders of other scans."""
    folder = tmp_path_factory.mktemp("identity")
    whole = run(CELLS, folder / "whole.h5")
    run_shard(CELLS, folder / "own.h5", shard=(1, 1))
    others = {name: run_shard(card, folder / f"{k}.h5", shard=(1, 40)) for k, (name, card) in enumerate(_others().items())}
    text = (
        "from jt3r.scans.engine.run import run_shard; import json, sys\n"
        "run_shard(json.loads(sys.argv[1]), sys.argv[2], shard=(1, 40))"
    )
    environment = {**os.environ, "JAX_ENABLE_X64": "0"}
    subprocess.run([sys.executable, "-c", text, json.dumps(CELLS), folder / "f4.h5"], env=environment, check=True)
    return folder, whole, {**others, "float32": checkpoint_folder(folder / "f4.h5")}


def _copy(started, tmp_path: Path) -> Path:
    out = tmp_path / "out.h5"
    shutil.copytree(checkpoint_folder(started[0] / "own.h5"), checkpoint_folder(out))
    return out


def _refused(out: Path, words: str) -> None:
    for attempt in (lambda: run(CELLS, out, resume=True), lambda: verify(out)):
        with pytest.raises(BadInput, match=words) as refused:
            attempt()
        assert "\n" not in str(refused.value)
        assert not out.exists()


def test_exchanged_tiles(started, tmp_path):
    out = _copy(started, tmp_path)
    first, second = (tile_file(checkpoint_folder(out), number) for number in (3, 5))
    aside = tmp_path / "aside"
    first.rename(aside), second.rename(first), aside.rename(second)
    _refused(out, "is tile 5 of this scan, not tile 3")
    first.unlink(), second.unlink()  # as the message says
    assert run(CELLS, out, resume=True).read_bytes() == started[1].read_bytes()


@pytest.mark.parametrize(
    ("name", "fact"), [(name, "card") for name in _others()] + [("float32", "dtype")], ids=lambda value: value.replace(" ", "-")
)
def test_a_tile_of_another_scan(name, fact, started, tmp_path):
    out = _copy(started, tmp_path)
    shutil.copy(tile_file(started[2][name], 0), tile_file(checkpoint_folder(out), 0))
    _refused(out, f"is a tile of another scan, which differs in .*{fact}")


def test_an_edited_manifest(started, tmp_path):
    out = _copy(started, tmp_path)
    file = manifest_file(checkpoint_folder(out))
    manifest = json.loads(file.read_text())
    manifest["card"] = manifest["card"].replace('"max": 15.0', '"max": 16.0')
    file.write_text(json.dumps(manifest))
    card = {**CELLS, "axes": {**AXES, "v": {**AXES["v"], "max": 16.0}}}
    with pytest.raises(BadInput, match="has changed since jt3r wrote it"):
        run(card, out, resume=True)
    from jt3r.scans.engine.identity import digest_of

    facts = {key: value for key, value in manifest.items() if key != "digest"}
    file.write_text(json.dumps({**facts, "digest": digest_of(facts)}))
    with pytest.raises(BadInput, match="which differs in card"):
        run(card, out, resume=True)


def test_one_line_of_source_changed_before_resume(started, tmp_path):
    """In a copy of the program, by its own process: the unfinished scan and the finished file are refused alike."""
    program = tmp_path / "program" / "jt3r"
    for package in (jt3r, jt3r.kernels, __import__("jt3r.scans").scans):
        place = program / package.__name__.removeprefix("jt3r").replace(".", "/").strip("/")
        shutil.copytree(package.__path__[0], place, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    card, out = tmp_path / "card.toml", tmp_path / "out.h5"
    card.write_text('kind = "grid"\nobservables = ["g_t3r"]\naxes.m_aprime = { min = 0.01, max = 0.2, n = 5 }\n')
    environment = {**os.environ, "PYTHONPATH": str(program.parent)}
    assert command("run", card, "-o", out, "--shard", "1/1", env=environment, cwd=tmp_path).returncode == 0
    done = command("run", card, "-o", tmp_path / "done.h5", env=environment, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    source = program / "gm2" / "band.py"
    source.write_text(source.read_text() + "# changed\n")
    for file in (out, tmp_path / "done.h5"):
        refused = command("run", card, "-o", file, "--resume", env=environment, cwd=tmp_path)
        assert (refused.returncode, refused.stderr.count("\n")) == (2, 1), refused.stderr
        assert "jt3r's own source has changed since" in refused.stderr


def test_the_finished_file_is_compared_too(started, tmp_path):
    out = tmp_path / "out.h5"
    shutil.copy(started[1], out)
    assert run(CELLS, out, resume=True) == out
    with pytest.raises(BadInput, match=r"exists already, and differs in card: fixed.lambda_l was None, is 0.5"):
        run(_others()["other fixed value"], out, resume=True)


def test_a_worker_that_lives_on_in_float64_is_no_help_to_a_float32_scan(started, tmp_path):
    """It compares every tile: its scan is remembered by card and precision."""
    from jt3r.scans.cards.load import load_card
    from jt3r.scans.engine.workers import tile_task

    folder = tmp_path / "f4.h5.parts"
    shutil.copytree(started[2]["float32"], folder)
    digest = json.loads(manifest_file(folder).read_text())["digest"]
    with pytest.raises(BadInput, match="differs in dtype: float32 then, float64 now"):
        tile_task(load_card(CELLS).model_dump_json(), str(folder), digest, 1)
    assert not tile_file(folder, 1).exists()


@pytest.mark.parametrize("state", ["missing", "damaged"])
def test_no_mark_of_a_finished_scan_is_believed(state, started, tmp_path):
    """Tiles are there, and the output is missing or damaged: it is made of them again."""
    out = _copy(started, tmp_path)
    (checkpoint_folder(out) / "assembled").touch()
    (checkpoint_folder(out) / "whole.h5").write_bytes(b"not whole")
    if state == "damaged":
        shutil.copy(started[1], out)
        with h5py.File(out, "r+") as file:
            values = file["g_t3r"][()]
            values.flat[7] += 1
            file["g_t3r"][...] = values
    assert run(CELLS, out, resume=True).read_bytes() == started[1].read_bytes()
    assert not checkpoint_folder(out).exists()


def test_a_damaged_tile_alone_is_computed_again(started, tmp_path):
    out = _copy(started, tmp_path)
    victim = tile_file(checkpoint_folder(out), 4)
    flip(victim, victim.stat().st_size // 2)
    seen = []
    run(CELLS, out, resume=True, progress=lambda finished, done, total, note: seen.append(total - done) or finished)
    assert seen == [1]
    assert out.read_bytes() == started[1].read_bytes()
    with h5py.File(out) as file:
        assert len(file.attrs["scan"]) == 64
        assert np.isfinite(file["g_t3r"][()]).all()


def test_an_observable_of_the_user_that_has_changed(tmp_path):
    """In two processes: the second one's function of the same name is another."""
    script = (
        "import sys, jt3r\nfrom jt3r.scans.engine.run import run, run_shard\nfrom jt3r.errors import BadInput\n"
        "@jt3r.observable(unit='1', latex='x', source='mine')\n"
        "def mine(point):\n    'Mine.'\n    return point.m_aprime * {factor}\n"
        "card = {{'kind': 'grid', 'observables': ['mine'], 'axes': {{'m_aprime': {{'values': [0.05, 0.1]}}}}}}\n"
        "try:\n    {call}\nexcept BadInput as error:\n    print(error)\n"
    )
    calls = ((2.0, "run_shard(card, 'out.h5', shard=(1, 1))"), (3.0, "run(card, 'out.h5', resume=True)"))
    for factor, call in calls:
        (tmp_path / "mine.py").write_text(script.format(factor=factor, call=call))
        done = subprocess.run([sys.executable, "mine.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "differs in additions: observable mine was" in done.stdout
    assert not (tmp_path / "out.h5").exists()
