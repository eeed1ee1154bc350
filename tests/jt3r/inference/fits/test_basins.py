"""Which minima are the same, and which are connected."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from jt3r.inference.fits.basins import basins, distinct
from jt3r.inference.fits.descend import downhill
from jt3r.inference.newton import expanded


def test_basins_are_separated_by_barriers_and_joined_by_valleys():
    def two_wells(u):
        return 1e4 * (np.abs(u[:, 0] - 0.5) - 0.2) ** 2

    y = np.linspace(0, 1, 40)
    u = np.concatenate([np.stack([np.full(40, x), y], axis=1) for x in (0.3, 0.7)])

    def down(u):
        """To the floor of the well on its side."""
        return np.stack([np.where(u[:, 0] < 0.5, 0.3, 0.7), u[:, 1]], axis=1)

    found = basins(u, np.zeros(80), two_wells, down)
    assert (found == np.repeat([0, 1], 40)).all()


def test_a_curved_valley_is_one_basin():
    """Twelve minima on an arc a thousandth wide: chords leave it by a hundredth, ten standard deviations."""

    def residuals(u):
        return ((jnp.hypot(u[..., 0], u[..., 1]) - 0.8) / 1e-3)[..., None]

    angle = np.linspace(0.1, 1.4, 12)
    u = 0.8 * np.stack([np.cos(angle), np.sin(angle)], axis=1)

    def ring(u):
        return np.sum(np.square(np.asarray(residuals(u))), axis=-1)

    assert (basins(u, np.zeros(12), ring, lambda u: u) == np.arange(12)).all()
    about = jax.jit(jax.vmap(partial(expanded, residuals)))
    assert (basins(u, np.zeros(12), ring, partial(downhill, lambda u: jax.tree.map(np.asarray, about(u)))) == 0).all()


def test_no_minimum_and_one_have_their_basins():
    def flat(u):
        return np.zeros(len(u))

    assert basins(np.zeros((0, 2)), np.zeros(0), flat, lambda u: u).tolist() == []
    assert basins(np.full((1, 2), 0.5), np.zeros(1), flat, lambda u: u).tolist() == [0]


def test_equal_minima_are_one():
    u = np.array([[0.5, 0.5], [0.5, 0.5 + 1e-8], [0.5, 0.6], [0.5, 0.5]])
    assert distinct(u, np.array([1.0, 1.0, 1.0, 2.0])).tolist() == [0, 0, 2, 3]
