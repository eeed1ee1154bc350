"""What the searches for A' exclude, and its decay lengths."""

from ..registry import Kind

KINDS = (
    Kind(
        "limits",
        __name__,
        card="card:LimitsCard",
        build="build:limits_scan",
        draw="draw:draw_limits",
        report="report:report",
        exports={".yaml": "hepdata:write_intervals"},
        shows=("searches",),
    ),
    Kind(
        "decay_lengths",
        __name__,
        card="card:DecayLengthsCard",
        build="build:decay_lengths_scan",
        draw="lengths:draw_decay_lengths",
        shows=("lengths",),
    ),
)
