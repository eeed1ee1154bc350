import json
import subprocess
import sys

import h5py
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r import Point, observables
from jt3r.kernels.numerics.devices import CountedSizes, Device, assumed
from jt3r.scans import run
from jt3r.scans.cards.load import load_card
from jt3r.scans.engine.plan import fixed_fields
from jt3r.scans.engine.prepare import prepare
from jt3r.scans.kinds.grid.summary import reduction, thresholds


def _arrays(path):
    with h5py.File(path) as file:
        return {name: item[()] for name, item in file.items()}


def _direct(card):
    """The observable at every point, by NumPy's broadcasting of a direct evaluation."""
    checked = load_card(card)
    values = [axis.points() for axis in checked.axes.values()]
    mesh = dict(zip(checked.axes, np.meshgrid(*values, indexing="ij", sparse=True), strict=True))
    point = Point(**checked.fixed, **mesh, dataset=checked.dataset)
    return np.broadcast_to(observables[checked.observables[0]](point), [len(v) for v in values]), values


M_APRIME = {"min": 0.001, "max": 0.3, "n": 37, "spacing": "log"}
M_PHI = {"min": 0.06, "max": 0.11, "n": 53}
CARDS = {
    "two axes": {"observables": ["pull_gm2"], "axes": {"m_aprime": M_APRIME, "m_phi": M_PHI}},
    "one axis": {"observables": ["pull_gm2"], "axes": {"m_phi": {**M_PHI, "n": 1003}}, "fixed": {"m_aprime": 0.1}},
    "three axes": {
        "observables": ["pull_gm2"],
        "axes": {"v": {"values": [8.0, 10.0, 12.0]}, "m_aprime": M_APRIME, "m_phi": M_PHI},
    },
    "other order, other data": {
        "observables": ["pull_gm2"],
        "axes": {"m_phi": M_PHI, "m_aprime": M_APRIME},
        "dataset": "current",
    },
    "several tiles": {
        "observables": ["pull_gm2"],
        "axes": {"m_phi": {"min": 0.078, "max": 0.081, "n": 8209}, "m_aprime": {"min": 0.1, "max": 0.12, "n": 8300}},
        "summary": {"levels": [1.0], "bins": 2, "range": [-1, 1]},
    },
    "rows that are not read": {
        "observables": ["c_aprime"],
        "axes": {"v": {"min": 1.0, "max": 20.0, "n": 21}, "m_aprime": M_APRIME},
        "summary": {"levels": [0.55, 0.6], "range": [0.5, 0.6]},
    },
    "an axis that is not read, in a sum": {
        "observables": ["cancellation"],
        "axes": {"v": {"min": 1.0, "max": 20.0, "n": 21}, "m_aprime": M_APRIME, "m_phi": M_PHI},
        "summary": {"levels": [0.1], "range": [0, 0.1]},
    },
    "no axis is read": {
        "observables": ["c_phi"],
        "axes": {"v": {"min": 1.0, "max": 20.0, "n": 21}},
        "fixed": {"m_phi": 0.1},
        "summary": {"levels": [0.1, 1.0], "range": [0, 1]},
    },
}


@pytest.mark.parametrize("name", CARDS)
def test_counts_best_point_and_histogram_against_numpy(name, tmp_path):
    card = {"kind": "grid", "output": "summary", **CARDS[name]}
    found = _arrays(run(card, tmp_path / "summary.h5"))
    values, axes = _direct(card)
    levels, edges = found["level"], np.linspace(*load_card(card).summary.range, len(found["bin"]) + 1)
    # A value within rounding of a threshold may fall on either side of it.
    doubt = 1e-10 * max(1.0, np.abs(edges).max())

    assert found["points"] == values.size
    for level, count in zip(levels, found["counts"], strict=True):
        unsure = np.count_nonzero(np.abs(np.abs(values) - level) < doubt)
        assert abs(count - np.count_nonzero(np.abs(values) < level)) <= unsure
    expected = np.array([np.count_nonzero(values < edge) for edge in edges])
    unsure = np.array([np.count_nonzero(np.abs(values - edge) < doubt) for edge in edges])
    below = found["underflow"] + np.concatenate([[0], np.cumsum(found["histogram"])])
    assert (np.abs(below - expected) <= unsure).all()
    assert found["underflow"] + found["histogram"].sum() + found["overflow"] == values.size

    smallest = np.abs(values).min()
    assert abs(found["best"]) == pytest.approx(smallest, abs=doubt)
    at = [int(np.argmin(np.abs(x - found[f"best_{a}"]))) for a, x in zip(load_card(card).axes, axes, strict=True)]
    assert [x[i] for x, i in zip(axes, at, strict=True)] == [found[f"best_{a}"] for a in load_card(card).axes]
    assert values[tuple(at)] == pytest.approx(found["best"], abs=doubt)


