from fractions import Fraction

import pytest

from jt3r.uv.anomalies import TABLE_III, Field, anomalies, misprints


def test_all_anomalies_vanish_exactly():
    assert set(anomalies(TABLE_III.values()).values()) == {0}


def test_each_charged_field_is_needed():
    for name, field in TABLE_III.items():
        if field.charge or field.su3 != 1:
            rest = [other for key, other in TABLE_III.items() if key != name]
            assert any(anomalies(rest).values()), name


def test_misprints_are_named():
    text = " ".join(misprints())
    assert "chi_u_R_c is printed as chi_mu_R_c" in text
    assert "chi_nu_R_c is printed as chi_mu_R_c" in text
    assert "SU(3)^3 sums to 8" in text  # q_L 2, four triplets and four antitriplets printed as triplets: 2 + 2 + 4
    printed = anomalies(field.as_printed() for field in TABLE_III.values())
    assert printed["SU(3)^3"] == 8
    assert printed["X^3"] == 0


@pytest.mark.parametrize("name", TABLE_III)
def test_partners_are_vectorlike_and_electric_charges_match(name):
    field = TABLE_III[name]
    if name.endswith("_L") and name.startswith(("chi", "eta")):
        other = TABLE_III[name.removesuffix("L") + "R_c"]
        assert (other.hypercharge, other.charge) == (-field.hypercharge, -field.charge)
        assert other.su3 == (-field.su3 if field.su3 == 3 else 1)


def test_a_single_chiral_fermion_is_anomalous():
    lone = Field(su3=1, su2=1, hypercharge=Fraction(1), charge=2)
    sums = anomalies([lone])
    assert (sums["Y^2 X"], sums["X^3"], sums["gravity^2 X"]) == (2, 8, 2)
