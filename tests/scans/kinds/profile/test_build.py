import h5py
import jax.numpy as jnp
import matplotlib.image
import numpy as np
import pytest
from scipy import stats

from jt3r import Point, observables
from jt3r.inference import band_coordinates
from jt3r.inference.fits.profile import levels
from jt3r.inference.objective import chi_square, hessian
from jt3r.scans import run
from jt3r.scans.cards.load import load_card
from jt3r.scans.engine.run import merge, run_shard
from jt3r.scans.kinds.picture import plot_file
from jt3r.scans.store.info import describe
from tests.scans.kinds.profile.cards import PULL

MAP = {
    "kind": "profile",
    "terms": ["R_K", "R_Kst", "BR_Bsmumu"],
    "axes": {"c_nonuniversal": {"min": 0.0, "max": 4.0, "n": 9}, "c_universal": {"min": -5.0, "max": 0.0, "n": 11}},
    "free": {"c_nonuniversal": {"min": 0.0, "max": 4.0}, "c_universal": {"min": -6.0, "max": 1.0}},
    "starts": 8,
}
CURVE = MAP | {"axes": {"c_nonuniversal": {"min": 0.5, "max": 4.0, "n": 8}}, "observables": ["R_K"]}


def _read(path):
    with h5py.File(path) as file:
        return {name: item[()] for name, item in file.items()}


@pytest.fixture(scope="module")
def curve_file(tmp_path_factory):
    return run(CURVE, tmp_path_factory.mktemp("profile") / "curve.h5")


@pytest.fixture(scope="module")
def map_file(tmp_path_factory):
    return run(MAP, tmp_path_factory.mktemp("profile") / "map.h5")


def test_the_levels_are_those_of_the_chi_square_distribution():
    """The printed values of G. Cowan, Statistical Data Analysis (1998), and of PDG's table of Delta chi^2."""
    assert levels(1) == pytest.approx([1.0, 3.84], abs=0.005)
    assert levels(2) == pytest.approx([2.30, 5.99], abs=0.005)


def test_an_observable_that_is_gaussian(tmp_path):
    """Over the band the profile of the pull is its square, and the intervals are those of a unit Gaussian."""
    found = _read(run(PULL, tmp_path / "pull.h5"))
    pull = found["pull_gm2"]
    # A held observable misses its value by STIFF^2 step^2 dchi2/dO/2 = 1e-4 x 0.25 x 3; chi-square moves by 2 pulls of it.
    np.testing.assert_allclose(found["pull_gm2_reached"], pull, atol=1e-4)
    np.testing.assert_allclose(found["chi_square"], found["pull_gm2_reached"] ** 2, atol=1e-9)
    np.testing.assert_allclose(found["delta_chi_square"], pull**2, atol=6e-4)
    normal = stats.norm.ppf(0.5 + found["confidence"] / 2)
    np.testing.assert_allclose(found["interval"][:, 0], np.stack([-normal, normal], axis=-1), atol=1e-4)
    assert found["pieces"].tolist() == [1, 1]
    assert found["converged"].all()


def test_the_profile_of_one_mass_is_the_pull_squared(tmp_path):
    """Nothing is left to descend in where m_phi' is held, so that it is quick."""
    card = PULL | {"axes": {"m_phi": {"min": 0.078, "max": 0.083, "n": 5}}, "fixed": {"m_aprime": 0.1}}
    found = _read(run(card | {"free": {"m_phi": {"min": 0.07, "max": 0.1}}}, tmp_path / "m_phi.h5"))
    pull = observables["pull_gm2"](Point(m_aprime=0.1, m_phi=found["m_phi"]))
    # A pull is known to 280 times 1e-13, and so is its square, times 20 where it is 10.
    np.testing.assert_allclose(found["chi_square"], pull**2, atol=1e-9)
    assert found["converged"].all()


def test_a_parameter_that_is_nearly_gaussian(tmp_path):
    """m_phi' at fixed m_A': the profile is the pull squared, the intervals the band's edges, and the Hessian's within 1 %."""
    edges = np.asarray(band_coordinates.m_phi(Point(m_aprime=0.1), np.array([1.0, 0.0, -1.0])))
    axis = {"min": edges[1] - 5e-4, "max": edges[1] + 5e-4, "n": 9}
    card = PULL | {"axes": {"m_phi": axis}, "fixed": {"m_aprime": 0.1}, "free": {"m_phi": {"min": 0.078, "max": 0.083}}}
    found = _read(run(card, tmp_path / "m_phi.h5"))
    # Roots are good to 1e-14, pulls to 280 times 1e-13 of a sigma of 0.17 MeV.
    np.testing.assert_allclose(found["interval"][0, 0], edges[[0, 2]], rtol=1e-9)
    checked = load_card(card)
    space, likelihood = checked.space(), checked.likelihood()
    u = space.quantiles({"m_phi": found["best_fit"][0]})
    sigma = float(jnp.sqrt(2 / hessian(likelihood, space, u)[0, 0])) * 0.005
    assert np.diff(found["interval"][0, 0])[0] / 2 == pytest.approx(sigma, rel=0.01)  # the pull bends by 0.2 % over a sigma


