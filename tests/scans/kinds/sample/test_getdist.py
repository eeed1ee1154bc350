"""Draws for GetDist and anesthetic: their chains have the quantiles of the file."""

import anesthetic
import getdist
import numpy as np

from jt3r.scans.export.write import export
from jt3r.scans.store.hdf5 import open_scan
from tests.scans.kinds.sample.files import CARD, draws_file


def test_their_quantiles_are_those_of_the_draws(tmp_path):
    """anesthetic's chain is the draws; GetDist's limits interpolate between 300 of them."""
    source = draws_file(tmp_path / "draws.h5")
    for suffix in (".txt", ".paramnames"):
        export(source, tmp_path / f"chain{suffix}")
    theirs = getdist.loadMCSamples(str(tmp_path / "chain"), settings={"ignore_rows": 0})
    chain = anesthetic.read_chains(str(tmp_path / "chain"))
    with open_scan(source) as scan:
        for name in CARD["free"]:
            draws = np.sort(scan[name][()].ravel())
            np.testing.assert_allclose(np.sort(chain[name].to_numpy()), draws, rtol=1e-14)
            for part in (0.16, 0.5, 0.84):
                assert draws[int(300 * part) - 2] <= theirs.confidence(name, part) <= draws[int(300 * part) + 2]
            assert theirs.getParamNames().parWithName(name).label == name.replace("_", " ") + r"\,[\mathrm{GeV}]"
        np.testing.assert_allclose(np.sort(theirs.loglikes), np.sort(-scan["ln_likelihood"][()].ravel()), rtol=1e-14)
