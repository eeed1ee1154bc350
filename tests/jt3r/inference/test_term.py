"""What terms have in common."""

import pytest
from scipy.stats import norm

from jt3r.inference.term import ONE_SIDED, first_sentence


def test_quantiles_of_one_sided_limits():
    for level, sigma in ONE_SIDED.items():
        assert sigma == pytest.approx(norm.ppf(level), rel=1e-14)


def test_the_first_sentence_of_a_text():
    assert first_sentence("Br of a decay: so many\n  words. More.") == "Br of a decay"
    assert first_sentence("One\nsentence.") == "One sentence"
