"""The user's cache: compiled programs and tables of spectra."""

import shutil
import tempfile
from pathlib import Path

from platformdirs import user_cache_path

from jt3r.errors import BadInput, unknown
from jt3r.programs.cache import kept_files
from jt3r.programs.folder import cache_in_use

from ..cards.load import shipped_cards


def folders() -> list[Path]:
    """Where something is cached: compiled programs of this installation, and all else that jt3r
    caches.
    """
    found = [user_cache_path("jt3r")]
    here = cache_in_use()
    return found if here is None or here.is_relative_to(found[0]) else [here, *found]


def contents(folder: Path) -> tuple[int, int]:
    """Number of files in a folder, and their bytes."""
    sizes = [file.stat().st_size for file in folder.rglob("*") if file.is_file()] if folder.is_dir() else []
    return len(sizes), sum(sizes)


def empty() -> None:
    """Remove what is cached. Of a folder that the user has named for JAX, where other programs may
    have theirs, only the files of jt3r go.
    """
    for folder in folders():
        if folder == user_cache_path("jt3r"):
            shutil.rmtree(folder, ignore_errors=True)
            continue
        for file in kept_files(folder):
            file.unlink(missing_ok=True)


def warm(names: list[str]) -> None:
    """Run shipped cards once, all of them unless some are named, so that their programs are cached;
    the files are dropped.

    Raises BadInput for a name that is no shipped card.
    """
    from ..engine.run import run
    from .progress import step_progress

    shipped = shipped_cards()
    for name in names:
        if name not in shipped:
            raise BadInput(unknown("shipped card", name, shipped))
    with tempfile.TemporaryDirectory() as scratch:
        for name, _ in step_progress([(name, None) for name in names or shipped]):
            run(name, Path(scratch) / f"{name}.h5")
