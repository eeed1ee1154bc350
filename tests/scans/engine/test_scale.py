"""Many tiles, workers, devices and shards: always the bytes of one undisturbed run in one process."""

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from math import prod
from multiprocessing import get_context
from pathlib import Path

import distributed
import h5py
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import xarray

from jt3r.scans import BadInput, ScanFailed, run
from jt3r.scans.cards.load import load_card
from jt3r.scans.engine.checkpoint import checkpoint_folder, opened, tile_file
from jt3r.scans.engine.executors import executor_at
from jt3r.scans.engine.memory import put_together, within_memory
from jt3r.scans.engine.run import merge, run_shard
from jt3r.scans.engine.status import status, verify
from jt3r.scans.kinds.registry import prepare
from jt3r.scans.store.compression import encode, fletcher32, write_chunks
from jt3r.scans.store.hdf5 import is_intact
from jt3r.scans.store.info import describe
from tests.scans.conftest import MAP, SUMMARY, TILED


@pytest.fixture(scope="module")
def cluster():
    with distributed.LocalCluster(
        n_workers=4, threads_per_worker=1, dashboard_address=None, silence_logs="CRITICAL"
    ) as cluster:
        yield cluster


def test_on_four_dask_workers_one_of_which_is_killed(tmp_path, tiled, cluster):
    out = tmp_path / "map.h5"
    with distributed.Client(cluster) as client:
        workers = list(client.run(os.getpid).values())

    def kill_one(finished, done, total, note):
        for k, number in enumerate(finished):
            if k == 2:
                os.kill(workers[0], signal.SIGKILL)
            yield number

    with executor_at(cluster.scheduler_address) as executor:
        run(TILED, out, executor=executor, progress=kill_one)
    assert out.read_bytes() == tiled


def test_on_processes_started_for_the_scan(tmp_path):
    """Through the command line; the summary needs no big file."""
    card = tmp_path / "card.toml"
    card.write_text('kind = "band"\npulls = [0]\naxes.m_aprime = { values = [0.05, 0.1] }\n')
    here = _jt3r("run", card, "-o", tmp_path / "here.h5")
    there = _jt3r("run", card, "-o", tmp_path / "there.h5", "--executor", "processes:2")
    assert (here.returncode, there.returncode, there.stderr) == (0, 0, "")
    assert (tmp_path / "here.h5").read_bytes() == (tmp_path / "there.h5").read_bytes()


def test_any_executor_and_one_that_breaks(tmp_path, tiled):
    """The pool of the standard library does not survive a killed worker: the scan fails in one line and resumes."""
    out = tmp_path / "map.h5"

    def kill_all(finished, done, total, note):
        for number in finished:
            for process in list(executor._processes.values()):
                process.kill()
            yield number

    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor,
        pytest.raises(ScanFailed, match="--resume"),
    ):
        run(TILED, out, executor=executor, progress=kill_all)
    assert status(out).state == "stopped"
    assert 1 <= status(out).done < 12
    assert run(TILED, out, resume=True).read_bytes() == tiled


@pytest.mark.parametrize(
    ("address", "words"),
    [("processes:0", "processes:N"), ("dask", "processes:N"), ("tcp://127.0.0.1:9", "no scheduler answers")],
)
def test_a_wrong_address_is_one_line(address, words):
    with pytest.raises(BadInput, match=words) as refused, executor_at(address):
        pass
    assert "\n" not in str(refused.value)


