"""Where the pull of g-2 takes given values."""

from ..registry import Kind

KINDS = (Kind("band", __name__, card="card:BandCard", build="build:band_scan", draw="draw:draw", shows=("mesh", "band")),)
