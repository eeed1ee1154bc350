"""Weighted points as GetDist and anesthetic read them: as draws."""

from ..sample.getdist import write_chain, write_names

__all__ = ["write_chain", "write_names"]
