"""Fig. 3 with searches."""

import matplotlib.image
import pytest

from jt3r.errors import BadInput
from jt3r.scans import run
from jt3r.scans.kinds.limits.band_with_limits import plot_band_with_limits
from jt3r.scans.kinds.picture import plot_file
from jt3r.scans.kinds.style import SIZES

AXES = {"m_aprime": {"min": 0.01, "max": 0.2, "n": 20, "spacing": "log"}}


def limits(path, v, **changes):
    card = {"kind": "limits", "experiments": ["E137", "BABAR", "COHERENT"], "axes": {"v": {"values": v}}}
    return run({**card, **changes}, path)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fig3")
    return run({"kind": "band", "axes": AXES}, folder / "band.h5"), limits(folder / "limits.h5", [10.0, 20.0])


@pytest.mark.parametrize("size", ["usual", *SIZES])
def test_a_band_with_searches_as_wide_as_was_asked_for(size, files, tmp_path):
    width = SIZES.get(size, (6.2,))[0]
    plot_band_with_limits(*files, tmp_path / "fig3.png", width=width, title="The band")
    pixels = matplotlib.image.imread(tmp_path / "fig3.png").shape[1]
    assert pixels == int(width * 250)  # dots an inch of style jt3r


def test_what_is_no_band_or_has_no_limits_at_its_v_is_told(files, tmp_path):
    band, found = files
    with pytest.raises(BadInput, match="no band"):
        plot_band_with_limits(found, found, tmp_path / "x.png")
    with pytest.raises(BadInput, match="not limits"):
        plot_band_with_limits(band, band, tmp_path / "x.png")
    other = run({"kind": "band", "axes": AXES, "fixed": {"v": 11.0}}, tmp_path / "other.h5")
    with pytest.raises(BadInput, match="v = 11"):
        plot_band_with_limits(other, found, tmp_path / "x.png")


def test_the_plane_where_aprime_decays_invisibly(files, tmp_path):
    cuts = limits(tmp_path / "cuts.h5", [10.0], scenario="invisible")
    for draw in (lambda picture: plot_band_with_limits(files[0], cuts, picture), lambda picture: plot_file(cuts, picture)):
        draw(tmp_path / "cuts.png")
        assert (tmp_path / "cuts.png").stat().st_size > 10_000
        (tmp_path / "cuts.png").unlink()
