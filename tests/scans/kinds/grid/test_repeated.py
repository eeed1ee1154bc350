"""A card that differs from one before in its numbers alone compiles nothing."""

import jax
import pytest

from jt3r.scans import run

GRID = {
    "kind": "grid",
    "observables": ["pull_gm2", "ctau_aprime"],
    "axes": {"m_aprime": {"min": 0.01, "max": 0.2, "n": 7}, "m_phi": {"min": 0.06, "max": 0.11, "n": 9}},
    "fixed": {"v": 10.0},
}
BAND = {"kind": "band", "pulls": [-1.0, 1.0], "axes": {"m_aprime": {"min": 0.01, "max": 0.2, "n": 6}}, "fixed": {"v": 10.0}}


@pytest.mark.parametrize("card", [GRID, BAND], ids=["grid", "band"])
def test_other_numbers_compile_nothing(card, tmp_path):
    run(card, tmp_path / "first.h5")
    compiled = []
    jax.monitoring.register_event_duration_secs_listener(
        lambda event, _, **more: compiled.append(event) if event.endswith("backend_compile_duration") else None
    )
    try:
        axes = {**card["axes"], "m_aprime": {"min": 0.02, "max": 0.25, "n": card["axes"]["m_aprime"]["n"]}}
        run({**card, "axes": axes, "fixed": {"v": 12.5}}, tmp_path / "second.h5")
    finally:
        jax.monitoring.clear_event_listeners()
    assert compiled == []
