"""A small file of what is left, in memory: three searches on a mesh of V and m_A', for two ways of decaying."""

import json

import numpy as np

from tests.scans.kinds.pictures import memory_file

V, MASSES = np.array([5.0, 10.0, 20.0]), np.geomspace(0.01, 0.1, 5)
SEARCHES = {
    "Old": {"label": "An old one", "status": "excluded", "hadronic": False, "year": 1985},
    "New": {"label": "A new one", "status": "excluded", "hadronic": False, "year": 2023},
    "Kaons": {"label": "By an amplitude", "status": "excluded", "hadronic": True, "year": 2009},
    "Planned": {"label": "To come", "status": "projection", "hadronic": False, "year": 2030},
}


def small_file():
    """Old excludes the lightest two masses, New the heaviest, Kaons and Planned all; invisible: nothing but Planned."""
    strength = np.full((4, 2, 3, 5), -1.0)
    strength[0, 0, :, :2] = strength[1, 0, :, 4:] = strength[2, 0] = strength[3] = 1.0
    axes = {"experiment": list(SEARCHES), "decay": ["visible", "invisible"], "v": V, "m_aprime": MASSES}
    arrays = {"strength": (list(axes), strength, {})}
    return memory_file(axes, arrays, {"searches": json.dumps(SEARCHES)})
