"""Cards of limits."""

import pytest

from jt3r.scans import BadInput
from jt3r.scans.cards.load import load_card


def card(**changes):
    return {"kind": "limits", "experiments": ["E137", "BABAR", "COHERENT"], "axes": {"v": {"values": [10.0, 20.0]}}, **changes}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"experiments": ["E137", "NuCall"]}, "NuCal"),
        ({"experiments": ["E137", "E137"]}, "twice"),
        ({"axes": {"m_aprime": {"values": [0.1]}}}, "along = 'm_aprime': it cannot be an axis or fixed as well"),
        ({"fixed": {"m_aprime": 0.1}}, "along = 'm_aprime': it cannot be an axis or fixed as well"),
        ({"along": "v"}, "along = 'v': it cannot be an axis or fixed as well"),
        ({"along": "g"}, "parameter 'g' is unknown"),
        ({"axes": {"v": {"values": [10.0]}, "m_eta": {"values": [0.1]}}}, "limits are scanned along one axis"),
        ({"scenario": "visible", "fixed": {"m_nu_s": 0.0}}, "scenario = 'visible': m_nu_s may open decays"),
        ({"scenario": "invisible", "fixed": {"m_nu_s": 0.0}}, "scenario = 'invisible' is U"),
        ({"experiments": ["NuCal-phi"]}, "NuCal-phi looks for phi'"),
        ({"model": "dark_photon", "axes": {"kinetic_mixing": {"values": [1e-4]}}, "scenario": "invisible"}, "scenario"),
        ({"recipe": "paper_estimator"}, "E137"),
        ({"recipe": "honest"}, "recipe"),
        ({"as_of": 1980}, "none of the experiments was published by then"),
    ],
)
def test_wrong_cards_are_refused(changes, message):
    with pytest.raises(BadInput, match=message):
        load_card(card(**changes))


def test_what_was_published_later_is_left_out():
    made = load_card(card(experiments=["E137", "FASER-2023", "NA62-dump"], as_of=2021))
    assert made.names == ["E137"]
    assert not any("FASER-2023" in file for file in made.data_files())
    assert load_card(card()).names == load_card(card()).experiments


def test_a_range_is_a_list_of_two_numbers():
    assert load_card(card(between=[1e-3, 0.3])).between == (1e-3, 0.3)
    for wrong in ([0.3], [0.3, 1e-3], [0.0, 0.3], ["a", 0.3]):
        with pytest.raises(BadInput, match="between"):
            load_card(card(between=wrong))


def test_searches_for_phi_need_no_mass_of_the_a_prime():
    assert load_card(card(experiments=["SN-phi", "NuCal-phi"], along="m_phi")).along_of("SN-phi") == "m_phi"
    with pytest.raises(BadInput, match="needs 'm_aprime'"):
        load_card(card(experiments=["E137", "NuCal-phi"], along="m_phi"))


def test_a_fixed_v_is_an_axis_of_one_value():
    made = load_card({"kind": "limits", "experiments": ["E137"], "fixed": {"v": 10.0, "m_eta": 0.1}})
    assert made.axes["v"].points().tolist() == [10.0]
    assert made.fixed == {"m_eta": 0.1}
    assert made.along_of("E137") == "m_aprime"


def test_what_the_invisible_scenario_opens():
    made = load_card(card(scenario="invisible"))
    assert made.point_values("E137") == {"m_nu_s": 0.0}
    assert load_card(card()).point_values("E137") == {}
    assert {"displaced_inputs.toml", "experiments.toml:E137", "recasts.toml:BABAR"} <= made.data_files()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"experiments": ["E137"]}, "search E137 has no proton beam"),
        ({"axes": {"v": {"values": [10.0]}}}, "along the axis m_aprime alone"),
        ({"fixed": {"m_eta": 0.1}}, "with v under fixed"),
        ({"energy": {"values": [0.05, 10.0]}}, "energy must lie above the heaviest m_aprime"),
    ],
)
def test_cards_of_decay_lengths(changes, message):
    table = {"kind": "decay_lengths", "axes": {"m_aprime": {"values": [0.1]}}, "energy": {"min": 10.0, "max": 100.0, "n": 3}}
    assert load_card(table).experiments == ["FASER", "SHiP", "SeaQuest"]
    with pytest.raises(BadInput, match=message):
        load_card({**table, **changes})
