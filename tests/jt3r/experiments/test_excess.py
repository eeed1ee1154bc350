"""Edges in the dark-photon model beside published curves, at eight or more masses each; what differs is named here."""

import csv
from pathlib import Path

import numpy as np
import pytest

from jt3r.experiments import events, limits, load, recast
from jt3r.kernels import production
from jt3r.u1 import couplings_of
from jt3r.u1.dark_photon import DarkPhoton

FILE = Path(__file__).parents[2] / "reference" / "published_curves.csv"

LOWER, UPPER = 1.5, 0.10
"""The aim: lower edges within this factor, upper ones within this relative distance."""

ALLOWED = {
    "NuCal (Tsai)": (LOWER, 0.12),  # upper: 1.02 up to 80 MeV, 1.10 at 200, where etas and protons take over
    "NuCal brem (Bluemlein-Brunner)": (2.0, UPPER),  # lower: bremsstrahlung alone, without the pi0 that dominate below 100 MeV
    "NuCal pi0 (Bluemlein-Brunner)": (2.2, UPPER),  # lower: their pi0 spectrum, 16 times as many A' as ours at large lifetime
    "E137 (Bjorken)": (LOWER, 0.15),  # upper: 1.14 at 200 MeV; as if a third of ours were counted, the test below
    "E137 (Andreas)": (3.5, 0.16),  # lower: below 20 MeV with the detector's angle, which is not applied here; upper as above
    "CHARM (Tsai)": (LOWER, UPPER),
    "CHARM eta": (3.0, 0.6),  # eta alone and at rest in the sum of channels; from 100 MeV on without bremsstrahlung
    "FASER run 3 (projection)": (LOWER, 0.15),  # upper: 0.87 at 100 MeV; their bremsstrahlung has p_T up to 10 GeV, ours 1
    "FASER 2 (projection)": (LOWER, 0.20),  # upper: as FASER; with 10 GeV 0.99, 0.94, 0.99 at 30, 80, 150 MeV
    "NA62 ee 2024": (LOWER, 0.16),  # upper: 1.15 at 20 MeV, where the curve has no point between 10 and 25; else 0.90-1.09
    "NA62 mumu 2023": (LOWER, 0.12),  # upper: 0.88-1.11; the curve has no form factor of the proton, the test below
    "FASER 2023": (LOWER, UPPER),
    "FASER 2023 (Moriond)": (LOWER, 0.35),  # upper: 0.69 at 20 MeV, where few points were digitised; the test below
    "NA64 ee 2019": (LOWER, UPPER),
    "SHiP mesons 2015": (3.0, 0.75),  # mesons alone; another target and geometry
    "SHiP brem 2020": (5.0, 0.17),  # bremsstrahlung alone: mesons dominate at small masses
    "SeaQuest run 1 (Tsai)": (1.8, 0.85),  # 10 events here; from 20 to 140 MeV the curve's upper edge is no contour, see below
}
"""Curve -> (factor at the lower edge, relative distance at the upper): measured ones, rounded up, with their reason."""


def _rows():
    with FILE.open(encoding="utf-8") as lines:
        yield from csv.DictReader(line for line in lines if not line.startswith("#"))


CURVES = {}
for _row in _rows():
    numbers = tuple(float(_row[key]) for key in ("mass_MeV", "lower", "upper"))
    CURVES.setdefault((_row["search"], _row["curve"]), []).append(numbers)
MAIN = ["NuCal (Tsai)", "E137 (Bjorken)", "CHARM (Tsai)", "FASER run 3 (projection)", "FASER 2023", "NA62 mumu 2023"]
MAIN += ["NA62 ee 2024", "NA64 ee 2019"]


def test_every_curve_is_compared_at_several_masses():
    assert {curve for _, curve in CURVES} == set(ALLOWED)
    assert all(len(rows) >= 8 for rows in CURVES.values())


@pytest.mark.parametrize(("search", "curve"), [key for key in CURVES if key[1] in MAIN])
def test_edges_lie_where_they_were_published(search, curve):
    factor, distance = ALLOWED[curve]
    for mass, lower, upper in CURVES[search, curve][::2]:
        found = limits.intervals(search, model="dark_photon", along="kinetic_mixing", m_aprime=mass * 1e-3)
        assert lower / factor < found[0, 0] < lower * factor, mass
        assert abs(found[-1, 1] / upper - 1) < distance, mass


def test_e137_meets_two_curves_as_if_a_third_of_the_events_were_counted():
    """Measured from 5 MeV on: 0.94-1.02 at the lower edge of arXiv:0906.0580 and 1.00-1.03 at the upper, 0.98-1.04 at the upper
    one of arXiv:1209.6083; rounded up.
    """
    search = load.get("E137")
    third = search.model_copy(update={"efficiency": search.efficiency.model_copy(update={"value": 1 / 3})})
    for curve in ("E137 (Bjorken)", "E137 (Andreas)"):
        for mass, lower, upper in CURVES["E137", curve][1::2]:
            (found,) = limits.intervals(third, model="dark_photon", along="kinetic_mixing", m_aprime=mass * 1e-3)
            assert found[1] == pytest.approx(upper, rel=0.05), mass
            assert curve == "E137 (Andreas)" or found[0] == pytest.approx(lower, rel=0.07), mass


