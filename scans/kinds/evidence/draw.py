"""The picture of weighted points: as that of draws, with their weights."""

from ..sample.draw import draw_corner as draw_weighted

__all__ = ["draw_weighted"]
