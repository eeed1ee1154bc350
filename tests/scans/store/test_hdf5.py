import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import h5py
import numpy as np
import pytest
import xarray

from jt3r import observables
from jt3r.scans import BadInput, run
from jt3r.scans.cards.load import load_card
from jt3r.scans.engine.checkpoint import checkpoint_folder, tile_file
from jt3r.scans.engine.run import run_shard
from jt3r.scans.store.format import SCHEMA
from jt3r.scans.store.hdf5 import open_scan
from jt3r.scans.store.info import describe
from jt3r.scans.store.integrity import add_integrity
from jt3r.scans.store.tile import read_mark
from tests.scans.conftest import BAND, MAP, SUMMARY, TILED
from tests.scans.processes import flip, without_waiting


def test_xarray_reads_a_map_as_labelled_arrays(map_file, map_values):
    m_aprime, _, point = map_values
    with xarray.open_dataset(map_file, engine="h5netcdf") as data:
        assert data["pull_gm2"].dims == ("m_aprime", "m_phi")
        assert set(data.coords) == {"m_aprime", "m_phi"}
        np.testing.assert_array_equal(data["m_aprime"], m_aprime)
        assert data["m_aprime"].attrs["units"] == "GeV"
        assert data["delta_a_mu"].attrs["units"] == "1"
        for name in ("delta_a_mu", "pull_gm2", "g_t3r"):
            assert data[name].attrs["latex"] == observables[name].latex
            assert data[name].attrs["source"] == observables[name].source
        nearest = data["pull_gm2"].sel(m_aprime=0.11, m_phi=0.0792, method="nearest")
        i, j = (int(np.argmin(np.abs(data[d].values - x))) for d, x in (("m_aprime", 0.11), ("m_phi", 0.0792)))
        assert float(nearest) == pytest.approx(float(observables["pull_gm2"](point)[i, j]), rel=1e-10)


def test_xarray_reads_a_band_and_a_summary(band_file, summary_file):
    with xarray.open_dataset(band_file, engine="h5netcdf") as data:
        assert data["m_phi"].dims == data["found"].dims == ("pull", "m_aprime")
        assert data["found"].dtype == bool
        assert data["m_phi"].attrs["units"] == "GeV"
    with xarray.open_dataset(summary_file, engine="h5netcdf") as data:
        assert int(data["counts"].sel(level=3.0)) == data["counts"].values[2]
        assert data["histogram"].dims == ("bin",)


@pytest.mark.parametrize("fixture", ["map_file", "band_file", "summary_file"])
def test_the_card_in_the_file_makes_the_file_again(fixture, request, tmp_path):
    path = request.getfixturevalue(fixture)
    with open_scan(path) as file:
        card = json.loads(file.attrs["card"])
        assert load_card(card).model_dump(mode="json") == card
    assert run(card, tmp_path / "again.h5").read_bytes() == path.read_bytes()


def test_provenance(map_file):
    facts = describe(map_file)
    assert facts["dataset"]["paper2021"]["delta_a_mu"]["value"] == 2.52e-9
    assert facts["constants"]["m_mu"]["value"] == 0.1056583755
    assert set(facts["versions"]) >= {"jt3r", "python", "jax", "jaxlib", "numpy", "h5py"}
    assert (facts["dtype"], facts["schema"]) == ("float64", SCHEMA)
    assert facts["device"]
    with h5py.File(map_file) as file:
        assert all(item.fletcher32 for item in file.values())
        assert file["pull_gm2"].compression == "gzip"
        assert file["pull_gm2"].shuffle


def _copy(path: Path, folder: Path) -> Path:
    return Path(shutil.copy(path, folder / "copy.h5"))


def _refused(path: Path) -> str:
    with pytest.raises(BadInput) as refused:
        describe(path)
    message = str(refused.value)
    assert str(path) in message
    assert "\n" not in message
    return message


@pytest.mark.parametrize("keep", [0.99, 0.5, 100])
def test_a_truncated_file(map_file, tmp_path, keep):
    path = _copy(map_file, tmp_path)
    os.truncate(path, int(keep if keep >= 1 else keep * path.stat().st_size))
    assert "cut short or damaged" in _refused(path)


