"""Minima of a likelihood from many starts."""

from ..registry import Kind

KINDS = (
    Kind(
        "fit",
        __name__,
        card="card:SearchCard",
        build="build:search_scan",
        draw="draw:draw_search",
        report="report:report",
        rows="report:rows",
        exports={".tex": "export:write_tex", ".json": "export:write_point"},
        shows=("minima",),
        formerly=("search",),
    ),
)
