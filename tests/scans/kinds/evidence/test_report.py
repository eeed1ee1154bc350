"""What a file of nested sampling says, in lines."""

import pytest

from jt3r.scans.kinds.evidence.report import report
from tests.scans.kinds.pictures import memory_file

TOLD = {"ln_z": -3.25, "ln_z_error": 0.125, "effective_draws": 812.4}


@pytest.mark.parametrize(
    ("standard_model", "last"),
    [
        (-8.0, "Standard Model -8.000: ln of the Bayes factor +4.75 +- 0.12"),
        (-1.0, "Standard Model -1.000: ln of the Bayes factor -2.25 +- 0.12"),
        (float("nan"), "ln Z = -3.250 +- 0.125; the points are worth 812 draws"),
    ],
)
def test_the_standard_model_stands_beside_it_where_the_terms_tell(standard_model, last):
    lines = report(memory_file({"point": [0]}, {}, {**TOLD, "ln_z_standard_model": standard_model}), {})
    assert lines[0].plain == "ln Z = -3.250 +- 0.125; the points are worth 812 draws"
    assert lines[-1].plain == last
