"""Small files of limits, in memory: four searches at two V, and one in the kinetic mixing."""

import json

import numpy as np

from tests.scans.kinds.pictures import memory_file

SEARCHES = {
    "Dump": {"label": "A dump", "status": "excluded", "beyond_the_paper": False, "published": False},
    "Other": {"label": "Beyond", "status": "excluded", "beyond_the_paper": True, "published": False},
    "Cut": {"label": "A cut", "status": "excluded", "beyond_the_paper": False, "published": True},
    "Plan": {"label": "A plan", "status": "projection", "beyond_the_paper": False, "published": False},
}
CARD = {"kind": "limits", "recipe": "direct", "scenario": "visible", "axes": {"v": {}}, "fixed": {}}


def small_file(v=(10.0, 20.0)):
    """Dump 1-40 and 50-60 MeV, Other 30-45, Cut 5-10 at V = 10 alone, Plan 20-100."""
    edges = np.full((4, len(v), 4), np.nan)
    edges[0] = [0.001, 0.04, 0.05, 0.06]
    edges[1, :, :2] = [0.03, 0.045]
    edges[2, 0, :2] = [0.005, 0.01]
    edges[3, :, :2] = [0.02, 0.1]
    axes = {"experiment": list(SEARCHES), "v": list(v), "edge": np.arange(4)}
    facts = {"units": "GeV", "latex": "m_{A'}"}
    return memory_file(
        axes, {"limits": (list(axes), edges, facts)}, {"searches": json.dumps(SEARCHES), "card": json.dumps(CARD)}
    )


def mixing_file(m_aprime=(0.01, 0.02)):
    """Dump along the kinetic mixing, at two masses of the A'."""
    edges = np.full((1, len(m_aprime), 4), np.nan)
    edges[0, :, :2] = [[1e-6, 1e-3], [2e-6, 5e-4]][: len(m_aprime)]
    axes = {"experiment": ["Dump"], "m_aprime": list(m_aprime), "edge": np.arange(4)}
    card = {**CARD, "scenario": None, "along": "kinetic_mixing", "axes": {"m_aprime": {"spacing": "log"}}}
    facts = {"units": "1", "latex": r"\epsilon"}
    return memory_file(
        axes, {"limits": (list(axes), edges, facts)}, {"searches": json.dumps(SEARCHES), "card": json.dumps(card)}
    )
