"""The card that tests of fits share: g-2 in V and both masses, from random starts and one of a name."""

BAND = {
    "kind": "fit",
    "terms": ["gm2"],
    "starts": 256,
    "warm_up": False,
    "observables": ["pull_gm2"],
    "named_starts": {"here": {"m_aprime": 0.11, "m_phi": 0.08}},
    "free": {
        "v": {"min": 1.0, "max": 100.0, "spacing": "log"},
        "m_aprime": {"min": 0.001, "max": 0.2},
        "m_phi": {"min": 0.06, "max": 0.12},
    },
}
