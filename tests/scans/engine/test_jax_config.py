"""Settings of JAX before it is loaded: what the user set stays, and no cache that somebody else can write is used."""

import os

import jax
import pytest

from jt3r.errors import BadInput
from jt3r.programs.folder import cache_folder, cache_in_use, private_cache_folder
from jt3r.scans.engine import jax_config
from jt3r.scans.engine.jax_config import check_device, configure

NAMES = (
    "TF_CPP_MIN_LOG_LEVEL",
    "JAX_PLATFORMS",
    "JAX_ENABLE_X64",
    "XLA_PYTHON_CLIENT_PREALLOCATE",
    "XLA_PYTHON_CLIENT_MEM_FRACTION",
    "JAX_COMPILATION_CACHE_DIR",
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS",
    "JAX_ENABLE_COMPILATION_CACHE",
)


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    """None of JAX's variables, and a cache folder of the test's own; all as before after it."""
    for name in NAMES:
        monkeypatch.setenv(name, "")  # so that it is restored
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))


def chosen():
    return {name: os.environ[name] for name in NAMES[1:] if name in os.environ}


def test_what_is_asked_for_is_set():
    configure("cpu", "float32", 0.5, cache=True)
    assert chosen() == {
        "JAX_PLATFORMS": "cpu",
        "JAX_ENABLE_X64": "0",
        "XLA_PYTHON_CLIENT_MEM_FRACTION": "0.5",
        "JAX_COMPILATION_CACHE_DIR": str(cache_folder()),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0.1",
    }
    assert cache_in_use() == cache_folder()


def test_nothing_asked_for_and_no_cache():
    configure(None, None, 0, cache=False)
    assert chosen() == {"XLA_PYTHON_CLIENT_PREALLOCATE": "false", "JAX_ENABLE_COMPILATION_CACHE": "false"}
    assert cache_in_use() is None
    assert not cache_folder().exists()


def test_the_users_own_cache_stays(monkeypatch, tmp_path):
    monkeypatch.setenv("JAX_COMPILATION_CACHE_DIR", str(tmp_path / "mine"))
    monkeypatch.setenv("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "7")
    configure(None, "float64", None, cache=True)
    assert cache_in_use() == tmp_path / "mine"
    assert os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] == "7"
    assert os.environ["JAX_ENABLE_X64"] == "1"
    assert not cache_folder().exists()


def test_where_no_folder_can_be_there_is_none(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert private_cache_folder() is None
    configure(None, None, None, cache=True)
    assert "JAX_COMPILATION_CACHE_DIR" not in os.environ


def test_a_device_that_is_not_there_is_one_line(monkeypatch):
    check_device(None)
    check_device("cpu")

    def none():
        raise RuntimeError("Unable to initialize\n  backend 'tpu'")

    monkeypatch.setattr(jax, "devices", none)
    with pytest.raises(BadInput, match=r"^--device tpu: JAX finds no such device here \(Unable to initialize backend 'tpu'\)$"):
        check_device("tpu")
    with pytest.raises(
        BadInput, match=r"^--device gpu: no such device here; there are cpu, cuda \(NVIDIA\), rocm \(AMD\) and tpu$"
    ):
        check_device("gpu")
    assert jax_config._words(AssertionError()) == "AssertionError"
