"""One table of endings: what writes pictures and exports knows the same, and no scan is called so."""

import pytest

from jt3r.errors import BadInput
from jt3r.scans import run
from jt3r.scans.export.write import WRITERS
from jt3r.scans.kinds.registry import kinds
from jt3r.scans.kinds.style import SIGNED
from jt3r.scans.store.endings import EXPORTS, NO_SCANS, PICTURES, any_of


def test_every_ending_has_a_writer_and_every_writer_an_ending():
    assert tuple(SIGNED) == PICTURES
    assert {*WRITERS, *(ending for kind in kinds().values() for ending in kind.exports)} == set(EXPORTS)


@pytest.mark.parametrize("ending", sorted({*NO_SCANS, ".PDF"}))
def test_no_scan_is_called_as_another_file(ending, tmp_path):
    card = {"kind": "grid", "observables": ["c_phi"], "axes": {"m_phi": {"values": [0.08]}}}
    with pytest.raises(BadInput, match=r"its name ends in \.h5"):
        run(card, tmp_path / f"scan{ending}")
    assert list(tmp_path.iterdir()) == []


def test_netcdf_is_hdf5_and_the_message_names_what_is_allowed():
    assert ".nc" not in NO_SCANS
    assert any_of(PICTURES) == "the name must end in one of .png, .pdf, .svg"
