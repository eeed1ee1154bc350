"""Numbers of production and decay, by name."""

import math

from jt3r.data.inputs import inputs
from jt3r.data.load import read_toml


def test_each_number_of_the_file_has_one_name():
    def leaves(table):
        return sum(1 if "value" in entry else leaves(entry) for entry in table.values())

    found = inputs()
    assert len(found) == leaves(read_toml("displaced_inputs.toml"))
    assert all(math.isfinite(value) and value > 0 for value in found.values())


def test_those_of_a_table_are_named_after_it():
    assert inputs()["pion_mass"] == 0.1349768
    assert inputs()["pions_per_collision.beam_dump_70"] == 2.6
    assert inputs() is inputs()
