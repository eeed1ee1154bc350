"""Damage that verification finds."""

import h5py
import pytest

from jt3r.scans import ScanFailed, run
from jt3r.scans.engine.checkpoint import checkpoint_folder, tile_file
from jt3r.scans.engine.run import run_shard
from jt3r.scans.engine.status import verify
from tests.scans.conftest import MAP
from tests.scans.processes import flip


def test_verify_finds_a_damaged_tile_and_a_damaged_file(tmp_path):
    out = tmp_path / "map.h5"
    run_shard(MAP, out, shard=(1, 1))
    assert verify(out).done == 1
    part = tile_file(checkpoint_folder(out), 0)
    flip(part, part.stat().st_size // 2)
    with pytest.raises(ScanFailed, match="tiles 0 are damaged"):
        verify(out)
    run(MAP, out, resume=True)
    assert verify(out).state == "finished"
    with h5py.File(out) as file:
        chunk = file["g_t3r"].id.get_chunk_info(0)
    flip(out, chunk.byte_offset + chunk.size // 2)
    with pytest.raises(ScanFailed, match="damaged"):
        verify(out)
