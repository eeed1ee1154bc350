"""File systems of clusters: calls that they do not have are done without, with one line. A preloaded shim stands in."""

import os
import shutil
import subprocess
import sys
from functools import cache

import pytest

from tests.scans.processes import jt3r, jt3r_each

SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int asked(const char *name) {
  const char *value = getenv(name);
  return value ? atoi(value) : 0;
}
int flock(int fd, int how) {
  if (asked("SHIM_FLOCK")) { errno = asked("SHIM_FLOCK"); return -1; }
  return ((int (*)(int, int))dlsym(RTLD_NEXT, "flock"))(fd, how);
}
int link(const char *a, const char *b) {
  if (asked("SHIM_LINK")) { errno = asked("SHIM_LINK"); return -1; }
  return ((int (*)(const char *, const char *))dlsym(RTLD_NEXT, "link"))(a, b);
}
int linkat(int a, const char *b, int c, const char *d, int e) {
  if (asked("SHIM_LINK")) { errno = asked("SHIM_LINK"); return -1; }
  return ((int (*)(int, const char *, int, const char *, int))dlsym(RTLD_NEXT, "linkat"))(a, b, c, d, e);
}
int fsync(int fd) {
  struct stat facts;
  if (asked("SHIM_FSYNC") && fstat(fd, &facts) == 0 && S_ISDIR(facts.st_mode)) { errno = asked("SHIM_FSYNC"); return -1; }
  return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd);
}
ssize_t read(int fd, void *into, size_t size) {
  struct stat facts;
  if (asked("SHIM_READ") && fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_size == asked("SHIM_SIZE")) {
    errno = asked("SHIM_READ");
    return -1;
  }
  return ((ssize_t (*)(int, void *, size_t))dlsym(RTLD_NEXT, "read"))(fd, into, size);
}
"""

CARD = 'kind = "band"\npulls = [0]\naxes.m_aprime = { values = [0.05, 0.1] }\n'
ENOLCK, ENOSYS, EOPNOTSUPP, EAGAIN, EPERM, EINVAL, EIO = 37, 38, 95, 11, 1, 22, 5


@pytest.fixture(scope="module")
def shim(tmp_path_factory):
    """Of a fault, the environment that has it."""
    assert shutil.which("gcc"), "these tests need gcc, to build a library that stands in for a cluster's file system"
    folder = tmp_path_factory.mktemp("shim")
    (folder / "shim.c").write_text(SHIM)
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", folder / "shim.so", folder / "shim.c", "-ldl"], check=True)
    return lambda **faults: {**os.environ, "LD_PRELOAD": str(folder / "shim.so"), **{k: str(v) for k, v in faults.items()}}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A card, and the file of a run on a file system that has everything."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "card.toml").write_text(CARD)
    done = jt3r("run", folder / "card.toml", "-o", folder / "whole.h5")
    said = [line for line in done.stderr.splitlines() if "only the first time" not in line]  # after two seconds of compiling
    assert (done.returncode, said) == (0, [])
    return folder / "card.toml", folder / "whole.h5"


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        ({"SHIM_FLOCK": ENOLCK}, "flock"),
        ({"SHIM_FLOCK": ENOSYS}, "flock"),
        ({"SHIM_FLOCK": EOPNOTSUPP}, "flock"),
        ({"SHIM_LINK": EPERM}, ""),
        ({"SHIM_FSYNC": EINVAL}, "fsync"),
    ],
    ids=["flock-ENOLCK", "flock-ENOSYS", "flock-EOPNOTSUPP", "link-EPERM", "fsync-EINVAL"],
)
def test_a_scan_is_done_without(faults, said, shim, whole, tmp_path):
    card, file = whole
    out = tmp_path / "out.h5"
    done = jt3r("run", card, "-o", out, env=shim(**faults))
    assert (done.returncode, done.stderr.count("\n")) == (0, 1 if said else 0), done.stderr
    assert said in done.stderr
    assert out.read_bytes() == file.read_bytes()
    assert [p.name for p in tmp_path.iterdir()] == ["out.h5"]


READING = ["info", "status", "verify"]


@pytest.fixture(scope="module")
def without_lock(shim, whole):
    """Of a fault, the answers of commands that read: one process for all, which would else be starting Python alone."""

    @cache
    def answers(code):
        done = jt3r_each(*([command, whole[1]] for command in READING), env=shim(SHIM_FLOCK=code))
        return dict(zip(READING, done, strict=True))

    return answers


@pytest.mark.parametrize("code", [ENOLCK, EAGAIN])
@pytest.mark.parametrize("command", READING)
def test_reading_needs_no_lock(command, code, without_lock):
    done = without_lock(code)[command]
    assert (done.returncode, done.stderr) == (0, "")


def test_without_flock_a_second_run_is_refused_and_a_dead_one_is_not_in_the_way(shim, whole, tmp_path):
    out = tmp_path / "out.h5"
    script = (
        "import sys; from pathlib import Path; from jt3r.scans.store.lock import locked\n"
        "with locked(Path(sys.argv[1]), shared=False): print('locked', flush=True); sys.stdin.read()"
    )
    environment = shim(SHIM_FLOCK=ENOLCK)
    assert jt3r("run", whole[0], "-o", out, "--shard", "1/1", env=environment).returncode == 0
    command = [sys.executable, "-c", script, f"{out}.parts"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    with subprocess.Popen(command, env=environment, **pipes) as holder:
        assert holder.stdout.readline() == "locked\n"
        refused = jt3r("run", whole[0], "-o", out, "--resume", env=environment)
        assert "another jt3r is writing this scan" in refused.stderr.splitlines()[-1]
        assert refused.returncode == 2
        assert ", running, " in jt3r("status", out, env=environment).stdout
        holder.kill()
    assert jt3r("run", whole[0], "-o", out, "--resume", env=environment).returncode == 0
    assert out.read_bytes() == whole[1].read_bytes()


def test_an_error_of_the_system_is_not_called_damage(shim, whole):
    done = jt3r("info", whole[1], env=shim(SHIM_READ=EIO, SHIM_SIZE=whole[1].stat().st_size))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "Input/output error" in done.stderr
    assert "damaged" not in done.stderr
