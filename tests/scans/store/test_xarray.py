import matplotlib
import numpy as np
import pytest

import jt3r


@pytest.fixture(scope="module")
def limits(tmp_path_factory):
    card = {"kind": "limits", "axes": {"v": {"values": [10.0]}}, "experiments": ["E137", "SeaQuest"]}
    return jt3r.run(card, tmp_path_factory.mktemp("limits") / "limits.h5")


def test_names_are_texts(limits):
    scan = jt3r.open(limits)
    assert scan.experiment.dtype.kind == "U"
    assert np.nanmax(scan.limits.sel(experiment="E137")) > 0


def test_labels_and_units_are_what_plot_shows(limits):
    scan = jt3r.open(limits)
    assert scan.limits.attrs["long_name"] == "$m_{A'}$"
    assert scan.limits.attrs["units"] == "GeV"
    assert scan.limits.attrs["latex"] == "m_{A'}"
    assert "intervals" in scan.limits.attrs["description"]
    assert "units" not in scan.slopes.attrs  # xarray would draw an empty one as []
    matplotlib.use("agg")
    (line,) = scan.limits.isel(v=0, edge=1).plot()
    assert line.axes.get_ylabel() == "$m_{A'}$ [GeV]"


def test_a_dataset_gives_the_picture_of_its_file(limits):
    figure = matplotlib.figure.Figure()
    from_file, from_dataset = figure.subplots(1, 2)
    jt3r.plot(limits, from_file)
    jt3r.plot(jt3r.open(limits), from_dataset)
    assert [text.get_text() for text in from_file.texts] == [text.get_text() for text in from_dataset.texts]
    assert len(from_file.patches) == len(from_dataset.patches)
