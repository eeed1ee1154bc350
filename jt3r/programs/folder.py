"""The folder of compiled programs: whose it is, and whether this session uses it."""

import hashlib
import os
import platform
import stat
import warnings
from importlib.metadata import version
from pathlib import Path

from platformdirs import user_cache_path


def cache_in_use() -> Path | None:
    """The folder of compiled programs of this session, or None where they are not cached:
    --no-cache, JAX's variable, or no home.
    """
    if os.environ.get("JAX_ENABLE_COMPILATION_CACHE", "true").lower() in ("false", "0"):
        return None
    if chosen := os.environ.get("JAX_COMPILATION_CACHE_DIR"):
        return Path(chosen)
    try:
        return cache_folder()
    except (RuntimeError, KeyError):  # no home, no user of this number
        return None


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