def test_the_curvature_of_a_profile_is_the_inverse_of_the_covariance(curve_file, tmp_path):
    """Close to the best fit of two correlated coefficients; a tenth of a sigma away chi-square is a parabola to 10 %."""
    best = _read(curve_file)["best_fit"]
    checked = load_card(CURVE)
    space, likelihood = checked.space(), checked.likelihood()
    u = space.quantiles(dict(zip(CURVE["free"], best, strict=True)))
    scale = np.array([row["max"] - row["min"] for row in CURVE["free"].values()])
    covariance = np.linalg.inv(np.asarray(hessian(likelihood, space, u)) / 2) * np.outer(scale, scale)
    sigma = np.sqrt(covariance[0, 0])
    near = {"min": best[0] - 0.1 * sigma, "max": best[0] + 0.1 * sigma, "n": 3}
    found = _read(run(CURVE | {"axes": {"c_nonuniversal": near}}, tmp_path / "near.h5"))
    rise = found["chi_square"] - found["best_chi_square"]
    assert (rise[0] + rise[2]) / 2 == pytest.approx(0.01, rel=0.02)  # odd terms cancel, the next even one is (0.1)^2 smaller
    along = covariance[1, 0] / covariance[0, 0]
    assert (found["c_universal"][2] - found["c_universal"][0]) / (0.2 * sigma) == pytest.approx(along, rel=0.02)


def test_every_point_of_a_curve_is_a_minimum(curve_file):
    found = _read(curve_file)
    assert found["converged"].all()
    checked = load_card(CURVE)
    space, likelihood = checked.space(), checked.likelihood()
    others = jnp.linspace(-6, 1, 701)
    for value, smallest, at in zip(found["c_nonuniversal"], found["chi_square"], found["c_universal"], strict=True):
        u = space.quantiles({"c_nonuniversal": jnp.asarray(value), "c_universal": others})
        scanned = np.asarray(chi_square(likelihood, space, u))
        assert smallest <= scanned.min() + 1e-9
        assert abs(float(others[scanned.argmin()]) - at) <= 0.01
    assert found["delta_chi_square"].min() >= 0
    # The ends are where the profile is 1 and 3.84: read off its own points by a straight line they agree to a spacing squared.
    for end, level in zip(found["interval"][:, 0, 0], levels(1), strict=True):
        if np.isfinite(end):
            k = np.searchsorted(found["c_nonuniversal"], end)
            assert found["delta_chi_square"][k] < level < found["delta_chi_square"][k - 1]
    assert np.isnan(found["interval"][1, 0, 1]) or found["interval"][1, 0, 1] < 4


def test_the_map_has_the_curve_as_its_lower_edge(map_file, curve_file):
    found, curve = _read(map_file), _read(curve_file)
    assert found["chi_square"].shape == (9, 11)
    np.testing.assert_allclose(found["best_fit"], curve["best_fit"], rtol=1e-5)  # where chi-square is flat to 1e-10
    lowest = found["chi_square"].min(axis=1)
    for value, smallest in zip(curve["c_nonuniversal"], curve["chi_square"], strict=True):
        row = np.flatnonzero(np.isclose(found["c_nonuniversal"], value))
        assert (lowest[row] >= smallest - 1e-9).all()


def test_a_resumed_map_has_the_same_bytes(map_file, tmp_path):
    path = tmp_path / "map.h5"
    run_shard(MAP, path, shard=(1, 2))
    with h5py.File(merge(path, partial=tmp_path / "partial.h5")) as file:
        assert np.isnan(file["chi_square"][1]).all()
        assert np.isfinite(file["chi_square"][2]).all()
    assert run(MAP, path, resume=True).read_bytes() == map_file.read_bytes()


def test_pictures_and_info(map_file, curve_file, tmp_path):
    for path in (map_file, curve_file):
        picture = tmp_path / f"{path.stem}.png"
        plot_file(path, picture)
        pixels = matplotlib.image.imread(picture)[..., :3]
        assert (np.abs(pixels[..., 2] - pixels[..., 0]) > 0.05).mean() > 0.1
    assert describe(map_file)["arrays"]["delta_chi_square"]["dims"] == ["c_nonuniversal", "c_universal"]


def test_shipped_card():
    assert load_card("profile").kind == "profile"
