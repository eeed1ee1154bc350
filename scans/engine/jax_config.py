"""Device, precision, memory and compilation cache of a session: set before JAX is loaded, since JAX
reads them then.
"""

import hashlib
import os
import platform
import stat
import warnings
from importlib.metadata import version
from pathlib import Path

from platformdirs import user_cache_path

from jt3r.errors import BadInput, one_line

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


def cache_in_use() -> Path | None:
    """The folder of compiled programs of this session, or None where they are not cached:
    --no-cache, or JAX's variable.
    """
    if os.environ.get("JAX_ENABLE_COMPILATION_CACHE", "true").lower() in ("false", "0"):
        return None
    return Path(os.environ.get("JAX_COMPILATION_CACHE_DIR") or cache_folder())


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


def private_cache_folder() -> Path | None:
    """The cache folder, made if it is not there, which this user alone can write; None, with a
    warning, if there can be none.

    A compiled program runs with the rights of who loads it, so a file that somebody else could have
    put there forbids it all.
    """
    try:
        folder = cache_folder()
        for each in (folder.parent, folder):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
            if each.stat().st_uid == os.geteuid():
                each.chmod(0o700)
        foreign = next((path for path in (folder.parent, folder, *folder.iterdir()) if not is_private(path.lstat())), None)
    except (OSError, RuntimeError, KeyError):  # no home, no user of this number, a disk that is full or cannot be written
        return None
    if foreign is not None:
        words = f"{foreign}: is not this user's, or others can write it; running without the cache of programs"
        warnings.warn(words, RuntimeWarning, stacklevel=3)
        return None
    return folder


def is_private(facts: os.stat_result) -> bool:
    """Whether a file or folder is this user's, and nobody else can write it."""
    return facts.st_uid == os.geteuid() and not facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def cache_folder() -> Path:
    """Where compiled programs are cached: apart for each jaxlib and kind of processor, since they
    run on no other.
    """
    return user_cache_path("jt3r") / f"jaxlib-{version('jaxlib')}-{_processor()}"


def _processor() -> str:
    """A short name of this machine's instruction set: home folders are shared between machines that
    differ.
    """
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        facts = next(line for line in lines if line.startswith(("flags", "Features")))
    except (OSError, StopIteration):
        facts = platform.processor()
    return f"{platform.machine()}-{hashlib.sha256(facts.encode()).hexdigest()[:12]}"
