"""The folder of finished tiles."""

import os
import shutil
from pathlib import Path

import pytest

from jt3r.scans import BadInput, run
from jt3r.scans.cards.load import load_card
from jt3r.scans.engine.checkpoint import check_own, checkpoint_folder, opened, remove, tile_file
from jt3r.scans.engine.identity import facts_of
from jt3r.scans.engine.prepare import prepare
from jt3r.scans.engine.run import run_shard
from jt3r.scans.engine.status import status
from tests.scans.conftest import MAP, TILED


def test_two_runs_on_one_output(tmp_path):
    out = tmp_path / "map.h5"
    with opened(checkpoint_folder(out), facts_of(prepare(load_card(MAP))), fresh=True):
        for options in ({"resume": True}, {"overwrite": True}, {}):
            with pytest.raises(BadInput, match="another jt3r is writing"):
                run(MAP, out, **options)
        with pytest.raises(BadInput, match="another jt3r is writing"):
            run_shard(MAP, out, shard=(1, 2))
        assert status(out).state == "running"
    assert status(out).state == "stopped"
    assert run(MAP, out, resume=True) == out


def test_times_of_files_mean_nothing(tmp_path, tiled):
    """The clock jumped: tiles from the future and from 1970 are as good as any."""
    out = tmp_path / "map.h5"
    run_shard(TILED, out, shard=(1, 2))
    for number, when in ((0, 0), (2, 4e9)):
        os.utime(tile_file(checkpoint_folder(out), number), (when, when))
    seen = []
    run(TILED, out, resume=True, progress=lambda finished, done, total, note: seen.append(done) or finished)
    assert seen == [6]
    assert out.read_bytes() == tiled


class Killed(Exception):
    """In place of a signal that no process survives."""


@pytest.mark.parametrize("order", [1, -1], ids=["as listed", "the other way"])
def test_killed_while_tiles_are_removed_the_rest_is_known_as_ours(order, tmp_path, monkeypatch):
    """Whatever order the file system lists the folder in, and after any number of files."""
    out = tmp_path / "map.h5"
    folder = run_shard(TILED, out, shard=(1, 4))
    listed, unlink, count = Path.iterdir, Path.unlink, len(list(folder.iterdir()))
    monkeypatch.setattr(Path, "iterdir", lambda path: iter(sorted(listed(path))[::order]))
    for left in range(1, count + 1):
        trial = Path(shutil.copytree(folder, tmp_path / f"{left}" / folder.name))
        calls = []

        def until_killed(path, missing_ok=False, calls=calls, left=left):
            calls.append(path)
            if len(calls) == left:
                raise Killed
            unlink(path, missing_ok)

        monkeypatch.setattr(Path, "unlink", until_killed)
        with pytest.raises(Killed):
            remove(trial)
        monkeypatch.setattr(Path, "unlink", unlink)
        check_own(trial)
        remove(trial)
        assert not trial.exists()
