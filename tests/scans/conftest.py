import numpy as np
import pytest

from jt3r.scans import run

BAND = {
    "kind": "band",
    "pulls": [-2, -1, 0, 1, 2],
    "axes": {"m_aprime": {"min": 0.01, "max": 0.3, "n": 40, "spacing": "log"}},
    "fixed": {"v": 10.0},
}
MAP = {
    "kind": "grid",
    "observables": ["delta_a_mu", "pull_gm2", "g_t3r"],
    "axes": {
        "m_aprime": {"min": 0.001, "max": 0.3, "n": 37, "spacing": "log"},
        "m_phi": {"min": 0.06, "max": 0.11, "n": 53},
    },
    "fixed": {"v": 10.0},
}
TILED = {
    "kind": "grid",
    "observables": ["delta_a_mu"],
    "axes": {"m_aprime": {"min": 0.01, "max": 0.2, "n": 4000}, "m_phi": {"min": 0.06, "max": 0.11, "n": 2100}},
}
"""Twelve tiles."""

SUMMARY = {**MAP, "observables": ["pull_gm2"], "output": "summary"}


@pytest.fixture(scope="session")
def band_file(tmp_path_factory):
    return run(BAND, tmp_path_factory.mktemp("band") / "band.h5")


@pytest.fixture(scope="session")
def map_file(tmp_path_factory):
    return run(MAP, tmp_path_factory.mktemp("map") / "map.h5")


@pytest.fixture(scope="session")
def summary_file(tmp_path_factory):
    return run(SUMMARY, tmp_path_factory.mktemp("summary") / "summary.h5")


@pytest.fixture(scope="session")
def tiled(tmp_path_factory):
    """The bytes of TILED's file."""
    return run(TILED, tmp_path_factory.mktemp("tiled") / "whole.h5").read_bytes()


@pytest.fixture(scope="session")
def map_values():
    """The map computed directly, as (m_aprime, m_phi, Point)."""
    from jt3r import Point

    m_aprime, m_phi = np.geomspace(0.001, 0.3, 37), np.linspace(0.06, 0.11, 53)
    return m_aprime, m_phi, Point(v=10.0, m_aprime=m_aprime[:, None], m_phi=m_phi[None, :])
