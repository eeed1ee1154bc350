"""Draws from a posterior."""

from ..registry import Kind

KINDS = (
    Kind(
        "sample",
        __name__,
        card="card:SampleCard",
        build="build:sample_scan",
        draw="draw:draw_corner",
        report="report:report",
        exports={".nc": "arviz:write_inference", ".txt": "getdist:write_chain", ".paramnames": "getdist:write_names"},
        shows=("draws",),
    ),
)
