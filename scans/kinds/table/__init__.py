"""The tables of the paper."""

from ..registry import Kind

KINDS = (Kind("table", __name__, card="card:TableCard", build="build:table_scan", report="report:report", rows="card:rows"),)
