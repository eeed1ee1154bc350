"""What a file of limits holds: intervals joined, searches in order, a heading that fits its width."""

import numpy as np
import pytest

from jt3r.errors import BadInput
from jt3r.scans.kinds.limits.intervals import excluded_at, heading, span_of, visible
from jt3r.scans.kinds.style import visible_length
from tests.scans.kinds.limits.files import CARD, mixing_file, small_file


def test_what_is_excluded_is_joined_where_it_overlaps():
    joined = [(1, 40), (50, 60), (30, 45)]  # the paper's, then those beyond it
    np.testing.assert_allclose(excluded_at(small_file(), 10.0), joined, rtol=1e-14)
    with pytest.raises(BadInput, match="has no limits at the band's v = 15"):
        excluded_at(small_file(), 15.0)
    with pytest.raises(BadInput, match="has limits of kinetic_mixing against m_aprime: a band needs those of m_aprime"):
        excluded_at(mixing_file(), 10.0)


def test_exclusions_come_last_and_the_span_is_that_of_all():
    assert visible(small_file(), 0) == ["Plan", "Dump", "Other", "Cut"]
    assert visible(small_file(), 1) == ["Plan", "Dump", "Other"]  # a published interval holds at its own V alone
    assert span_of(small_file()) == (1, 100)


@pytest.mark.parametrize(("inches", "lines"), [(3.37, 2), (6.2, 1)])
def test_a_heading_is_as_wide_as_the_axes_allow(inches, lines):
    found = heading(small_file(), 0, CARD, inches).splitlines()
    assert len(found) == lines
    assert "recipe direct" in found[-1]
    assert max(map(visible_length, found)) <= 15 * 0.6 * inches  # letters of an inch, share beside the names of searches
