"""What the functions behind the statements share."""

from jt3r.scans.reproduce.numbers.common import FUNCTIONS, V, number, point
from jt3r.scans.reproduce.statements import STATEMENTS


def test_every_function_is_used():
    assert {statement.compute for statement in STATEMENTS.values()} - {None} == set(FUNCTIONS)


def test_points_stand_at_the_papers_v():
    made = point("current", m_phi=0.08)
    assert (float(made.v), made.dataset) == (V, "current")
    assert float(point("current", v=20.0).v) == 20.0


def test_a_function_is_registered_under_its_name(monkeypatch):
    monkeypatch.setattr("jt3r.scans.reproduce.numbers.common.FUNCTIONS", dict(FUNCTIONS))

    def answer(data):
        return [42.0]

    assert number(answer) is answer
    from jt3r.scans.reproduce.numbers import common

    assert common.FUNCTIONS["answer"]("paper2021") == [42.0]
    assert "answer" not in FUNCTIONS
