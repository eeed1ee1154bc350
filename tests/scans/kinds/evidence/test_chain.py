"""Weighted points for other programs: as draws, with their weights first."""

from jt3r.scans.kinds.evidence import chain
from jt3r.scans.kinds.registry import kinds
from jt3r.scans.kinds.sample import getdist


def test_points_are_written_as_draws_are():
    kind = kinds()["evidence"]
    assert kind.export(".txt") is chain.write_chain is getdist.write_chain
    assert kind.export(".paramnames") is chain.write_names is getdist.write_names
