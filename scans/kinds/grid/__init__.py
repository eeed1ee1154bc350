"""Observables on a mesh: stored, counted, or refined along a contour."""

from ..registry import Kind

KINDS = (Kind("grid", __name__, card="card:GridCard", build="build:build", draw="draw:draw", shows=("mesh", "points")),)