def test_summary_agrees_with_the_stored_map(map_file, summary_file):
    pulls = _arrays(map_file)["pull_gm2"]
    found = _arrays(summary_file)
    assert found["counts"].tolist() == [np.count_nonzero(np.abs(pulls) < level) for level in (1, 2, 3)]
    assert found["histogram"].tolist() == np.histogram(pulls, bins=20, range=(-5, 5))[0].tolist()
    assert (found["underflow"], found["overflow"]) == (np.sum(pulls < -5), np.sum(pulls >= 5))


@pytest.mark.filterwarnings("ignore:m_phi = 1e.308. masses are in GeV:RuntimeWarning")  # meant
def test_extreme_masses_are_all_counted(tmp_path):
    """Masses whose ratios over- and underflow in double precision: every point is counted or called invalid."""
    axes = {"m_aprime": {"values": [1e-308, 0.1]}, "m_phi": {"values": [0.08, 1e308]}, "v": {"values": [1e-300, 10.0, 1e300]}}
    card = {"kind": "grid", "output": "summary", "observables": ["pull_gm2"], "axes": axes}
    found = _arrays(run(card, tmp_path / "summary.h5"))
    values, _ = _direct(card)
    assert found["invalid"] == np.isnan(values).sum()
    assert found["counts"].tolist() == [np.count_nonzero(np.abs(values) < level) for level in (1, 2, 3)]
    assert found["underflow"] + found["histogram"].sum() + found["overflow"] == np.count_nonzero(~np.isnan(values))
    assert abs(found["best"]) == pytest.approx(np.nanmin(np.abs(values)), rel=1e-12)


def test_parts_of_the_summary_can_be_left_out(tmp_path):
    card = {"kind": "grid", "output": "summary", **CARDS["two axes"], "summary": {"levels": [1.0], "bins": 0, "best": False}}
    found = _arrays(run(card, tmp_path / "summary.h5"))
    values, _ = _direct(card)
    assert set(found) == {"level", "counts", "points"}
    assert found["counts"].tolist() == [np.count_nonzero(np.abs(values) < 1)]


def test_memory_stays_flat(tmp_path):
    """A 30,000 x 30,000 count in a process of its own peaks below 1 GiB, JAX and its compiler included."""
    card = {
        "kind": "grid",
        "output": "summary",
        "observables": ["pull_gm2"],
        "axes": {
            "m_aprime": {"min": 0.001, "max": 0.3, "n": 30_000, "spacing": "log"},
            "m_phi": {"min": 0.06, "max": 0.11, "n": 30_000},
        },
        "summary": {"levels": [1.0], "bins": 0, "best": False},
    }
    script = (
        "import json, re, sys; from jt3r.scans import run;"
        "run(json.loads(sys.argv[1]), sys.argv[2]);"
        "print(re.search(r'VmHWM:\\s+(\\d+) kB', open('/proc/self/status').read())[1])"
    )
    path = tmp_path / "counts.h5"
    done = subprocess.run(
        [sys.executable, "-c", script, json.dumps(card), str(path)], capture_output=True, text=True, check=True
    )
    kibibytes = int(done.stdout)  # of this program alone: ru_maxrss starts from the parent's
    assert kibibytes < 2**20
    found = _arrays(path)
    assert found["points"] == 900_000_000
    # The band is 0.36 MeV of 50 wide: 2 sigma over the slope, averaged over the axis.
    assert 0.006 < found["counts"][0] / 9e8 < 0.009


