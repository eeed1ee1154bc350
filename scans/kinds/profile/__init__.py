"""Profile likelihoods along one or two quantities."""

from ..registry import Kind

KINDS = (
    Kind(
        "profile",
        __name__,
        card="card:ProfileCard",
        build="build:profile_scan",
        draw="draw:draw_profile",
        rows="card:rows",
    ),
)
