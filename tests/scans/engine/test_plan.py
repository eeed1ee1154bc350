"""A mesh over several devices."""

import os
import subprocess
import sys

import jax

from jt3r.scans.engine.plan import told_float32
from tests.scans.processes import jt3r, without_waiting


def test_a_mesh_is_spread_over_devices(tmp_path):
    script = (
        "import numpy as np\n"
        "from jt3r.scans.engine.plan import open_mesh\n"
        "axes = {'m_aprime': np.linspace(0.1, 0.2, 24), 'm_phi': np.linspace(0.1, 0.2, 13)}\n"
        "fields = open_mesh(axes, (slice(0, 20), slice(0, 13)), (24, 13))\n"
        "shards = fields['m_aprime'].addressable_shards\n"
        "print(len({s.device for s in shards}), shards[0].data.shape)\n"
    )
    flags = {"XLA_FLAGS": "--xla_force_host_platform_device_count=8"}
    done = subprocess.run([sys.executable, "-c", script], env=os.environ | flags, check=True, capture_output=True, text=True)
    assert done.stdout == "8 (3, 1)\n"


def test_float32_is_warned_of_where_terms_cancel():
    asked = ["c_phi", "pull_gm2", "R_K"]
    assert told_float32(asked) == []
    with jax.enable_x64(False):
        assert told_float32(asked) == ["pull_gm2: good to 4e-04 in float32, relative"]


def test_a_run_in_float32_says_so_in_a_line(tmp_path):
    card = tmp_path / "card.toml"
    axes = "m_aprime = { values = [0.05] }\nm_phi = { values = [0.08] }\n"
    card.write_text(f'kind = "grid"\nobservables = ["pull_gm2"]\n[axes]\n{axes}')
    done = jt3r("run", card, "-o", tmp_path / "out.h5", "--dtype", "float32")
    assert (done.returncode, without_waiting(done.stderr)) == (0, "jt3r: pull_gm2: good to 4e-04 in float32, relative\n")