def test_shards_and_their_merger(tmp_path, tiled):
    """Three shards, the second done twice; partial results meanwhile."""
    out, now = tmp_path / "map.h5", tmp_path / "now.h5"
    with pytest.raises(BadInput, match="no scan was started"):
        merge(out)
    for number in (2, 2, 3):
        run_shard(TILED, out, shard=(number, 3))
    assert (status(out).state, status(out).done, status(out).tiles) == ("stopped", 8, 12)
    with pytest.raises(BadInput, match=r"4 of 12 tiles are missing or damaged \(0, 3, 6, 9\)"):
        merge(out)
    merge(out, partial=now)
    with h5py.File(now) as file:
        values = file["delta_a_mu"][()]
        assert file.attrs["tiles"] == "8 of 12"
        tiles = prepare(load_card(TILED)).tiles
        assert [bool(np.isnan(values[tile]).all()) for tile in tiles] == [number % 3 == 0 for number in range(12)]
    facts = describe(now)
    assert (facts["tiles"], facts["arrays"]["delta_a_mu"]["shape"]) == ("8 of 12", [4000, 2100])
    assert verify(now).state == "finished"
    with pytest.raises(BadInput, match="differs in card"):
        run_shard({**TILED, "fixed": {"v": 12.0}}, out, shard=(1, 3))
    run_shard(TILED, out, shard=(1, 3))
    assert merge(out).read_bytes() == tiled
    assert sorted(p.name for p in tmp_path.iterdir()) == ["map.h5", "now.h5"]
    assert status(out).state == "finished"
    with pytest.raises(BadInput, match="exists already"):
        merge(out)


@pytest.mark.parametrize("shard", ["0/3", "4/3", "1", "a/b"])
def test_a_wrong_shard_is_one_line(shard, tmp_path):
    done = _jt3r("run", "gm2_band", "-o", tmp_path / "out.h5", "--shard", shard)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "must be I/N" in done.stderr


def test_a_partial_summary_counts_what_is_there(tmp_path, monkeypatch):
    monkeypatch.setattr("jt3r.scans.kinds.grid.summary.TILE_POINTS", 2**9)
    out = tmp_path / "summary.h5"
    run_shard(SUMMARY, out, shard=(1, 2))
    with xarray.open_dataset(merge(out, partial=tmp_path / "now.h5"), engine="h5netcdf") as data:
        tiles = prepare(load_card(SUMMARY)).tiles[::2]
        points = sum(prod(s.stop - s.start for s in tile) for tile in tiles)
        assert int(data["points"]) == points < 37 * 53
        assert int(data["histogram"].sum() + data["invalid"] + data["underflow"] + data["overflow"]) == points


def test_two_runs_on_one_output(tmp_path):
    out = tmp_path / "map.h5"
    with opened(checkpoint_folder(out), prepare(load_card(MAP)), fresh=True):
        for options in ({"resume": True}, {"overwrite": True}, {}):
            with pytest.raises(BadInput, match="another jt3r is writing"):
                run(MAP, out, **options)
        with pytest.raises(BadInput, match="another jt3r is writing"):
            run_shard(MAP, out, shard=(1, 2))
        assert status(out).state == "running"
    assert status(out).state == "stopped"
    assert run(MAP, out, resume=True) == out


def test_an_old_output_is_not_taken_for_the_resumed_one(tmp_path, map_file):
    """--overwrite was broken off; the file that it was to replace is still there when it is resumed."""
    out = run({**MAP, "observables": ["g_t3r"]}, tmp_path / "map.h5")
    with pytest.raises(ZeroDivisionError):
        run(MAP, out, overwrite=True, progress=lambda finished, done, total, note: 1 / 0)
    assert run(MAP, out, resume=True).read_bytes() == map_file.read_bytes()


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