def test_fasers_first_data_meet_the_curve_without_an_efficiency():
    """Up to 70 MeV, as 80 MeV is the end of the region: 0.93-1.10 at the lower edge, 0.96-1.04 at the upper, rounded up."""
    search = load.get("FASER-2023")
    unseen = search.model_copy(update={"efficiency": search.efficiency.model_copy(update={"value": 1.0})})
    for mass, lower, upper in CURVES["FASER-2023", "FASER 2023"][:-1:2]:
        found = limits.intervals(unseen, model="dark_photon", along="kinetic_mixing", m_aprime=mass * 1e-3)
        assert found[0, 0] == pytest.approx(lower, rel=0.12), mass
        assert found[0, 1] == pytest.approx(upper, rel=0.06), mass


def test_fasers_efficiency_stands_between_two_readings_of_its_limit():
    """Measured 0.98-1.11 at the lower edge of Moriond's up to 55 MeV and 0.88-1.17 at the upper from 33 MeV on, rounded up. It
    ends at 80 MeV, FORESEE's at 86, ours at 88.
    """
    for mass, lower, upper in CURVES["FASER-2023", "FASER 2023 (Moriond)"]:
        (found,) = limits.intervals("FASER-2023", model="dark_photon", along="kinetic_mixing", m_aprime=mass * 1e-3)
        assert mass > 60 or found[0] == pytest.approx(lower, rel=0.12), mass
        assert mass < 30 or found[1] == pytest.approx(upper, rel=0.18), mass
    for mass, there in ((0.086, 1), (0.09, 0)):
        found = limits.intervals("FASER-2023", model="dark_photon", along="kinetic_mixing", m_aprime=mass)
        assert len(found) == there


def test_na62s_muons_meet_the_curve_without_a_form_factor(monkeypatch):
    """Bremsstrahlung of a proton without structure, and 0.75 of the pairs: the region closes at 540 MeV, as the published one
    (538 MeV); with a form factor that is resonant at the rho it would go on to 1 GeV.
    """
    as_a_point = events.log_rate

    def without(channel, c, direct=1.0):
        found = as_a_point(channel, c, direct)
        return found - np.log(production.proton_form_factor_squared(c.aprime.mass)) if channel == "vector" else found

    monkeypatch.setattr(events, "log_rate", without)
    search = load.get("NA62-dump-mumu")
    made = events.beam(search.model_copy(update={"efficiency": search.efficiency.model_copy(update={"value": 0.75})}))

    def excluded(mass, mixing):
        at = DarkPhoton(m_aprime=mass * 1e-3, kinetic_mixing=np.array(mixing))
        return list(np.asarray(events.log_events(made, couplings_of(at), sees=search.sees)) > np.log(search.events.value))

    for mass, lower, upper in CURVES["NA62-dump-mumu", "NA62 mumu 2023"][1:]:
        ends = [lower / 1.15, lower * 1.15, upper * 0.9, upper * 1.1]
        assert excluded(mass, ends) == [False, True, True, False], mass
    assert any(excluded(520.0, np.geomspace(3e-7, 1e-6, 25)))
    assert not any(excluded(560.0, np.geomspace(1e-7, 1e-5, 50)))


@pytest.mark.parametrize(
    ("name", "curve", "place", "lower_within", "upper_within"),
    [
        ("NuCal", "NuCal brem (Bluemlein-Brunner)", None, 1.4, 0.06),  # measured 1.31-1.35 and 1.03-1.05
        ("SHiP", "SHiP brem 2020", 50.0, 1.8, 0.06),  # 0.59-0.88 and 0.95-0.97; the vessel's place as in DarkCast
    ],
)
def test_bremsstrahlung_alone_meets_curves_of_it_alone(name, curve, place, lower_within, upper_within):
    search = load.get(name)
    if place:
        search = search.model_copy(update={"distance": search.distance.model_copy(update={"value": place})})
    made = events.beam(search)
    groups = [group._replace(series={"vector": group.series["vector"]}) for group in made.spectra if "vector" in group.series]
    made = events.Beam(tuple(groups), made.log_exposure, made.distance, made.depth)
    for mass, lower, upper in [row for row in CURVES[name, curve] if row[0] >= 10][::3]:
        ends = [lower / lower_within, lower * lower_within, upper * (1 - upper_within), upper * (1 + upper_within)]
        found = events.log_events(made, couplings_of(DarkPhoton(m_aprime=mass * 1e-3, kinetic_mixing=np.array(ends))))
        assert list(np.asarray(found) > np.log(search.events.value)) == [False, True, True, False], mass


