"""Scan files as a whole HEPData submission: one table each, submission.yaml, and both in a zip."""

import json
import os
import shutil
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from jt3r import __version__
from jt3r.errors import BadInput
from jt3r.extras import need

from .columns import read_columns
from .hepdata import quantity_name
from .write import export

SIGN = "# HEPData submission, written by jt3r\n"
INDEX = "submission.yaml"
LARGEST = 10 * 2**20
"""Bytes of a table that HEPData takes."""

CITATION = (
    "Computed with jt3r {version} in a model of a light gauge boson with a dark Higgs. U(1)_T3R is the model of B. Dutta, "
    "S. Ghosh, P. Huang and J. Kumar, Phys. Rev. D 105 (2022) 015011, doi:10.1103/PhysRevD.105.015011, arXiv:2105.07655. "
    "Please cite both. Parameters, measurements and constants of each table are its qualifiers; '-' is where no value exists."
)
PHRASES = ["dark photon", "dark Higgs", "U(1)_T3R", "muon g-2"]


def submit(files: Sequence[str | Path], folder: str | Path, *, overwrite: bool = False) -> Path:
    """Write ``submission.yaml`` and the tables of scan files into a new ``folder``, and all of it
    as a zip of the same name beside it; return the path of the zip, which is what HEPData takes.

    Raises BadInput for two files of one name, a table too long or too large for HEPData, a folder
    or zip that exists (unless ``overwrite`` and jt3r wrote it), and as ``export``.
    """
    yaml = need("yaml", "export", "HEPData YAML")
    sources, folder = [Path(file) for file in files], Path(folder)
    archive = folder.with_name(f"{folder.name}.zip")
    _check_names(sources)
    _check_free(folder, archive, overwrite)
    staging = Path(mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        documents = [{"comment": CITATION.format(version=__version__)}, *(_table(source, staging) for source in sources)]
        text = SIGN + yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True, explicit_start=True)
        (staging / INDEX).write_text(text, encoding="utf-8")
        zipped = staging / "zip"
        with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as file:
            for name in [INDEX, *(_data_file(source) for source in sources)]:
                file.write(staging / name, name)
        os.replace(zipped, archive)
        shutil.rmtree(folder, ignore_errors=True)
        staging.chmod(0o755)
        staging.rename(folder)
    except OSError as error:
        raise BadInput(f"output {folder}: {error.strerror or error}") from None
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return archive


def _data_file(source: Path) -> str:
    return f"{source.stem}.yaml"


def _check_names(sources: Sequence[Path]) -> None:
    """Tables of one submission need names of their own."""
    count = Counter(map(_data_file, sources))
    for source in sources:
        if count[_data_file(source)] > 1 or _data_file(source) == INDEX:
            raise BadInput(f"{source}: the table would be {_data_file(source)}, a name that is taken; rename the file")


def _check_free(folder: Path, archive: Path, overwrite: bool) -> None:
    """Raise BadInput unless both can be new, or replaced."""
    if not folder.absolute().parent.is_dir():
        raise BadInput(f"output {folder}: there is no folder {folder.absolute().parent}")
    for path in (folder, archive):
        if not path.exists():
            continue
        if not overwrite:
            raise BadInput(f"output {path}: exists already; --overwrite replaces it")
        if not _is_ours(path):
            raise BadInput(f"output {path}: exists and is no submission that jt3r wrote; remove it, or name another")


def _is_ours(path: Path) -> bool:
    try:
        if path.is_dir():
            return (path / INDEX).read_text(encoding="utf-8").startswith(SIGN)
        with zipfile.ZipFile(path) as file:
            return file.read(INDEX).startswith(SIGN.encode())
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return False


def _table(source: Path, folder: Path) -> dict[str, Any]:
    """Write the table of a file into ``folder``; what submission.yaml says of it."""
    written = export(source, folder / _data_file(source))
    if (size := written.stat().st_size) > LARGEST:
        raise BadInput(f"{source}: its table has {size / 2**20:.0f} MiB, and HEPData takes {LARGEST // 2**20} at most")
    columns = read_columns(source)
    card = json.loads(columns.attributes["card"])
    names = [quantity_name(name, column) for name, column in columns.variables.items()]
    return {
        "name": source.stem[:64],
        "description": _description(card, columns.attributes),
        "keywords": [{"name": "observables", "values": [name[:128] for name in names]}, {"name": "phrases", "values": PHRASES}],
        "data_file": written.name,
    }


def _description(card: Mapping[str, Any], attributes: Mapping[str, str]) -> str:
    """What a table is, in a sentence or two."""
    axes = ", ".join(card.get("axes", {}) or card.get("free", {}))
    over = f" over {axes}" if axes else ""
    title = f"{attributes['title']}. " if "title" in attributes else ""
    model = card.get("model", "t3r")
    return f"{title}Scan of kind {card['kind']}{over}; model {model}, data set {card.get('dataset', 'of the card')}."
