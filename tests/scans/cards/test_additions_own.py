"""What users add, from a card, on two worker processes of an installation that is read-only; killed, and resumed."""

import functools
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import h5py
import numpy as np
import pytest

import jt3r
from jt3r.scans.engine.checkpoint import checkpoint_folder

MINE = '''
"""A vector of one's own, and what goes with it."""
from jax import Array
import jt3r
from jt3r.couplings import Fermions, Vector
from jt3r.u1 import ModelPoint, field


class Mine(ModelPoint):
    m_aprime: Array = field("m_X", "mass of X", light=True)
    g: Array = field("g_X", "coupling to charged leptons and quarks", unit="1")


@jt3r.model(Mine, source="mine")
def mine(point):
    "A vector of charged leptons and quarks."
    charges = Fermions(e=point.g, mu=point.g, u=point.g, d=-point.g)
    return jt3r.Couplings(aprime=Vector(point.m_aprime, left=charges, right=charges), m_mu=point.m_mu)


@jt3r.observable(unit="1", latex="x", source="mine")
def mass_in_muons(point):
    "Mass of X over that of the muon."
    return point.m_aprime / point.m_mu


@jt3r.term(source="mine")
def near_30_mev(point):
    "X near 30 MeV."
    return (point.m_aprime - 0.03) / 1e-3


jt3r.dataset("mine_set", {"delta_a_mu": {"value": 1e-9, "error": 5e-10, "source": "mine"}})
'''

GRID = """kind = "grid"
model = "mine"
observables = ["mass_in_muons", "pull_gm2"]
include = ["mine.py"]
[axes]
m_aprime = { min = 0.01, max = 0.2, n = 2000 }
g = { min = 1e-5, max = 1e-3, n = 2100 }
[measurements.delta_a_mu]
value = 1.0e-9
error = 0.5e-9
source = "mine"
"""

FIT = """kind = "fit"
model = "mine"
dataset = "mine_set"
terms = ["near_30_mev", "gm2"]
starts = 300
warm_up = false
observables = ["mass_in_muons", "events_mydump"]
include = ["mine.py"]
[free]
m_aprime = { min = 0.01, max = 0.1 }
g = { min = 1e-5, max = 1e-2, spacing = "log" }
[experiments.displaced.MyDump]
label = "a dump of my own"
kind = "beam_dump"
status = "excluded"
year = 2030
beam_energy = { value = 120.0, unit = "GeV", source = "mine" }
exposure = { value = 1e10, unit = "1", source = "mine" }
target_mass_number = { value = 55.845, unit = "1", source = "mine" }
distance = { value = 30.0, unit = "m", source = "mine" }
depth = { value = 10.0, unit = "m", source = "mine" }
radius = { value = 1.0, unit = "m", source = "mine" }
min_energy = { value = 5.0, unit = "GeV", source = "mine" }
efficiency = { value = 0.5, unit = "1", source = "mine" }
events = { value = 3.0, unit = "1", source = "mine" }
background = { value = 0.0, unit = "1", source = "mine" }
"""


class Installed:
    """A copy of the package without the right to write in it, and the command line that uses it."""

    def __init__(self, folder: Path):
        self.package = folder / "site" / "jt3r"
        home = Path(jt3r.__file__).parent
        for source, target in ((home, "."), (home.parent / "kernels", "kernels"), (home.parent / "scans", "scans")):
            shutil.copytree(source, self.package / target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        for path in [self.package, *self.package.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        self.listing = self.files()
        own = {"PYTHONPATH": str(folder / "site"), "HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache")}
        # Who is root may write all the same: that nothing was written is looked up.
        self.environment = {**os.environ, **own, "PYTHONDONTWRITEBYTECODE": "1"}
        self.environment.pop(jt3r.additions.ALLOWED, None)

    def files(self) -> list[tuple[str, int]]:
        return sorted((str(path), path.stat().st_mtime_ns) for path in self.package.rglob("*"))

    def start(self, *arguments) -> subprocess.Popen:
        command = [sys.executable, "-c", "from jt3r.scans.cli.main import main; main()", *map(str, arguments)]
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, env=self.environment, cwd=self.package.parent.parent, **options)

    def run(self, *arguments) -> tuple[int, str]:
        process = self.start(*arguments)
        stdout, stderr = process.communicate(timeout=600)
        return process.returncode, stdout + stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("installed")
    (folder / "mine.py").write_text(MINE)
    for name, text in (("grid.toml", GRID), ("fit.toml", FIT)):
        (folder / name).write_text(text)
    there = Installed(folder)
    yield folder, there
    assert there.files() == there.listing
    for path in [there.package, *(path for path in there.package.rglob("*") if path.is_dir())]:
        path.chmod(0o755)


def test_without_permission_nothing_runs(installed):
    folder, there = installed
    for arguments in (("run", "grid.toml", "-o", "no.h5"), ("run", "grid.toml", "-o", "no.h5", "--shard", "1/2")):
        code, said = there.run(*arguments)
        assert (code, "--allow-code" in said, said.count("\n")) == (2, True, 1), said
    assert not list(folder.glob("no.h5*"))


@pytest.fixture(scope="module")
def whole(installed):
    """Name of a card -> the file of a run that nobody stopped."""
    folder, there = installed

    @functools.cache
    def made(name):
        code, said = there.run("run", f"{name}.toml", "-o", f"whole_{name}.h5", "--allow-code")
        assert code == 0, said
        return folder / f"whole_{name}.h5"

    return made


@pytest.mark.parametrize("name", ["grid", "fit"])
def test_killed_and_resumed_on_two_workers(name, installed, whole):
    """With a model, an observable and a measurement of one's own; and with a term, an experiment and a data set."""
    folder, there = installed
    output = folder / f"{name}.h5"
    command = ("run", f"{name}.toml", "-o", output.name, "--allow-code", "--executor", "processes:2")
    process, parts = there.start(*command), checkpoint_folder(output)
    end = time.monotonic() + 600  # compiling takes minutes where others compile too
    while not list(parts.glob("tile-*.h5")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not output.exists()
    code, said = there.run(*command, "--resume")
    assert code == 0, said
    assert output.read_bytes() == whole(name).read_bytes()
    assert there.package.is_dir()


def test_own_model_observable_and_measurement(whole):
    with h5py.File(whole("grid")) as file:
        np.testing.assert_allclose(file["mass_in_muons"][:, 0], file["m_aprime"][()] / 0.1056583755, rtol=1e-14)
        assert file["pull_gm2"].shape == (2000, 2100)
        assert "mine.py" in file.attrs["card"]


def test_own_term_experiment_and_data_set(whole):
    with h5py.File(whole("fit")) as file:
        assert "near_30_mev" in file.attrs["card"]
        assert {"m_aprime", "g", "events_mydump", "mass_in_muons"} <= set(file)
        # The term is met to its last digit, and the moment of the own set by the coupling.
        assert float(np.nanmin(np.abs(file["m_aprime"][()] - 0.03))) < 1e-9
        assert np.isfinite(file["events_mydump"][()]).any()


def test_shards_and_merge_take_the_permission(installed, whole):
    folder, there = installed
    for shard in ("1/2", "2/2"):
        code, said = there.run("run", "grid.toml", "-o", "shards.h5", "--shard", shard, "--allow-code")
        assert code == 0, said
    code, said = there.run("merge", "shards.h5")
    assert (code, "--allow-code" in said) == (2, True)
    assert there.run("merge", "shards.h5", "--allow-code")[0] == 0
    assert (folder / "shards.h5").read_bytes() == whole("grid").read_bytes()
