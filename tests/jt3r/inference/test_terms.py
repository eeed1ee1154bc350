"""The list of terms: what is refused, and the limits and walls that they are made of."""

import pytest

import jt3r
from jt3r import Point
from jt3r.inference.term import Options, Term
from jt3r.inference.terms import TERMS, check_measured

KINDS = {"gaussian", "asymmetric", "poisson", "upper limit", "cut"}


def test_every_term_is_of_a_kind_and_knows_itself():
    for name, term in TERMS.items():
        assert isinstance(term, Term)
        assert term.name == name
        assert term.kind in KINDS, name
        assert term.doc
        assert len(term.source) > 3
    with pytest.raises(TypeError):
        TERMS["mine"] = TERMS["gm2"]


def test_a_term_of_ones_own():
    @jt3r.term(source="a test")
    def heavy(point):
        """A mass of 80 MeV to 1 MeV."""
        return (point.m_phi - 0.08) / 0.001

    entry = TERMS["heavy"]
    assert entry.reads == ("m_phi",)
    assert float(entry.residual(Point(m_phi=0.082), Options())) == pytest.approx(2, rel=1e-12)
    with pytest.raises(ValueError, match="heavy needs m_phi, which the point does not set"):
        entry.residual(Point(), Options())
    with pytest.raises(ValueError, match="exists"):
        jt3r.term(source="a test")(heavy)


def test_a_term_that_is_a_parameter_as_it_stands_reads_it():
    @jt3r.term(source="a test")
    def mass_itself(point):
        """A mass in GeV as a residual."""
        return point.m_phi

    assert TERMS["mass_itself"].reads == ("m_phi",)


@pytest.mark.parametrize(("name", "dataset", "message"), [("BR_BpKee", "paper2021", "BR_BpKee"), ("R_K", "paper2021", None)])
def test_what_a_set_has_not_measured(name, dataset, message):
    if message is None:
        check_measured(name, dataset)
    else:
        with pytest.raises(ValueError, match=message):
            check_measured(name, dataset)
