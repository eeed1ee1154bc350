"""Results as text."""

from jt3r.inference.text import table_lines


def test_lines_of_a_table_are_flush():
    assert table_lines({"": ["a", "long"], "name": ["1", "2"]}) == ["      a  long", "name  1     2"]
