"""The folder of finished tiles."""

import os

import pytest

from jt3r.scans import BadInput, run
from jt3r.scans.cards.load import load_card
from jt3r.scans.engine.checkpoint import checkpoint_folder, opened, tile_file
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
