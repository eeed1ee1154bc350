"""The folder of compiled programs: the user's alone, and none where there can be none."""

import os
import stat
from pathlib import Path

import pytest

from jt3r.programs.folder import cache_folder, cache_in_use, is_private, private_cache_folder


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    """No folder that JAX's variables name, and a cache folder of the test's own."""
    for name in ("JAX_COMPILATION_CACHE_DIR", "JAX_ENABLE_COMPILATION_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))


def test_it_is_in_use_unless_jax_is_told_otherwise(monkeypatch, tmp_path):
    assert cache_in_use() == cache_folder()
    monkeypatch.setenv("JAX_COMPILATION_CACHE_DIR", str(tmp_path))
    assert cache_in_use() == tmp_path
    monkeypatch.setenv("JAX_ENABLE_COMPILATION_CACHE", "False")
    assert cache_in_use() is None


def test_the_folder_is_the_users_alone():
    folder = private_cache_folder()
    assert folder == cache_folder()
    assert folder.name.startswith("jaxlib-")
    for each in (folder.parent, folder):
        assert stat.S_IMODE(each.stat().st_mode) == 0o700


@pytest.mark.filterwarnings("error")
def test_a_program_that_others_could_have_put_there_forbids_all():
    folder = private_cache_folder()
    (folder / "program").touch(mode=0o600)
    assert private_cache_folder() == folder
    (folder / "program").chmod(0o666)
    with pytest.warns(RuntimeWarning, match="program: is not this user's, or others can write it; running without"):
        assert private_cache_folder() is None


@pytest.mark.parametrize(("mode", "private"), [(0o600, True), (0o755, True), (0o620, False), (0o602, False)])
def test_private_is_what_nobody_else_can_write(mode, private, tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "file").chmod(mode)
    assert is_private((tmp_path / "file").stat()) == private
    facts = list(os.stat_result((0o100600, 0, 0, 1, os.geteuid() + 1, 0, 0, 0, 0, 0)))
    assert not is_private(os.stat_result(facts))


def test_the_processor_is_named_where_proc_is_missing(monkeypatch):
    read = Path.read_text

    def missing(self, *arguments, **options):
        if self.is_relative_to("/proc"):
            raise FileNotFoundError
        return read(self, *arguments, **options)

    here = cache_folder().name
    monkeypatch.setattr(Path, "read_text", missing)
    assert cache_folder().name != here
    assert cache_folder().name.startswith("jaxlib-")
