import h5py
import matplotlib.image
import numpy as np
import pytest
import xarray

from jt3r import Point, observables
from jt3r.kernels.numerics.devices import Device, assumed
from jt3r.scans import BadInput, run
from jt3r.scans.cards.load import load_card
from jt3r.scans.engine.checkpoint import checkpoint_folder
from jt3r.scans.engine.prepare import prepare
from jt3r.scans.engine.run import run_shard
from jt3r.scans.kinds.grid.refined import _passes
from jt3r.scans.kinds.picture import plot_file
from jt3r.scans.store.info import describe

LEVELS = 4
CARD = {
    "kind": "grid",
    "observables": ["pull_gm2", "delta_a_mu"],
    "axes": {
        "m_aprime": {"min": 0.01, "max": 0.2, "n": 41, "spacing": "log"},
        "m_phi": {"min": 0.06, "max": 0.11, "n": 33},
    },
    "refine": {"levels": LEVELS, "where": "pull_gm2", "contours": [-2.0, 0.0, 2.0]},
}
"""Two tiles, of 32 x 32 and of 8 x 32 cells."""

FINEST = (0.2 / 0.01) ** (1 / 40 / 2**LEVELS), 0.05 / 32 / 2**LEVELS
"""A factor in m_aprime and a difference in m_phi."""


@pytest.fixture(scope="module")
def refined(tmp_path_factory):
    return run(CARD, tmp_path_factory.mktemp("refined") / "refined.h5")


@pytest.fixture(scope="module")
def cells(refined):
    with h5py.File(refined) as file:
        return {name: item[()] for name, item in file.items()}


def test_the_cells_fill_the_mesh_once(cells):
    sides = np.log(cells["m_aprime"][:, 1] / cells["m_aprime"][:, 0]), np.diff(cells["m_phi"])[:, 0]
    assert np.all([side > 0 for side in sides])
    # Sums of 10^4 rounded areas: 1e-12 is 10^4 roundings.
    assert (sides[0] * sides[1]).sum() == pytest.approx(np.log(20) * 0.05, rel=1e-12)
    centres = np.sqrt(cells["m_aprime"].prod(axis=1)), cells["m_phi"].mean(axis=1)
    assert len(np.unique(np.stack(centres), axis=1).T) == len(cells["level"])
    np.testing.assert_allclose(sides[1], 0.05 / 32 / 2.0 ** cells["level"], rtol=1e-11)  # 1e-16 x 0.1 over the smallest side
    assert set(cells["level"]) == set(range(LEVELS + 1))


def test_a_tile_of_an_accelerator_has_the_same_bits():
    """Calls of 16,384 corners in place of 1,024."""
    card = load_card(CARD)
    scan = prepare(card)
    with assumed(Device("gpu")):
        large = prepare(card).compute(scan.tiles[1])
    small = scan.compute(scan.tiles[1])
    assert {name: value.tobytes() for name, value in large.items()} == {name: value.tobytes() for name, value in small.items()}


def test_the_values_are_those_of_the_corners(cells):
    x, y = cells["m_aprime"][:, [0, 0, 1, 1]], cells["m_phi"][:, [0, 1, 0, 1]]
    point = Point(m_aprime=x, m_phi=y)
    for name, scale in (("delta_a_mu", 1e-6), ("pull_gm2", 1e-6 / 0.59e-9)):
        # Two programs round differently by some 1e-16 of each of the two terms that cancel, which are up to 1e-6.
        np.testing.assert_allclose(cells[name], observables[name](point), rtol=1e-12, atol=1e-13 * scale)


def test_the_contours_are_the_edges_of_the_band(cells, tmp_path):
    """Every edge lies in a finest cell, and every finest cell that a contour crosses has the edge within its own size."""
    axis = {"min": 0.01, "max": 0.2, "n": 501, "spacing": "log"}
    with h5py.File(run({"kind": "band", "pulls": [-2, 0, 2], "axes": {"m_aprime": axis}}, tmp_path / "band.h5")) as file:
        m_aprime, edges = file["m_aprime"][()], file["m_phi"][()]
    finest = cells["level"] == LEVELS
    (left, right), (low, high) = cells["m_aprime"][finest].T, cells["m_phi"][finest].T
    values = cells["pull_gm2"][finest]
    for contour, edge in zip((-2, 0, 2), edges, strict=True):
        for x, y in zip(m_aprime, edge, strict=True):
            assert np.any((left <= x) & (x <= right) & (low <= y) & (y <= high))
        crossed = (values.min(axis=1) <= contour) & (values.max(axis=1) >= contour)
        centre = np.interp(np.sqrt(left * right)[crossed], m_aprime, edge)
        distance = np.abs((low + high)[crossed] / 2 - centre)
        # Half a cell, and what the edge rises over half a cell in m_aprime (at most 1 MeV in 4 %).
        assert distance.max() < FINEST[1] / 2 + np.abs(np.gradient(edge, np.log(m_aprime))).max() * np.log(FINEST[0])


