"""A mesh over several devices."""

import os
import subprocess
import sys


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