def test_foreign_files(tmp_path):
    empty, text, other = (tmp_path / name for name in ("empty.h5", "text.h5", "other.h5"))
    empty.touch()
    text.write_text("m_phi, pull\n")
    with h5py.File(other, "w") as file:
        file["m_phi"] = [1.0]
    assert "no HDF5 file" in _refused(empty)
    assert "no HDF5 file" in _refused(text)
    assert "not one that jt3r wrote" in _refused(other)
    assert "no such file" in _refused(tmp_path / "none.h5")
    assert "is a folder" in _refused(tmp_path)


def test_a_newer_schema(map_file, tmp_path):
    path = _copy(map_file, tmp_path)
    with h5py.File(path, "r+") as file:
        file.attrs["schema"] = SCHEMA + 1
    add_integrity(path)
    message = _refused(path)
    assert f"schema {SCHEMA + 1}" in message
    assert "update jt3r" in message


def test_a_flipped_byte_in_a_finished_file(map_file, tmp_path):
    path = _copy(map_file, tmp_path)
    with h5py.File(path) as file:
        chunk = file["pull_gm2"].id.get_chunk_info(0)
    flip(path, chunk.byte_offset + chunk.size // 2)
    assert "is damaged" in _refused(path)


class _Stop(Exception):
    pass


def _stop_after(tiles: int):
    """A progress display that breaks the scan off when so many tiles have come in."""

    def progress(finished, done, total, note):
        if tiles == 0:
            raise _Stop
        for k, number in enumerate(finished, start=1):
            yield number
            if k == tiles:
                raise _Stop

    return progress


def _counting(seen: list):
    def progress(finished, done, total, note):
        seen.append((total - done, done))
        return finished

    return progress


def test_a_resumed_scan_has_the_same_bytes_and_does_no_tile_twice(tmp_path, tiled):
    out, seen = tmp_path / "map.h5", []
    with pytest.raises(_Stop):
        run(TILED, out, progress=_stop_after(5))
    assert not out.exists()
    with pytest.raises(BadInput, match="--resume goes on with it, --overwrite drops it"):
        run(TILED, out)
    victims = sorted(checkpoint_folder(out).glob("tile-*.h5"))
    assert len(victims) == 6  # five that came in, and the one that was being written meanwhile
    with h5py.File(victims[0]) as file:
        chunk = file["delta_a_mu"].id.get_chunk_info(1)
    flip(victims[0], chunk.byte_offset + 1000)
    os.truncate(victims[1], victims[1].stat().st_size // 2)
    victims[2].unlink()
    run(TILED, out, resume=True, progress=_counting(seen))
    assert seen == [(9, 3)]  # six never done and three damaged
    assert out.read_bytes() == tiled
    assert [p.name for p in tmp_path.iterdir()] == ["map.h5"]


@pytest.mark.parametrize(
    "card", [{**BAND, "pulls": [0], "axes": {"m_aprime": {"values": [0.1]}}}, SUMMARY], ids=["band", "summary"]
)
def test_any_flipped_byte_of_a_tile_is_noticed(card, tmp_path):
    out = tmp_path / "out.h5"
    part = tile_file(run_shard(card, out, shard=(1, 1)), 0)
    pristine = part.read_bytes()
    assert read_mark(part) is not None
    for at in range(0, len(pristine), 97):
        part.write_bytes(pristine)
        flip(part, at)
        assert read_mark(part) is None, at
    assert run(card, out, resume=True).read_bytes() == run(card, tmp_path / "expected.h5").read_bytes()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"fixed": {"v": 12.0}}, ["card", "fixed.v", "was None, is 12.0"]),
        ({"dataset": "current"}, ["card", "dataset", "was paper2021, is current"]),
        ({"axes": {**TILED["axes"], "m_phi": {"min": 0.06, "max": 0.11, "n": 2101}}}, ["axes.m_phi.n was 2100, is 2101"]),
    ],
)
def test_another_scan_is_not_resumed(tmp_path, change, words):
    out = tmp_path / "map.h5"
    with pytest.raises(_Stop):
        run(TILED, out, progress=_stop_after(1))
    before = {p: p.read_bytes() for p in checkpoint_folder(out).iterdir()}
    with pytest.raises(BadInput) as refused:
        run({**TILED, **change}, out, resume=True)
    assert not [word for word in words if word not in str(refused.value)], str(refused.value)
    assert {p: p.read_bytes() for p in checkpoint_folder(out).iterdir()} == before


