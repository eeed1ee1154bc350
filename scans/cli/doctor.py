"""Whether jt3r works here: versions, devices, cache, and one kernel run against a known value."""

import os
import platform
import shutil
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ..store.compression import cores

PACKAGES = ("jt3r", "jax", "jaxlib", "numpy", "h5py", "isal", "distributed", "blackjax", "arviz")

M_APRIME, M_PHI = 0.11, 0.0792
DELTA_A_MU = 2.5579344812989e-9
"""Eqs. (3) and (4) of arXiv:2105.07655 at these masses and V = 10 GeV, by mpmath at 60 digits
(tests/jt3r/gm2/exact.py).
"""


def doctor() -> dict[str, str]:
    """What a bug report should say, as words by name. Raises RuntimeError, from JAX, if the device
    asked for is not there.
    """
    import jax
    import jax.numpy as jnp

    from jt3r import Point, observables

    from ..engine.plan import float_dtype

    devices = jax.devices()
    start = time.perf_counter()
    value = float(observables["delta_a_mu"](Point(m_aprime=jnp.asarray(M_APRIME), m_phi=jnp.asarray(M_PHI))))
    seconds = time.perf_counter() - start
    cache = Path(os.environ.get("JAX_COMPILATION_CACHE_DIR", ""))
    return {
        "python": f"{platform.python_version()} on {platform.platform()}",
        **{name: _version(name) for name in PACKAGES},
        "devices": f"{len(devices)} x {devices[0].device_kind} ({devices[0].platform})",
        "cores": str(cores()),
        "dtype": float_dtype().name,
        "cache": _size(cache) if cache.name else "off",
        "free disk": f"{shutil.disk_usage('.').free / 1e9:.1f} GB here",
        "kernel": f"delta_a_mu = {value:.9g}, off by {abs(value / DELTA_A_MU - 1):.1e}, in {seconds:.2f} s",
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _size(folder: Path) -> str:
    files = [file.stat().st_size for file in folder.glob("*")] if folder.exists() else []
    return f"{folder}, {len(files)} files, {sum(files) / 1e6:.1f} MB"
