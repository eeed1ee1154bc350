"""What is left of U(1)_T3R: every search over m_A' and V, and for several ways of decaying."""

from ..registry import Kind

KINDS = (
    Kind(
        "what_is_left",
        __name__,
        card="card:WhatIsLeftCard",
        build="build:left_scan",
        draw="draw:draw_left",
        report="report:report",
    ),
)