def test_verify_finds_a_damaged_tile_and_a_damaged_file(tmp_path):
    out = tmp_path / "map.h5"
    run_shard(MAP, out, shard=(1, 1))
    assert verify(out).done == 1
    part = tile_file(checkpoint_folder(out), 0)
    _flip(part, part.stat().st_size // 2)
    with pytest.raises(ScanFailed, match="tiles 0 are damaged"):
        verify(out)
    run(MAP, out, resume=True)
    assert verify(out).state == "finished"
    with h5py.File(out) as file:
        chunk = file["g_t3r"].id.get_chunk_info(0)
    _flip(out, chunk.byte_offset + chunk.size // 2)
    with pytest.raises(ScanFailed, match="damaged"):
        verify(out)


def _flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 0x10
    path.write_bytes(data)


def test_eight_devices_give_the_file_of_one(tmp_path, map_file, band_file, summary_file):
    """The axes of 40 columns are spread, the map's 53 are not: its rows are."""
    script = tmp_path / "run.py"
    script.write_text(
        "import sys, jax\n"
        "from jt3r.scans import run\n"
        "from tests.scans.conftest import BAND, MAP, SUMMARY\n"
        "assert jax.device_count() == 8\n"
        "for name, card in (('map', MAP), ('band', BAND), ('summary', SUMMARY)):\n"
        "    run(card, f'{sys.argv[1]}/{name}.h5')\n"
    )
    flags = {"XLA_FLAGS": "--xla_force_host_platform_device_count=8", "PYTHONPATH": os.getcwd()}
    subprocess.run([sys.executable, script, tmp_path], env=os.environ | flags, check=True, timeout=300)
    for name, one in (("map", map_file), ("band", band_file), ("summary", summary_file)):
        assert (tmp_path / f"{name}.h5").read_bytes() == one.read_bytes(), name


def test_a_mesh_is_spread_over_devices(tmp_path):
    script = (
        "import numpy as np\n"
        "from jt3r.scans.engine.plan import open_mesh\n"
        "axes = {'m_aprime': np.linspace(0.1, 0.2, 24), 'm_phi': np.linspace(0.1, 0.2, 13)}\n"
        "fields = open_mesh(axes, (slice(0, 20), slice(0, 13)), (24, 13))\n"
        "shards = fields['m_aprime'].addressable_shards\n"
        "print(len({s.device for s in shards}), shards[0].data.shape)\n"
    )
    flags = {"XLA_FLAGS": "--xla_force_host_platform_device_count=8"}
    done = subprocess.run([sys.executable, "-c", script], env=os.environ | flags, check=True, capture_output=True, text=True)
    assert done.stdout == "8 (3, 1)\n"


def test_out_of_memory_halves_the_tile():
    """A real refusal of the allocator, for pieces of more than 100 points."""

    def build(shape):
        def compute(cut):
            if prod(shape) > 100:
                jax.block_until_ready(jnp.zeros((2**48,)))
            rows, columns = (np.arange(s.start, s.stop) for s in cut)
            return {"place": rows[:, None] * 1000 + columns}

        return compute

    compute = within_memory(build, (16, 32), put_together)
    with pytest.warns(RuntimeWarning) as said:
        whole = compute((slice(16, 30), slice(32, 64)))["place"]
    words = "out of memory on the device; going on with tiles of"
    assert [str(w.message) for w in said] == [f"{words} {sides}" for sides in ("16 x 16", "8 x 16", "8 x 8")]
    np.testing.assert_array_equal(whole, np.arange(16, 30)[:, None] * 1000 + np.arange(32, 64))


def test_another_failure_of_the_device_is_not_hidden():
    def build(shape):
        return lambda cut: jax.block_until_ready(jax.jit(lambda: jnp.zeros((2**48,)) if prod(shape) else 0)())

    with pytest.warns(RuntimeWarning), pytest.raises(jax.errors.JaxRuntimeError):
        within_memory(build, (2, 2), put_together)((slice(0, 2), slice(0, 2)))


@pytest.mark.parametrize("dtype", ["<f8", "<f4", "<i4", "|b1"])
def test_chunks_filtered_here_are_what_hdf5_reads(dtype, tmp_path):
    values = (np.random.default_rng(5).normal(size=(33, 21)) * 100).astype(dtype)
    with h5py.File(tmp_path / "x.h5", "w") as file:
        shape = (48, 32)
        filters = {"compression": "gzip", "compression_opts": 1, "shuffle": True, "fletcher32": True}
        dataset = file.create_dataset("x", shape, values.dtype, chunks=(16, 16), **filters)
        write_chunks(dataset, values)
    with h5py.File(tmp_path / "x.h5") as file:
        np.testing.assert_array_equal(file["x"][:33, :21], values)
        assert not file["x"][33:].any()


def test_the_checksum_is_that_of_hdf5(tmp_path):
    """Of bytes even and odd in number, and where a sum folds to 65535."""
    for data in (b"\0" * 8, b"\xff\xff", b"\xff" * 9, bytes(range(256)) * 3000, b"a"):
        with h5py.File(tmp_path / "x.h5", "w") as file:
            dataset = file.create_dataset("x", data=np.frombuffer(data, np.uint8), chunks=(len(data),), fletcher32=True)
            _, stored = dataset.id.read_direct_chunk((0,))
        assert int.from_bytes(stored[-4:], "little") == fletcher32(data)


def test_a_chunk_has_the_same_bytes_wherever_it_is_encoded():
    block = np.linspace(0, 1, 4096).reshape(64, 64)
    assert encode(block) == encode(np.asfortranarray(block)) == encode(block.copy())


def test_a_stop_on_an_executor_keeps_what_is_done(tmp_path, tiled, cluster):
    """SIGTERM, as a batch system sends it, to the process that coordinates."""
    out = tmp_path / "map.h5"

    def stop(finished, done, total, note):
        for k, number in enumerate(finished):
            if k == 1:
                os.kill(os.getpid(), signal.SIGTERM)
            yield number

    assert threading.current_thread() is threading.main_thread()
    with (
        executor_at(cluster.scheduler_address) as executor,
        pytest.warns(RuntimeWarning, match="stopping"),
        pytest.raises(KeyboardInterrupt),
    ):
        run(TILED, out, executor=executor, progress=stop)
    assert status(out).done >= 2
    assert run(TILED, out, resume=True).read_bytes() == tiled


def _jt3r(*arguments, **options):
    command = [sys.executable, "-c", "from jt3r.scans.cli.main import main; main()", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, **options)


def test_doctor():
    done = _jt3r("doctor", "--dtype", "float32")
    assert done.returncode == 0
    facts = dict(line.split(maxsplit=1) for line in done.stdout.splitlines())
    assert facts["dtype"] == "float32"
    assert facts["jax"] == jax.__version__
    # float32 in the band is good to 4e-5 (accuracy table of the README)
    assert float(facts["kernel"].split("off by ")[1].split(",")[0]) < 1e-3
    missing = _jt3r("doctor", "--device", "cuda")
    assert (missing.returncode, missing.stdout, missing.stderr.count("\n")) == (2, "", 1)
    assert "--device" in missing.stderr


def test_programs_are_kept_between_runs_unless_it_is_said(tmp_path):
    home = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    home.pop("JAX_COMPILATION_CACHE_DIR", None)
    card = tmp_path / "card.toml"
    card.write_text('kind = "band"\npulls = [0]\naxes.m_aprime = { values = [0.05] }\n')
    assert _jt3r("run", card, "-o", tmp_path / "a.h5", "--no-cache", env=home).returncode == 0
    assert not list(tmp_path.rglob("*cache"))
    assert _jt3r("run", card, "-o", tmp_path / "b.h5", env=home).returncode == 0
    assert list(tmp_path.rglob("jaxlib-*/*cache"))
    (traced,) = tmp_path.rglob("jaxlib-*/traced-*")
    whole = traced.read_bytes()
    _flip(traced, len(whole) // 2)
    for name in ("c.h5", "d.h5"):  # with a damaged program, which is made again, and with a whole one
        done = _jt3r("run", card, "-o", tmp_path / name, env=home)
        assert (done.returncode, done.stderr) == (0, "")
    assert is_intact(traced)
    nowhere = home | {"JAX_COMPILATION_CACHE_DIR": "/dev/null/nowhere"}
    assert _jt3r("run", card, "-o", tmp_path / "e.h5", env=nowhere).returncode == 0
    assert len({(tmp_path / f"{name}.h5").read_bytes() for name in "abcde"}) == 1
