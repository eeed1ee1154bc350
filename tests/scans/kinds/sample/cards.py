"""What tests of draws share: a card, g-2 over both masses in band coordinates, and how its file is read."""

import json

import h5py

CARD = {
    "kind": "sample",
    "terms": ["gm2"],
    "coordinates": "band",
    "observables": ["pull_gm2"],
    "chains": 3,
    "draws": 600,
    "warmup": 200,
    "seed": 3,
    "free": {
        "m_aprime": {"min": 0.03, "max": 0.2, "spacing": "log"},
        "m_phi": {"min": 0.05, "max": 0.12},
    },
}


def arrays_of(path):
    """Every array of a file of draws, and what judges them."""
    with h5py.File(path) as file:
        return {name: item[()] for name, item in file.items()} | {"judged": json.loads(file.attrs["diagnostics"])}