SHIP_MESONS = {
    "pion": ({2: 2.8761e-4, 5: 2.2631e-4, 10: 1.9577e-4, 50: 1.3506e-4}, (0.88, 0.96)),  # measured 0.89-0.94
    "eta": ({2: 4.2510e-4, 10: 2.8802e-4, 50: 1.9229e-4, 100: 1.6305e-4, 200: 1.4016e-4}, (1.15, 1.30)),  # measured 1.17-1.27
}
"""Meson -> MeV: square root of the lower edge, of arXiv:2011.05115 by its authors, and what ours is of it."""


@pytest.mark.parametrize("meson", SHIP_MESONS)
def test_one_meson_at_a_time_meets_what_ship_computed_of_it(meson):
    """DarkCast, reach/SHiP_Ahdida2020new_meson_*.lmt. At 150 MeV the curve of 2015 lies at 0.4 of that of eta alone."""
    search = load.get("SHiP")
    made = events.beam(search.model_copy(update={"distance": search.distance.model_copy(update={"value": 50.0})}))
    groups = [group._replace(series={meson: group.series[meson]}) for group in made.spectra if meson in group.series]
    made = events.Beam(tuple(groups), made.log_exposure, made.distance, made.depth)
    theirs, within = SHIP_MESONS[meson]
    for mass, root in theirs.items():
        at = DarkPhoton(m_aprime=mass * 1e-3, kinetic_mixing=root**2 * np.array(within))
        found = np.asarray(events.log_events(made, couplings_of(at))) > np.log(search.events.value)
        assert list(found) == [False, True], mass
    assert {mass: lower for mass, lower, _ in CURVES["SHiP", "SHiP mesons 2015"]}[150] < 0.41 * 1.5040e-4**2


def test_seaquest_meets_the_lower_edge_of_a_curve_with_its_own_volume():
    """Decays from 5 to 12 m and 1e18 protons, DarkCast, reach/SeaQuest_Tsai2019mtm_run1.py: measured 0.96-1.16, rounded up."""
    search = load.get("SeaQuest")
    own = {"distance": 5.0, "depth": 7.0, "exposure": 1e18}
    search = search.model_copy(update={key: getattr(search, key).model_copy(update={"value": n}) for key, n in own.items()})
    for mass, lower, _ in [row for row in CURVES["SeaQuest", "SeaQuest run 1 (Tsai)"] if row[0] >= 5][::2]:
        found = limits.intervals(search, model="dark_photon", along="kinetic_mixing", m_aprime=mass * 1e-3)
        assert found[0, 0] == pytest.approx(lower, rel=0.17), mass


HUNDREDFOLD = {5: 1.094, 10: 1.107, 15: 1.100, 20: 1.012, 30: 1.016, 60: 0.997, 100: 1.014, 130: 1.028}
"""MeV: upper edge for 1e20 protons over that for 1e18, arXiv:1908.07525, from the authors in DarkCast, reach/
SeaQuest_Tsai2019mtm_run1.lmt and run2.lmt, same volume."""


def test_seaquests_upper_edge_is_no_contour_of_events_above_20_mev():
    """Where N falls as exp(-c eps^2), a hundred times the protons lift the edge by ln 100 over twice the exponent: here by 13
    to 23 %. So do theirs, by 9 % and more, up to 15 MeV, but from 20 to 140 MeV by 0 to 3 %, up and down: the hardest A' of a
    sample, not N, ends them.
    """
    search = load.get("SeaQuest")
    own = {"distance": 5.0, "depth": 7.0, "exposure": 1e18}
    few = search.model_copy(update={key: getattr(search, key).model_copy(update={"value": n}) for key, n in own.items()})
    many = few.model_copy(update={"exposure": few.exposure.model_copy(update={"value": 1e20})})
    for mass, theirs in HUNDREDFOLD.items():
        at = {"model": "dark_photon", "along": "kinetic_mixing", "m_aprime": mass * 1e-3}
        ratio = limits.intervals(many, **at)[-1, 1] / limits.intervals(few, **at)[-1, 1]
        assert 1.10 < ratio < 1.25, mass
        assert (theirs > 1.06) == (mass < 20), mass


def test_a_table_is_recast_onto_itself():
    """Bands of old electron dumps: the edges of a dark photon are the rows of the table."""
    for name in ("E141", "Orsay"):
        (found,) = limits.intervals(name, model="dark_photon", along="kinetic_mixing", m_aprime=0.012)
        rows = recast.tables()[name]
        expected = [np.exp(np.interp(np.log(0.012), np.log(rows[:, 0]), np.log(rows[:, k]))) ** 0.5 for k in (1, 2)]
        np.testing.assert_allclose(found, expected, rtol=1e-6)
