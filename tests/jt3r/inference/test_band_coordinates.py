import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest

from jt3r import Point
from jt3r.constants import M_MU
from jt3r.gm2 import band
from jt3r.gm2.observables import pull_gm2
from jt3r.gm2.two_loop import band_edge, pull_gm2_phi_barr_zee
from jt3r.inference import band_coordinates
from jt3r.inference.likelihood import Likelihood
from jt3r.inference.sampling.posterior import Posterior
from jt3r.inference.space import Prior, Space
from tests.jt3r.gm2 import exact
from tests.kernels.problems import assert_lowers_for_cuda

MASSES = np.geomspace(0.01, 0.2, 7)


def test_the_mass_is_the_edge_of_the_band():
    pulls = jnp.arange(-2.0, 3.0)[:, None]
    edges, _ = band.solve(Point(m_aprime=MASSES), pulls)
    # Both are good to 1e-14 of |ln m| < 14, which is 2e-13 of m.
    np.testing.assert_allclose(band_coordinates.m_phi(Point(m_aprime=MASSES), pulls), edges, rtol=4e-13)


def test_the_full_pull():
    full = band_coordinates.m_phi(Point(m_aprime=MASSES), 0.5, pull_of=pull_gm2_phi_barr_zee)
    np.testing.assert_allclose(full, band_edge(Point(m_aprime=MASSES), 0.5), rtol=4e-13)


@pytest.mark.parametrize("pull", [-5.0, 1.0, 100.0])
def test_against_30_digits(pull):
    """The mass, and its derivatives in pull, m_A' and V, far from the band's centre too."""
    point = {"v": 12.0, "m_aprime": 0.05}

    def mass(v, m_aprime, pull):
        return band_coordinates.m_phi(Point(v=v, m_aprime=m_aprime), pull)

    value, slopes = jax.value_and_grad(mass, argnums=(0, 1, 2))(*point.values(), pull)
    assert float(abs(mp.mpf(float(value)) / exact.root("m_phi", pull, float(value), **point) - 1)) < 1e-12  # as in test_band
    with mp.workdps(exact.DIGITS):
        step = mp.mpf(10) ** -14
        for name, slope in zip((*point, "pull"), slopes, strict=True):
            at = [dict(point), dict(point)]
            pulls, size = [pull, pull], step
            for sign, side in ((-1, 0), (1, 1)):
                if name == "pull":
                    pulls[side] = pull + sign * step
                else:
                    size = step * point[name]
                    at[side][name] = mp.mpf(point[name]) + sign * size
            low, high = (exact.root("m_phi", p, float(value), **x) for p, x in zip(pulls, at, strict=True))
            assert float(slope) == pytest.approx(float((high - low) / (2 * size)), rel=1e-10), name  # as in test_band
    there = Point(**point, m_phi=value)
    assert float(band_coordinates.jacobian(there)) == pytest.approx(float(slopes[2]), rel=1e-11)


def test_no_band_is_nan_with_finite_gradients_elsewhere():
    """At V = 1 TeV the whole effect is below 1e-10, at V = 10 GeV a pull of 1e4 is above it."""
    v, pull = jnp.asarray([10.0, 1000.0, 10.0]), jnp.asarray([0.0, 0.0, 1e4])
    masses = band_coordinates.m_phi(Point(m_aprime=0.1, v=v), pull)
    assert np.isnan(masses).tolist() == [False, True, True]
    assert np.isnan(band_coordinates.m_phi(Point(m_aprime=jnp.asarray([0.1, jnp.nan])), 0.0)).tolist() == [False, True]
    slopes = jax.grad(lambda v, pull: jnp.nansum(band_coordinates.m_phi(Point(m_aprime=0.1, v=v), pull)), argnums=(0, 1))(
        v, pull
    )
    assert np.isfinite(slopes).all()
    assert (np.abs(np.asarray(slopes)[:, 0]) > 0).all()


def test_vmap_and_jit_agree_with_broadcasting():
    pulls = jnp.linspace(-1, 1, len(MASSES))
    together = band_coordinates.m_phi(Point(m_aprime=MASSES), pulls)
    one_by_one = jax.jit(jax.vmap(lambda m, pull: band_coordinates.m_phi(Point(m_aprime=m), pull)))(jnp.asarray(MASSES), pulls)
    np.testing.assert_allclose(one_by_one, together, rtol=4e-13)


def test_float32_and_cuda():
    point = Point(**{name: jnp.float32(x) for name, x in {"m_aprime": 0.11, "v": 10.0, "m_mu": M_MU}.items()})
    mass = band_coordinates.m_phi(point, jnp.float32(0))
    assert mass.dtype == jnp.float32
    assert float(mass) == pytest.approx(0.0792108729, rel=1e-5)  # as in test_band
    assert_lowers_for_cuda(jax.value_and_grad(band_coordinates.m_phi), point, jnp.float32(0))
    assert_lowers_for_cuda(jax.value_and_grad(band_coordinates.m_phi, argnums=1), Point(m_aprime=0.11), 0.5)


