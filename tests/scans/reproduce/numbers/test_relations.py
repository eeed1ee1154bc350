"""Formulas of the paper: ours over the printed one is 1."""

import pytest

from jt3r.scans.reproduce.numbers.relations import RELATIONS, _c_aprime, _c_phi, relation
from jt3r.scans.reproduce.statements import STATEMENTS

QUICK = ("eq7", "eq9", "eq11", "fig4")


@pytest.mark.parametrize("name", QUICK)
def test_ours_over_the_printed_formula(name):
    found = relation("paper2021", name)
    assert found == RELATIONS[name]()
    # the inputs of FLAVIO are written to four digits and more
    assert found == pytest.approx([1] * len(found), rel=3e-3)


def test_the_loop_integrals_have_their_limits():
    assert _c_phi(1e-6) == pytest.approx(1.5, rel=1e-5)
    assert _c_phi(1.0) == pytest.approx(0.5, rel=1e-12)
    assert _c_aprime(1e-6) == pytest.approx(0.5, rel=1e-5)


def test_every_relation_is_stated():
    stated = {s.arguments.get("name") for s in STATEMENTS.values() if s.compute == "relation"}
    assert stated == set(RELATIONS)
