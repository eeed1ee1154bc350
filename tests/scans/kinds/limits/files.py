"""A small file of limits, in memory: four searches at two V."""

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