SPACE = Space(
    {"m_aprime": Prior(0.1, 0.11, "log"), "m_phi": Prior(0.06, 0.1), "v": Prior(9.0, 10.0)},
)
LIKELIHOOD = Likelihood(("gm2",))


def test_coordinates_go_both_ways():
    u = jnp.asarray([[0.2, 0.48, 0.7], [0.9, 0.5, 0.1]])
    x = band_coordinates.from_quantiles(SPACE, u)
    np.testing.assert_array_equal(x[:, [0, 2]], u[:, [0, 2]])
    np.testing.assert_allclose(x[:, 1], pull_gm2(SPACE.point(u)))
    # The pull is good to 280 times 1e-13, and a unit of it is 0.17 MeV of 40.
    np.testing.assert_allclose(band_coordinates.to_quantiles(SPACE, x)[0], u, atol=1e-12)
    assert band_coordinates.band_names(SPACE) == ("m_aprime", "pull_gm2", "v")


def test_outside_the_prior_the_density_vanishes():
    x = jnp.asarray([[0.5, 0.0, 0.5], [0.5, 1e4, 0.5], [0.5, 250.0, 0.5]])
    u, log_jacobian = band_coordinates.to_quantiles(SPACE, x)
    assert np.isfinite(log_jacobian).tolist() == [True, False, False]
    assert np.isnan(u[1, 1])
    assert u[2, 1] < 0
    posterior = Posterior(LIKELIHOOD, SPACE, "pull_gm2")
    value, slope = jax.vmap(jax.value_and_grad(posterior.log_density))(x.at[:, [0, 2]].set(0.0))
    assert np.isfinite(value).tolist() == [True, False, False]
    assert np.isfinite(slope).all()


def _moments(posterior, *axes):
    """Integral and means of u by a sum over a mesh in z, exponentially accurate for a smooth density that falls at its ends."""
    mesh = jnp.stack(jnp.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))
    weight = jnp.exp(posterior.log_density(mesh)) * np.prod([axis[1] - axis[0] for axis in axes])
    u = jnp.where(weight[:, None] > 0, posterior.quantiles(mesh)[0], 0)
    return np.asarray([weight.sum(), *(weight @ u / weight.sum())])


def test_the_posterior_is_the_same_in_both_parametrisations():
    """Evidence and means by quadrature: on the band as it is sampled, and over the cube of quantiles, without Jacobians."""
    logits = jnp.linspace(-25, 25, 81)  # the ends are e^-25; the trapezium rule of a logistic density is exact to e^(-2 pi^2/h)
    on_band = _moments(Posterior(LIKELIHOOD, SPACE, "pull_gm2"), logits, jnp.linspace(-7, 7, 57), logits)
    nodes, weights = np.polynomial.legendre.leggauss(12)
    outer, w = (nodes + 1) / 2, weights / 2
    fine = (np.arange(40_000) + 0.5) / 40_000  # the midpoint rule: 170 nodes in a sigma of 0.17 MeV of 40
    total, sums = 0.0, np.zeros(3)
    for a, wa in zip(outer, w, strict=True):
        for v, wv in zip(outer, w, strict=True):
            u = jnp.stack(jnp.broadcast_arrays(a, fine, v), axis=-1)
            density = np.asarray(jnp.exp(LIKELIHOOD(SPACE.point(u)))) * wa * wv / len(fine)
            total, sums = total + density.sum(), sums + density @ np.asarray(u)
    # What the mesh in z leaves out beyond 7 sigma is 3e-12; its outer ends leave e^-25 = 1e-11.
    np.testing.assert_allclose(on_band, [total, *(sums / total)], rtol=1e-9)
    # The plain parametrisation of the sampler is the same density with another Jacobian.
    u = jnp.asarray([[0.3, 0.45, 0.6], [0.7, 0.46, 0.2]])
    plain, banded = Posterior(LIKELIHOOD, SPACE), Posterior(LIKELIHOOD, SPACE, "pull_gm2")
    densities = []
    for posterior in (plain, banded):
        z = posterior.unbounded(u)
        volume = jnp.linalg.det(jax.vmap(jax.jacobian(lambda z, p=posterior: p.quantiles(z)[0]))(z))
        densities.append(posterior.log_density(z) - jnp.log(jnp.abs(volume)))
    np.testing.assert_allclose(densities[0], densities[1], rtol=1e-9)  # chi-squares of 1e3 from pulls good to 3e-11
    np.testing.assert_allclose(densities[0], LIKELIHOOD(SPACE.point(u)), rtol=1e-9)


def test_m_phi_must_be_free():
    with pytest.raises(ValueError, match="needs m_phi among the free"):
        Posterior(LIKELIHOOD, Space({"m_aprime": Prior(0.1, 0.2)}, {"m_phi": 0.08}), "pull_gm2")
