"""The card that tests of profiles share: g-2 over both masses, held at values of its pull."""

FREE = {
    "m_aprime": {"min": 0.05, "max": 0.2, "spacing": "log"},
    "m_phi": {"min": 0.06, "max": 0.1},
}
PULL = {
    "kind": "profile",
    "terms": ["gm2"],
    "axes": {"pull_gm2": {"min": -3.0, "max": 3.0, "n": 13}},
    "free": FREE,
    "starts": 4,
}