@pytest.mark.parametrize("name", ["two axes", "several tiles", "rows that are not read"])
def test_the_program_of_a_gpu_counts_the_same_and_has_no_loop(name):
    """One block for the whole tile; counts are integers, and equal unless a comparison at an edge differs by a rounding."""
    card = load_card({"kind": "grid", "output": "summary", **CARDS[name]})
    shape = tuple(min(len(axis.points()) // 6 * 6, 240) for axis in card.axes.values())
    fields = {
        axis: jnp.asarray(card.axes[axis].points()[:n]).reshape([-1 if i == k else 1 for i in range(len(shape))])
        for k, (axis, n) in enumerate(zip(card.axes, shape, strict=True))
    } | fixed_fields(card)
    whole, on_gpu = reduction(card, shape, shape[0])
    values = whole.prepare(fields)
    ends = np.int32(0), np.int32(1)
    against = thresholds(card.summary)
    found = jax.jit(on_gpu)(values, *ends, *against)
    stages, by_blocks = reduction(card, shape, shape[0] // 3)
    expected = jax.jit(by_blocks)(stages.prepare(fields), np.int32(0), np.int32(3), *against)
    for key in ("counts", "valid", "below", "best_index"):
        if key in expected:
            np.testing.assert_array_equal(found[key], expected[key])

    only = card.model_copy(update={"summary": card.summary.model_copy(update={"bins": 0, "best": False})})
    whole, counted = reduction(only, shape, shape[0])
    text = jax.export.export(jax.jit(counted), platforms=["cuda"])(whole.prepare(fields), *ends, *thresholds(only.summary))
    text = text.mlir_module()
    assert "while" not in text
    assert text.count("stablehlo.reduce(") <= 4


@pytest.mark.parametrize("single", [False, True])
@pytest.mark.parametrize(("side", "bits"), [(2**15, 32), (2**17, 64)])
def test_counts_and_places_of_a_tile_are_wide_enough_for_its_points(side, bits, single):
    """2^30 points and 2^34, which no test computes: types alone. With float32 first they are always wide."""
    axes = {"m_aprime": {"min": 0.001, "max": 0.3, "n": side}, "m_phi": {"min": 0.06, "max": 0.11, "n": side}}
    card = load_card({"kind": "grid", "output": "summary", "observables": ["pull_gm2"], "axes": axes})
    fields = {name: jax.ShapeDtypeStruct((side, 1) if name == "m_aprime" else (1, side), float) for name in axes}
    whole, reduce = reduction(card, (side, side), side, single)
    number = jax.ShapeDtypeStruct((), np.int32)
    values = jax.eval_shape(whole.prepare, fields | fixed_fields(card))
    found = jax.eval_shape(reduce, values, number, number, *thresholds(card.summary))
    for name in ("counts", "valid", "below"):
        assert found[name].dtype.itemsize * 8 == (64 if single else bits), name
    assert found["best_index"].dtype == np.int64


@pytest.mark.parametrize("tile", [2**28, 2**33])
def test_counts_beyond_32_bits_are_exact(tile, tmp_path, monkeypatch):
    """2^33 points: an axis of 2^15 values that the observable does not read repeats a small map, whose points are counted
    one by one in NumPy. In the tiles of a CPU, and in one tile, where one loop counts further than 2^32."""
    n = 2**9
    axes = {"m_aprime": {"min": 0.05, "max": 0.3, "n": n}, "m_phi": {"min": 0.06, "max": 0.11, "n": n}}
    summary = {"levels": [1.0, 100.0], "bins": 2, "range": [-100.0, 100.0]}
    small = {"kind": "grid", "output": "summary", "observables": ["pull_gm2"], "axes": axes, "summary": summary}
    monkeypatch.setattr("jt3r.scans.kinds.grid.summary.counted_sizes", lambda: CountedSizes(tile, 32))
    monkeypatch.setattr("jt3r.scans.kinds.grid.summary.rows_on_threads", lambda blocks, cores: 1 if tile == 2**33 else cores)
    card = {**small, "axes": {"m_eta": {"min": 0.01, "max": 0.05, "n": 2**15}, **axes}}
    assert len(prepare(load_card(card)).tiles) == 2**33 // tile
    found = _arrays(run(card, tmp_path / "large.h5"))
    values = np.asarray(_direct(small)[0])
    for threshold in (1.0, 100.0, 0.0):  # no value so near that rounding moves it across
        assert np.abs(np.abs(values) - threshold).min() > 1e-9
    expected = {"counts": [(np.abs(values) < level).sum() for level in (1.0, 100.0)]}
    expected |= {"histogram": [((values >= low) & (values < low + 100)).sum() for low in (-100, 0)]}
    expected |= {"underflow": (values < -100).sum(), "overflow": (values >= 100).sum(), "invalid": 0, "points": n * n}
    for name, count in expected.items():
        np.testing.assert_array_equal(found[name], np.asarray(count, np.int64) * 2**15, err_msg=name)
    assert found["points"] == 2**33
    assert found["counts"][1] > 2**32


def test_no_axis_of_a_gpu_s_tile_fills_the_host():
    """Also where the map has one axis, or a short one beside a long."""
    long = {"min": 0.06, "max": 0.11, "n": 2 * 10**9}
    for few in (1, 10, 10**6):
        axes = {"m_aprime": {"min": 0.1, "max": 0.3, "n": few}, "m_phi": long} if few > 1 else {"m_phi": long}
        fixed = {} if few > 1 else {"m_aprime": 0.1}
        card = {"kind": "grid", "output": "summary", "observables": ["pull_gm2"], "axes": axes, "fixed": fixed}
        with assumed(Device("gpu", 60 * 10**9, "9.0")):
            tiles = prepare(load_card(card)).tiles
        assert max(cut.stop - cut.start for cut in tiles[0]) <= 2**22  # 32 MB of float64
