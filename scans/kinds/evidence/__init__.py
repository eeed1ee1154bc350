"""The evidence of a likelihood over the priors of its parameters."""

from ..registry import Kind

KINDS = (
    Kind(
        "evidence",
        __name__,
        card="card:EvidenceCard",
        build="build:evidence_scan",
        draw="draw:draw_weighted",
        report="report:report",
        exports={".txt": "chain:write_chain", ".paramnames": "chain:write_names"},
    ),
)
