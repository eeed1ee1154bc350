"""Cards of tables."""

import pytest

from jt3r.scans import BadInput
from jt3r.scans.cards.load import load_card


@pytest.mark.parametrize(
    ("setting", "message"),
    [("number=IV", "number"), ("polynomials=flavio-2.1", "did you mean 'flavio-2"), ("n=3", "key 'n' is unknown")],
)
def test_a_wrong_key_is_named(setting, message):
    with pytest.raises(BadInput, match=message):
        load_card("table1", [setting])
