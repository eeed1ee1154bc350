"""What may be written where: one check for every command that writes."""

from pathlib import Path

from jt3r.errors import BadInput


def refuse_existing(path: Path, overwrite: bool) -> None:
    """Raise BadInput if `path` is there and may not be replaced."""
    if path.exists() and not overwrite:
        raise BadInput(f"output {path}: exists already; --overwrite replaces it, -o names another file")


def check_file(path: Path, overwrite: bool) -> None:
    """Raise BadInput unless `path` can be a new file: in a folder that is there, and no file yet unless `overwrite`."""
    if path.is_dir():
        raise BadInput(f"output {path}: is a folder")
    if not path.parent.is_dir():
        raise BadInput(f"output {path}: there is no folder {path.parent}")
    refuse_existing(path, overwrite)
