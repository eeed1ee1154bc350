"""Settings of all tests."""

from hypothesis import settings

# A first call compiles, which takes longer than Hypothesis allows an example by default.
settings.register_profile("jt3r", deadline=None)
settings.load_profile("jt3r")
