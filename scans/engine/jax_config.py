"""Device, precision, memory and compilation cache of a session: set before JAX is loaded, since JAX
reads them then.
"""

import os

from jt3r.errors import BadInput, one_line
from jt3r.programs.folder import private_cache_folder

COMPILE_SECONDS = 0.1
"""Programs that compile in less are not worth a file in the cache."""

DEVICES = {"cpu": "", "cuda": "NVIDIA", "rocm": "AMD", "tpu": ""}
"""JAX's platforms, and whose GPUs they are."""


def configure(device: str | None, dtype: str | None, memory: float | None, cache: bool) -> None:
    """Choose JAX's platform (cpu, cuda, ...), float64 or float32, and the share of a GPU's memory
    taken at start (0: none).

    What is None, and what the user's own environment variables of JAX say, stays. With ``cache``,
    compiled programs are cached in the user's folder.
    """
    # XLA logs "Very slow compile? ... file a bug" as an error, and errors that are ones are raised besides.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if device is not None:
        os.environ["JAX_PLATFORMS"] = device
    if dtype is not None:
        os.environ["JAX_ENABLE_X64"] = "1" if dtype == "float64" else "0"
    if memory == 0:
        os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"] = "false"
    elif memory is not None:
        os.environ["XLA_PYTHON_CLIENT_MEM_FRACTION"] = f"{memory:g}"
    if cache and "JAX_COMPILATION_CACHE_DIR" not in os.environ and (folder := private_cache_folder()):
        os.environ["JAX_COMPILATION_CACHE_DIR"] = str(folder)
    if cache:
        os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", f"{COMPILE_SECONDS:g}")
    else:
        os.environ["JAX_ENABLE_COMPILATION_CACHE"] = "false"


def check_device(device: str | None) -> None:
    """Load JAX on the platform asked for. Raises BadInput if this machine or this installation has
    no such device.
    """
    if device is None:
        return
    import jax

    try:
        jax.devices()
    except (RuntimeError, AssertionError) as error:  # JAX asserts where a plugin that is there finds no device
        if device not in DEVICES:
            *names, last = (f"{name} ({maker})" if maker else name for name, maker in DEVICES.items())
            raise BadInput(
                f"--device {one_line(device)}: no such device here; there are {', '.join(names)} and {last}"
            ) from None
        raise BadInput(f"--device {device}: JAX finds no such device here ({_words(error)})") from None


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
