"""Programs of all kinds of scan: cards that differ in numbers alone share them, those that differ in more do not."""

import jax
import numpy as np
import pytest

import jt3r
from jt3r.scans import run

FREE = {"c_universal": {"min": 2.0, "max": 12.0}, "c_nonuniversal": {"min": -3.0, "max": 2.0}}
ANOMALIES = {"terms": ["R_K", "R_Kst"], "free": FREE}
AXES = {"m_phi": {"min": 0.05, "max": 0.1, "n": 6}, "m_aprime": {"min": 0.03, "max": 0.2, "n": 6}}
GRID = {"kind": "grid", "observables": ["pull_gm2"], "axes": AXES, "fixed": {"v": 10.0}}
SEARCHES = {"experiments": ["NuCal", "NA48-2"], "axes": {"v": {"min": 5.0, "max": 20.0, "n": 3}}}
MASSES = {"m_aprime": {"min": 0.01, "max": 0.2, "n": 8}}

CARDS = {
    "fit": {"kind": "fit", "starts": 8, **ANOMALIES},
    "sample": {"kind": "sample", "chains": 1, "draws": 10, "warmup": 20, **ANOMALIES},
    "profile": {"kind": "profile", "starts": 8, "axes": {"c_nonuniversal": {"min": -1.0, "max": 0.5, "n": 3}}, **ANOMALIES},
    "grid": GRID,
    "counted": {**GRID, "output": "summary", "summary": {"levels": [1.0], "range": [-4.0, 4.0], "bins": 2}},
    "refined": {**GRID, "refine": {"where": "pull_gm2", "levels": 2}},
    "band": {"kind": "band", "pulls": [0.0], "axes": MASSES, "fixed": {"v": 10.0}, "between": [1e-3, 10.0]},
    "limits": {"kind": "limits", **SEARCHES},
    "what_is_left": {"kind": "what_is_left", **SEARCHES, "axes": {**SEARCHES["axes"], **MASSES}},
}
"""One of each kind that compiles programs of its own."""


def _other_numbers(entry, key=""):
    """The card with all its numbers changed a little, but for those that are counts."""
    if isinstance(entry, dict):
        return {name: _other_numbers(value, name) for name, value in entry.items()}
    if isinstance(entry, list):
        return [_other_numbers(value) for value in entry]
    if isinstance(entry, float):
        return entry * 1.01 if entry > 0 else entry + 0.01
    return entry


@pytest.mark.parametrize("kind", CARDS)
def test_cards_that_differ_in_numbers_alone_compile_nothing(kind, tmp_path):
    first, second, compiled = CARDS[kind], _other_numbers(CARDS[kind]), []
    assert first != second
    run(first, tmp_path / "first.h5")
    jax.monitoring.register_event_duration_secs_listener(
        lambda event, _, **more: compiled.append(event) if event.endswith("backend_compile_duration") else None
    )
    try:
        run(second, tmp_path / "second.h5")
    finally:
        jax.monitoring.clear_event_listeners()
    assert compiled == []


OF_MODELS = {"kind": "grid", "observables": ["ctau_aprime"], "fixed": {"kinetic_mixing": 1e-4}}
OF_A_PRIME = {"m_aprime": {"min": 0.05, "max": 0.2, "n": 4}, "g": {"min": 1e-4, "max": 1e-3, "n": 3}}
WAYS = {
    "stored": {},
    "counted": {"output": "summary", "summary": {"levels": [1e-6], "bins": 0}},
    "refined": {"refine": {"where": "ctau_aprime", "contours": [1e-6], "levels": 1}},
}


@pytest.mark.parametrize("way", WAYS)
def test_models_of_the_same_parameters_do_not_share_programs(way, tmp_path):
    """B - L couples to quarks and electrons, L_mu - L_tau does not: no length is the same."""
    found = []
    for model in ("b_l", "lmu_ltau", "b_l"):
        path = run({**OF_MODELS, "model": model, "axes": OF_A_PRIME, **WAYS[way]}, tmp_path / f"{len(found)}.h5")
        with jt3r.open(path) as scan:
            found.append(np.asarray(scan["best" if way == "counted" else "ctau_aprime"]))
    assert not np.isclose(found[0], found[1], rtol=1e-3).any()
    np.testing.assert_array_equal(found[0], found[2])