def test_few_points_are_computed(cells):
    x, y = cells["m_aprime"][:, [0, 0, 1, 1]], cells["m_phi"][:, [0, 1, 0, 1]]
    points = len(np.unique(np.stack([x.ravel(), y.ravel()]), axis=1).T)
    assert points < 0.05 * (40 * 2**LEVELS + 1) * (32 * 2**LEVELS + 1)


def test_a_resumed_scan_has_the_same_bytes(refined, tmp_path):
    out = tmp_path / "refined.h5"
    run_shard(CARD, out, shard=(1, 2))
    assert [p.name for p in sorted(checkpoint_folder(out).glob("tile-*.h5"))] == ["tile-000000.h5"]
    assert run(CARD, out, resume=True).read_bytes() == refined.read_bytes()


def test_a_tile_is_refined_without_the_others(cells):
    scan = prepare(load_card(CARD))
    alone = scan.compute(scan.tiles[1])
    for name, values in alone.items():
        np.testing.assert_array_equal(values, cells[name][-len(values) :])


def test_the_inside_of_a_band_is_split(tmp_path):
    """With band = [-2, 2] every cell with a corner at |pull| < 2 is a finest one."""
    card = {**CARD, "refine": {"levels": 3, "where": "pull_gm2", "band": [-2.0, 2.0]}}
    with h5py.File(run(card, tmp_path / "band.h5")) as file:
        inside = (np.abs(file["pull_gm2"][()]) < 2).any(axis=1)
        assert inside.sum() > 100
        assert set(file["level"][()][inside]) == {3}


@pytest.mark.parametrize("rank", [1, 3])
def test_any_number_of_axes(rank, tmp_path):
    axes = {"m_phi": {"min": 0.07, "max": 0.09, "n": 3}, "m_aprime": {"values": [0.1, 0.12]}, "v": {"values": [9.0, 10.0]}}
    card = {**CARD, "axes": dict(list(axes.items())[:rank]), "fixed": {"m_aprime": 0.1} if rank == 1 else {}}
    card["refine"] = {"levels": 3, "where": "pull_gm2"}
    path = run(card, tmp_path / "scan.h5")
    with xarray.open_dataset(path, engine="h5netcdf") as data:
        assert data["pull_gm2"].dims == ("cell", "corner")
        assert data["m_phi"].dims == ("cell", "end")
        assert data["pull_gm2"].shape == (len(data["level"]), 2**rank)
        crossed = (data["pull_gm2"].min("corner") <= 0) & (data["pull_gm2"].max("corner") >= 0)
        assert set(data["level"].values[crossed.values]) == {3}
    with pytest.raises(BadInput, match="over two axes it has one"):
        plot_file(path, tmp_path / "picture.png")


def test_info_and_picture(refined, tmp_path):
    arrays = describe(refined)["arrays"]
    assert arrays["level"]["range"] == [0, LEVELS]
    assert (arrays["pull_gm2"]["dims"], arrays["m_phi"]["dims"]) == (["cell", "corner"], ["cell", "end"])
    plot_file(refined, tmp_path / "cells.png")
    pixels = matplotlib.image.imread(tmp_path / "cells.png")[..., :3]
    red, blue = pixels[..., 0], pixels[..., 2]
    assert (red - blue > 0.25).mean() > 0.1
    assert (blue - red > 0.25).mean() > 0.1


CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])


def _split(value, slope=None, intervals=((0.0, 0.0),)):
    slope = np.zeros((1, 4, 2)) if slope is None else slope
    return bool(_passes(list(intervals), np.array([value]), slope, CORNERS, np.ones((1, 4, 2)))[0])


def test_which_cells_are_split():
    nan = np.nan
    assert _split([-1, -1, -1, 1.0])
    assert not _split([1, 2, 3, 4.0])
    assert _split([0, 1, 1, 1.0])
    assert not _split([nan] * 4)
    assert _split([nan, -1, 1, nan])
    assert not _split([nan, 1, 2, nan])
    assert not _split([nan, 1, 2, 3], np.full((1, 4, 2), nan))
    assert _split([1, 2, 3, np.inf], intervals=[(2.5, 2.6)])


def test_a_contour_through_one_side_is_found():
    """y = 0.2 - (x - 1/2)^2 enters and leaves the unit cell through y = 0: all corners have one sign."""
    x, y = CORNERS.T
    value = y - 0.2 + (x - 0.5) ** 2
    slope = np.stack([2 * (x - 0.5), np.ones(4)], axis=-1)[None]
    assert value.min() > 0
    assert not _split(value)
    assert _split(value, slope)


FOUR = ("m_aprime", "m_phi", "v", "m_mu")
