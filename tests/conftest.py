"""Settings of all tests."""

import os

import pytest
from hypothesis import settings

# A first call compiles, which takes longer than Hypothesis allows an example by default.
settings.register_profile("jt3r", deadline=None)
settings.load_profile("jt3r")


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory):
    """Programs that child processes compile are kept for the session, and the user's cache is left alone."""
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))
