import h5py
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r import Point, observables
from jt3r.kernels.numerics.devices import stored_points
from jt3r.scans import run
from jt3r.scans.cards.load import load_card
from jt3r.scans.engine.prepare import prepare

ROUNDING = 1e-11
"""Contracted multiply-add differs from one compilation to the next; the two terms cancel to 1/1000 at worst here."""


def test_a_map_holds_direct_values(map_file, map_values):
    m_aprime, m_phi, point = map_values
    with h5py.File(map_file) as file:
        np.testing.assert_array_equal(file["m_aprime"], m_aprime)
        np.testing.assert_array_equal(file["m_phi"], m_phi)
        for name in ("delta_a_mu", "pull_gm2", "g_t3r"):
            assert file[name].shape == (37, 53)
            expected = np.broadcast_to(observables[name](point), (37, 53))
            np.testing.assert_allclose(file[name], expected, rtol=ROUNDING, atol=1e-12 * np.abs(expected).max())


CARDS = {
    "one axis": {"m_phi": {"min": 0.01, "max": 1.0, "n": 70001, "spacing": "log"}},
    "edges": {"m_aprime": {"min": 0.01, "max": 0.2, "n": 1300}, "m_phi": {"min": 0.06, "max": 0.11, "n": 1111}},
    "three axes": {
        "v": {"values": [5.0, 10.0, 20.0]},
        "m_phi": {"min": 0.06, "max": 0.11, "n": 301},
        "m_aprime": {"min": 0.01, "max": 0.2, "n": 217},
    },
    "an axis of one": {"v": {"values": [10.0]}, "m_aprime": {"min": 0.01, "max": 0.2, "n": 5}},
}


@pytest.mark.parametrize("name", CARDS)
def test_meshes_that_are_no_multiple_of_tile_or_chunk(name, tmp_path):
    axes = CARDS[name]
    fixed = {key: value for key, value in {"m_aprime": 0.05, "m_phi": 0.08}.items() if key not in axes}
    chosen = ["delta_a_mu", "c_aprime"]
    card = {"kind": "grid", "axes": axes, "fixed": fixed, "observables": chosen}
    path = run(card, tmp_path / "grid.h5")
    values = [axis.points() for axis in load_card(card).axes.values()]
    mesh = dict(zip(axes, np.meshgrid(*values, indexing="ij", sparse=True), strict=True))
    with h5py.File(path) as file:
        for observable in chosen:
            expected = np.broadcast_to(observables[observable](Point(**fixed, **mesh)), [len(v) for v in values])
            assert file[observable].shape == expected.shape
            np.testing.assert_allclose(file[observable], expected, rtol=ROUNDING, atol=1e-12 * np.abs(expected).max())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["grid.h5"]


def test_several_tiles_are_in_play():
    """So that the test above sees the joints."""
    card = load_card({"kind": "grid", "axes": CARDS["edges"], "observables": ["delta_a_mu"]})
    assert len(prepare(card).tiles) > 1
    assert prepare(card).points == 1300 * 1111
    assert stored_points() < 1300 * 1111


def test_a_float32_session_would_store_float32():
    """The type of what is stored is the session's, here float64."""
    card = load_card({"kind": "grid", "axes": CARDS["edges"], "observables": ["delta_a_mu"]})
    assert prepare(card).layout.variables[0].dtype == jnp.zeros(1).dtype.str
