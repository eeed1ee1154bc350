"""Where a chain begins: inside the priors, at a finite density, near a minimum, the same for the same key."""

import jax
import jax.numpy as jnp
import numpy as np

from jt3r.inference.likelihood import Likelihood
from jt3r.inference.sampling.posterior import Posterior
from jt3r.inference.sampling.starts import EDGE, starting_point
from jt3r.inference.space import Prior, Space


def test_a_chain_begins_where_the_density_is_great():
    posterior = Posterior(Likelihood(("gm2",)), Space({"m_aprime": Prior(0.05, 0.15), "m_phi": Prior(0.06, 0.1)}))
    start = jax.jit(lambda key: starting_point(posterior, key))
    first, second = start(jax.random.key(0)), start(jax.random.key(1))
    np.testing.assert_array_equal(first, start(jax.random.key(0)))
    assert not np.array_equal(first, second)
    for z in (first, second):
        u, _ = posterior.quantiles(z)
        assert ((u >= EDGE * (1 - 1e-9)) & (u <= 1 - EDGE * (1 - 1e-9))).all()
        assert float(posterior.likelihood.chi_square(posterior.space.point(u))) < 1e-6  # on the band, to the descent's 1e-6
        assert jnp.isfinite(posterior.log_density(z))
