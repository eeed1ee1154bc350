"""Numbers of the UV completion."""

import numpy as np
import pytest

from jt3r.constants import M_MU
from jt3r.scans.reproduce.numbers import uv
from jt3r.uv.anomalies import TABLE_III

DATA = "paper2021"


def test_the_mass_of_the_muons_partner():
    assert uv.partner_mass(DATA) == pytest.approx([1e-3 * 246.22 / 2**0.5 * 10 / M_MU], rel=1e-4)  # v to five digits
    assert uv.partner_mass(DATA, 2.0) == pytest.approx([4 * uv.partner_mass(DATA)[0]], rel=1e-13)


def test_anomalies_cancel_with_every_choice_of_partners():
    assert uv.sum_of_anomalies(DATA) == [0.0]
    assert uv.sum_of_anomalies(DATA, with_partners=True) == [0.0]


def test_rows_charges_and_scalars_of_table_3():
    assert uv.rows_of_table3(DATA) == [len(TABLE_III)]
    name = next(name for name in TABLE_III if name.endswith("_R_c"))
    assert uv.charges(DATA, [name]) == [-float(TABLE_III[name].charge)]
    assert len(uv.scalars_of_table3(DATA)) == 8


def test_three_neutrinos_have_the_determinant_of_their_matrix():
    assert uv.neutrino_states(DATA, 0.1, 10.0, 1000.0, 0.5) == pytest.approx([3, 1], rel=1e-9)


def test_the_portal_just_allows_what_the_lhc_does():
    """lambda^2 = 16 pi m_h Gamma Br/((1 - Br) v^2)."""
    expected = np.sqrt(16 * np.pi * 125.2 * 4.088e-3 * 0.12 / 0.88) / 246.22
    assert uv.portal_limit(DATA) == pytest.approx([expected], rel=1e-3)
