"""The data file of searches: what it must hold, and that a new search is a new table and nothing else."""

from importlib.resources import files

import numpy as np
import pytest

from jt3r import Point
from jt3r.experiments import events as signal
from jt3r.experiments import load as experiments
from jt3r.u1 import couplings_of

NEW = """
[displaced.Mine]
label = "A detector in the basement"
kind = "beam_dump"
status = "projection"
beam_energy = { value = 70.0, unit = "GeV", source = "made up" }
exposure = { value = 1e18, unit = "1", source = "made up" }
target_mass_number = { value = 56.0, unit = "1", source = "made up" }
distance = { value = 10.0, unit = "m", source = "made up" }
depth = { value = 2.0, unit = "m", source = "made up" }
radius = { value = 1.0, unit = "m", source = "made up" }
min_energy = { value = 5.0, unit = "GeV", source = "made up" }
efficiency = { value = 1.0, unit = "1", source = "made up" }
events = { value = 3.0, unit = "1", source = "made up" }
background = { value = 0.0, unit = "1", source = "made up" }
"""


def test_the_promised_searches_are_there():
    promised = {"NuCal", "E137", "BABAR", "CHARM", "NA64", "FASER", "FASER2", "SHiP", "SHiP-ECN3", "SeaQuest"}
    promised |= {"SeaQuest-5m", "SeaQuest-II", "COHERENT", "CrystalBarrel", "Neff", "NA64mu", "LDMX-M3"}
    promised |= {
        "NA48-2",
        "HADES-pi0",
        "HADES-eta",
        "A2-pi0",
        "A2-eta",
        "SINDRUM",
        "PIENU",
        "E865-e",
        "E865-mu",
        "KPIINV",
        "NA48-2-piee",
        "FASER-2023",
        "NA62-dump",
        "NA62-dump-mumu",
    }
    promised |= {"LHCb-prompt", "HPS-2016", "LHCb-K", "LHCb-Kst", "LHCb-Kst-ee", "BelleII-K", "BABAR-K", "CLEO-K"}
    promised |= {"LHCb-K-phi", "LHCb-Kst-phi", "BABAR-K-phi", "BABAR-K-gammagamma"}
    promised |= {
        "NuCal-phi",
        "E949-phi",
        "SN-phi",
        "SN-lowE-phi",
        "E141",
        "E774",
        "KEK",
        "Orsay",
        "A1",
        "APEX",
        "KLOE-gamma",
        "HPS",
        "WASA",
    }
    assert promised <= set(experiments.load())


def test_a_new_search_is_a_new_table():
    search = experiments.parse(NEW)["Mine"]
    beam = signal.beam(search, nodes=signal.Nodes(energies=8, decay=(4, 4), masses=6))
    found = signal.log_events(beam, couplings_of(Point(m_aprime=0.05)))
    assert np.isfinite(found)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"m", source = "made up" }\ndepth', '"km", source = "made up" }\ndepth', "distance"),
        ("target_mass_number = { value = 56.0", "target_weight = { value = 56.0", "target_weight"),
        ('target_mass_number = { value = 56.0, unit = "1", source = "made up" }', "", "target_mass_number"),
        ('exposure = { value = 1e18, unit = "1"', 'exposure = { value = 1e18, unit = "1/fb"', "exposure"),
        ("radius = { value = 1.0", "radius = { value = -1.0", "radius"),
        ('radius = { value = 1.0, unit = "m", source = "made up"', 'radius = { value = 1.0, unit = "m"', "source"),
        ("min_energy = { value = 5.0", "min_energy = { value = 500.0", "min_energy"),
    ],
)
def test_errors_name_what_is_wrong(old, new, message):
    assert old in NEW
    with pytest.raises(ValueError, match=message):
        experiments.parse(NEW.replace(old, new))


def test_a_spectrometer_is_read_and_its_errors_are_named():
    text = files("jt3r.data").joinpath("experiments.toml").read_text(encoding="utf-8")
    search = experiments.get("NA62-dump")
    begin, end, first, *_ = search.crossing
    assert (begin, end) == (search.distance.value, search.distance.value + search.depth.value)
    assert end < first < search.spectrometer.calorimeter.value
    assert experiments.get("NuCal").crossing == ()
    assert "calorimeter_hole" in text
    with pytest.raises(ValueError, match=r"spectrometer.calorimeter_whole.*calorimeter_hole"):
        experiments.parse(text.replace("calorimeter_hole =", "calorimeter_whole ="))
    row = "[displaced.NA62-dump.spectrometer]"
    with pytest.raises(ValueError, match="FASER: a collider has no spectrometer"):
        experiments.parse(text.replace(row, "[displaced.FASER.spectrometer]").replace('sees = ["ee"]', ""))


def test_unknown_kinds_and_names_are_refused():
    with pytest.raises(ValueError, match="telescope"):
        experiments.parse("[telescope.X]\nlabel = 'x'")
    with pytest.raises(KeyError, match="NuCal"):
        experiments.get("Nucal")


def test_off_axis_aperture_keeps_its_area():
    low, high, azimuth = experiments.get("CHARM").angles
    area = azimuth * np.pi * (high**2 - low**2) * 515.0**2
    assert area == pytest.approx(np.pi * 1.69**2, rel=1e-12)


def test_what_the_paper_excludes():
    """Fig. 3 and Sec. III; all other results are hatched in pictures."""
    results = {
        name for name, search in experiments.load().items() if search.status == "excluded" and not search.beyond_the_paper
    }
    assert results == {"NuCal", "E137", "BABAR", "COHERENT", "CrystalBarrel", "Neff"}
