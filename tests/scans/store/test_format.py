"""What every file must look like before it is read: one line for each way of being something else."""

import json
import shutil

import h5py
import numpy as np
import pytest

from jt3r.errors import BadInput
from jt3r.scans.store.format import FORMAT, LARGEST_CHUNK, SCHEMA, check_format


@pytest.fixture
def made(tmp_path):
    """A small file as jt3r lays them out, open for writing."""
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file.attrs.update({"format": FORMAT, "schema": SCHEMA, "device": "cpu", "dtype": "float64"})
        file.attrs.update(dict.fromkeys(("dataset", "constants", "data", "versions"), "{}"))
        file.attrs["card"] = json.dumps({"kind": "grid"})
        file.create_dataset("m_phi", data=np.linspace(0, 1, 4))
        file["pull"] = np.zeros((4, 4))
        file["pull"].dims[0].attach_scale(file["m_phi"])
        file["pull"].dims[0].label = "m_phi"
        file["names"] = np.array(["a", "b"], dtype=h5py.string_dtype())
        file["names"].attrs["levels"] = [1.0, 2.0]
        yield file


def test_a_file_of_jt3r_is_taken(made):
    check_format(made)


def attribute(name, value):
    return lambda file: file.attrs.__setitem__(name, value)


CHANGES = {
    "not one that jt3r wrote": [attribute("format", "other"), lambda file: file.attrs.__delitem__("format")],
    "schema must be an integer, not '1'": [attribute("schema", "1")],
    f"has schema {SCHEMA + 1}, newer than {SCHEMA}": [attribute("schema", SCHEMA + 1)],
    "attribute device must be a text, not missing": [lambda file: file.attrs.__delitem__("device")],
    "attribute card must be a table in JSON": [
        attribute("card", "{"),
        attribute("card", "{}"),
        attribute("card", '{"kind": 1}'),
    ],
    "attribute versions must be a table in JSON": [attribute("versions", "[1]")],
    "attribute 'mine' of the file holds": [attribute("mine", np.void(b"\0\0"))],
    "attribute 'mine' of the file holds bytes that are no UTF-8": [
        lambda file: file.attrs.create("mine", b"\xff\xff", dtype=h5py.string_dtype())
    ],
    "attribute 'mine' of the file holds array(['a', '\\udcff']": [
        lambda file: file.attrs.create("mine", [b"a", b"\xff"], dtype=h5py.string_dtype())
    ],
    "'link' is a link": [lambda file: file.__setitem__("link", h5py.SoftLink("/pull"))],
    "'outside' is a link": [lambda file: file.__setitem__("outside", h5py.ExternalLink("/etc/passwd", "/"))],
    "'group' is no array": [lambda file: file.create_group("group")],
    "'pairs' holds [('a', '<f8')], neither numbers": [lambda file: file.__setitem__("pairs", np.zeros(2, [("a", "f8")]))],
    "'waves' holds complex128": [lambda file: file.__setitem__("waves", np.zeros(2, complex))],
    "'lzf' is packed in a way": [lambda file: file.create_dataset("lzf", data=np.zeros(9), chunks=(3,), compression="lzf")],
    "'huge' has shape": [lambda file: file.create_dataset("huge", shape=(LARGEST_CHUNK,), dtype="f8")],
    "'holes' has shape (100,), but not as many values": [lambda file: file.create_dataset("holes", (100,), "f8", chunks=(10,))],
    "'pull' has other names of dimensions than one text for each": [
        lambda file: file["pull"].attrs.create("DIMENSION_LABELS", np.empty(0, object), dtype=h5py.string_dtype()),
        lambda file: file["pull"].attrs.create("DIMENSION_LABELS", ["m_phi"], dtype=h5py.string_dtype()),
        lambda file: file["pull"].attrs.create("DIMENSION_LABELS", 3 * ["m_phi"], dtype=h5py.string_dtype()),
        lambda file: file["pull"].attrs.create("DIMENSION_LABELS", [1, 2]),
    ],
    "'m_phi' is marked as the values of a dimension in another way": [
        lambda file: file["m_phi"].attrs.create("CLASS", b"DIMENSION_SCALf", dtype="S16"),
        lambda file: file["m_phi"].attrs.create("CLASS", b"DIMENSION_SCALE", dtype="S20"),
        lambda file: file["m_phi"].attrs.create("CLASS", "DIMENSION_SCALE"),
        lambda file: file["m_phi"].attrs.create("CLASS", [b"DIMENSION_SCALE"], dtype="S16"),
        lambda file: file["m_phi"].attrs.__setitem__("CLASS", h5py.Empty("S16")),
    ],
    "'raw' is stored in another file": [lambda file: file.create_dataset("raw", (4,), "f8", external=[("raw.bin", 0, 32)])],
}


@pytest.mark.parametrize(("message", "change"), [(message, change) for message, every in CHANGES.items() for change in every])
def test_each_deviation_is_named_in_one_line(message, change, made):
    change(made)
    with pytest.raises(BadInput) as refused:
        check_format(made)
    assert message in str(refused.value)
    assert str(refused.value).startswith(made.filename)
    assert "\n" not in str(refused.value)


def test_a_shipped_reader_takes_its_own_file(map_file, tmp_path):
    with h5py.File(shutil.copy(map_file, tmp_path / "copy.h5")) as file:
        check_format(file)
