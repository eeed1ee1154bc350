"""The card that tests of draws share: g-2 over both masses, in band coordinates."""

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
