"""Cards of limits and of decay lengths: what they refuse, what their files hold, what is drawn from them."""

import json

import numpy as np
import pytest

from jt3r import Point
from jt3r.constants import M_MU
from jt3r.data.load import digest
from jt3r.experiments import limits
from jt3r.kernels.production.lepton_radiation import pairs
from jt3r.scans import BadInput, run
from jt3r.scans.cards.load import load_card, shipped_cards
from jt3r.scans.kinds.limits.report import table_of_limits
from jt3r.scans.kinds.picture import plot_file
from jt3r.scans.store.hdf5 import open_scan
from jt3r.scans.store.info import describe

NAMES = ["E137", "BABAR", "COHERENT"]


def card(**changes):
    return {"kind": "limits", "experiments": NAMES, "axes": {"v": {"values": [10.0, 20.0]}}, **changes}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return run(card(), tmp_path_factory.mktemp("limits") / "limits.h5")


def test_the_file_holds_the_intervals(found):
    with open_scan(found) as scan:
        assert list(scan["experiment"].asstr()[()]) == NAMES
        edges = scan["limits"][()]
        assert edges.shape == (3, 2, 32)
        for row, moves, name in zip(edges, scan["slopes"][()], NAMES, strict=True):
            for cells, slopes, v in zip(row, moves, (10.0, 20.0), strict=True):
                # Alone a search is another program, which rounds otherwise.
                np.testing.assert_allclose(cells[np.isfinite(cells)], limits.intervals(name, v=v).ravel(), rtol=1e-13)
                slopes = slopes[np.isfinite(slopes)]
                np.testing.assert_allclose(
                    slopes, limits.slopes(name, cells[np.isfinite(cells)], v=v), rtol=1e-9
                )  # fewer at a time
        assert json.loads(scan.attrs["searches"])["E137"]["status"] == "excluded"
        data = json.loads(scan.attrs["data"])
        assert data["experiments.toml"]["tables"] == ["COHERENT", "E137"]
        assert data["recasts.toml"]["tables"] == ["BABAR"]
        assert len(data["displaced_inputs.toml"]["sha256"]) == 64
        rows = table_of_limits(scan)
    assert rows[0] == ["search", "status", "V = 10 GeV", "V = 20 GeV"]
    assert rows[2][2].startswith("211.3-")
    assert rows[3] == ["COHERENT", "excluded", "-", "-"]
    assert describe(found)["arrays"]["experiment"]["range"] is None


def test_the_file_opens_in_xarray(found):
    import xarray

    with xarray.open_dataset(found, engine="h5netcdf") as data:
        assert data["limits"].dims == ("experiment", "v", "edge")
        assert float(data["limits"].sel(v=10.0, experiment=b"BABAR")[0]) == pytest.approx(0.2113, rel=1e-3)


def first_seen_in_muons(v):
    """Mass at which BABAR's four muons begin to see an A' that decays to nu_s too, GeV.

    Gamma(nu_s nu_s) = g^2 m/(24 pi) and Gamma(mu mu) = g^2 m/(24 pi) beta (1 - r), r = (m_mu/m)^2: what it sees is
    Br(mu mu) = x/(1 + x), x = beta (1 - r), which opens with beta. It excludes where (g^2/4) (1 + R) Br(mu mu) exceeds half
    (the share of L_mu - L_tau's Z') of the table's g'^2 = 2.494e-6, g = m/(sqrt2 V), R what an axial coupling counts for beside
    a vector one: at beta = 0.014, 1.0e-4 above 2 m_mu.
    """
    axial, vector = (float(pairs(kind, 2 * M_MU, M_MU, 10.58)) for kind in ("axial", "vector"))
    mass = 2 * M_MU
    for _ in range(20):
        needed = 0.5 * 2.494e-6 / (mass**2 / (8 * v**2)) / (1 + axial / vector)
        beta = needed / (1 - needed) / (1 - (M_MU / mass) ** 2)
        mass = 2 * M_MU / (1 - beta**2) ** 0.5
    return mass


def test_the_invisible_scenario_gives_the_published_cuts(tmp_path):
    file = run(card(scenario="invisible", axes={"v": {"values": [10.0]}}), tmp_path / "cuts.h5")
    with open_scan(file) as scan:
        assert np.isnan(scan["limits"][0]).all()
        assert scan["limits"][1, 0, 0] == pytest.approx(first_seen_in_muons(10.0), rel=1e-8)
        assert np.array_equal(scan["limits"][2, 0, :2], [0.03, 0.2])


def test_figure_6(tmp_path):
    table = {"kind": "decay_lengths", "energy": {"values": [120.0, 7000.0]}, "axes": {"m_aprime": {"values": [0.11, 0.2]}}}
    file = run(table, tmp_path / "lengths.h5")
    with open_scan(file) as scan:
        # The paper's Fig. 6 as recomputed with mpmath, to the three digits given.
        assert np.allclose(scan["decay_length"], [[0.226, 13.2], [0.0207, 1.21]], rtol=4e-3)
        assert np.isfinite(scan["needed_length"][:, 0]).all()
        assert np.isnan(scan["needed_length"][:, 1]).all()
    plot_file(file, tmp_path / "lengths.png")
    assert (tmp_path / "lengths.png").stat().st_size > 10_000
    with pytest.raises(BadInput, match="E137"):
        load_card({**table, "experiments": ["E137"]})
    with pytest.raises(BadInput, match="energy"):
        load_card({**table, "energy": {"values": [0.1, 1.0]}})


def test_shipped_cards_are_valid():
    for name in ("limits", "limits_v", "limits_invisible", "decay_lengths"):
        assert name in shipped_cards()
        load_card(name)


def test_expected_events_on_a_grid(tmp_path):
    """An open mesh cut into stages gives what the kernel gives point by point, and ln N stays finite where N is 0."""
    axes = {"m_aprime": {"min": 0.003, "max": 0.9, "n": 7, "spacing": "log"}, "v": {"values": [1.0, 10.0, 300.0]}}
    names = ["events_e137", "log_events_e137", "excluded_e137"]
    file = run({"kind": "grid", "observables": names, "axes": axes}, tmp_path / "grid.h5")
    with open_scan(file) as scan:
        masses, vs = scan["m_aprime"][()][:, None], scan["v"][()]
        expected = np.asarray(limits.log_events("E137", Point(m_aprime=masses, v=vs)))
        # A few roundings of L/l.
        assert np.allclose(scan["log_events_e137"], expected, rtol=1e-12, atol=1e-9)
        assert (scan["events_e137"][()] == 0).any()
        assert np.array_equal(scan["excluded_e137"][()] == 1, expected > np.log(3.0))
        # The file says which numbers it rests on.
        assert json.loads(scan.attrs["data"])["experiments.toml"] == {"sha256": digest("experiments.toml"), "tables": ["E137"]}
