"""What a benchmark prints first, and how it times: the best of several runs, compilation apart."""

import os
import platform
import time
from collections.abc import Callable
from typing import Any

import jax
import numpy as np


def machine() -> str:
    """Processor, cores, device and versions, on one line."""
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo") as info:
            model = next(line.split(":")[1].strip() for line in info if line.startswith("model name"))
    except (OSError, StopIteration):
        pass  # not Linux: the name that Python knows is all there is
    device = jax.devices()[0].device_kind
    versions = f"Python {platform.python_version()}, jax {jax.__version__}, numpy {np.__version__}"
    return f"{model}, {os.cpu_count()} cores, device {device}, {versions}"


def best_of(run: Callable[[], Any], repeats: int = 5) -> tuple[float, float]:
    """Seconds of the first call, and of the fastest of ``repeats`` more."""
    start = time.perf_counter()
    jax.block_until_ready(run())
    first = time.perf_counter() - start
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        jax.block_until_ready(run())
        times.append(time.perf_counter() - start)
    return first, min(times)