def test_overwrite_drops_an_unfinished_scan_and_replaces_a_finished_one(tmp_path, band_file):
    out, seen = tmp_path / "band.h5", []
    with pytest.raises(_Stop):
        run(MAP, out, progress=_stop_after(0))
    run(BAND, out, overwrite=True, progress=_counting(seen))
    assert seen == [(1, 0)]
    with pytest.raises(BadInput, match="exists already"):
        run(MAP, out)
    assert out.read_bytes() == band_file.read_bytes()
    run({**BAND, "pulls": [0]}, out, overwrite=True)
    assert out.read_bytes() != band_file.read_bytes()


def test_resume_with_nothing_to_resume_begins(tmp_path, band_file):
    assert run(BAND, tmp_path / "band.h5", resume=True).read_bytes() == band_file.read_bytes()


def _jt3r(*arguments, **options) -> subprocess.Popen:
    command = [sys.executable, "-c", "from jt3r.scans.cli.main import main; main()", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def _until(condition, process, seconds=90):
    end = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, f"ended before it was killed: {process.communicate()}"
        assert time.monotonic() < end
        time.sleep(0.002)


def test_killed_at_three_instants_it_goes_on_to_the_same_bytes(tmp_path, tiled):
    """SIGKILL early in the tiles, late in the tiles, and while the finished file is written."""
    card, out = tmp_path / "card.toml", tmp_path / "map.h5"
    card.write_text(
        'kind = "grid"\nobservables = ["delta_a_mu"]\n[axes]\nm_aprime = { min = 0.01, max = 0.2, n = 4000 }\n'
        "m_phi = { min = 0.06, max = 0.11, n = 2100 }\n"
    )
    parts = checkpoint_folder(out)
    instants = [
        lambda: len(list(parts.glob("tile-*.h5"))) >= 2,
        lambda: len(list(parts.glob("tile-*.h5"))) >= 7,
        lambda: len(list(parts.glob("tile-*.h5"))) == 12 and any(p.name.endswith(".tmp") for p in tmp_path.rglob(".*.tmp")),
    ]
    for instant in instants:
        process = _jt3r("run", card, "-o", out, "--resume")
        _until(instant, process)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        assert not out.exists()
    process = _jt3r("run", card, "-o", out, "--resume")
    stdout, stderr = process.communicate(timeout=90)
    assert (process.returncode, stdout, stderr) == (0, f"{out}\n", "")
    assert out.read_bytes() == tiled
    assert sorted(p.name for p in tmp_path.iterdir()) == ["card.toml", "map.h5"]


def test_interrupted_it_says_how_to_go_on(tmp_path):
    """After the first of 24 tiles: ten times as many as are written in the milliseconds until the signal arrives."""
    out = tmp_path / "map.h5"
    axes = [
        "axes.m_aprime={min=0.01,max=0.2,n=8000}",
        "axes.m_phi.n=2100",
    ]
    settings = [word for setting in [*axes, 'observables=["delta_a_mu"]'] for word in ("--set", setting)]
    process = _jt3r("run", "gm2_map", "-o", out, *settings)
    _until(lambda: list(checkpoint_folder(out).glob("tile-*.h5")), process)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert stdout == ""
    first, second = without_waiting(stderr).splitlines()
    assert first.startswith("jt3r: stopping after the tiles in flight")
    assert second.startswith("jt3r: interrupted")
    assert "--resume" in second
    assert not out.exists()
    run("gm2_map", out, settings=settings[1::2], resume=True)
    with h5py.File(out) as file:
        assert file["delta_a_mu"].shape == (8000, 2100)
