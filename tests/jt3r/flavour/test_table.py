"""The stored flavour tables."""

from importlib import resources

import numpy as np
import pytest

from jt3r.flavour.table import VARIABLES, load_table, table_names


def test_the_table_says_how_it_was_made():
    metadata = load_table("flavio-2.7").metadata
    assert metadata["versions"]["flavio"] == "2.7.1"
    assert "make_flavour.py" in metadata["made_by"]
    assert metadata["draws"] >= 50
    assert metadata["running"]["largest_entry_outside_this_form"] < 1e-12


@pytest.mark.parametrize("name", table_names())
def test_every_installed_table_is_whole(name):
    table = load_table(name)
    count = sum(len(rate.numbers) for rate in table.rates.values())
    assert table.factor.shape[1] == count
    assert table.factor.shape[0] <= count
    assert table.scales == (160.0, 4.8)
    for rate in table.rates.values():
        assert len(rate.numbers) == len(rate.over_q2) == len(rate.over_q4) == len(rate.monomials)
        assert rate.numbers[rate.monomials.index(())] > 0  # the rate of the Standard Model
        assert all(i < len(VARIABLES) for monomial in rate.monomials for i in monomial)


def test_the_factor_is_a_root_of_the_covariance_of_the_draws():
    with (resources.files("jt3r.data") / "flavour" / "flavio-2.7.npz").open("rb") as file:
        draws = np.load(file)["deviations"].astype(np.float64)
    factor = load_table("flavio-2.7").factor
    expected = np.cov(draws, rowvar=False)
    size = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    np.testing.assert_allclose(factor.T @ factor / size, expected / size, rtol=0, atol=1e-12)  # sums over 200 draws


def test_an_unknown_table_names_those_there_are():
    with pytest.raises(ValueError, match=f"no flavour table 'flavio-9'; there are {', '.join(table_names())}"):
        load_table("flavio-9")
