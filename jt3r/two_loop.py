"""The g-2 band with the Barr-Zee diagrams added to the one-loop terms. Not a full two-loop result.

Other diagrams of the same order are missing, so what this shifts the band by is the size of its theory error too. The
band of the paper, and the default everywhere, is one loop.
"""

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from . import uv
from .band import solve
from .datasets import measurement
from .gm2 import delta_a_mu
from .kernels.arrays import as_float
from .kernels.roots import bracketed_root
from .point import Point
from .registry import observable

SOURCE = "arXiv:2105.07655, eq. (3), and V. Ilisie, arXiv:1502.04199; one loop + Barr-Zee, not a full two-loop result"
READS = ("m_aprime", "m_phi", "v", "m_mu")


@observable(
    unit="",
    latex=r"\Delta a_\mu^\mathrm{BZ}",
    source="V. Ilisie, arXiv:1502.04199; muon and charged-pion loops; beyond the paper",
    reads=("m_phi", "v", "m_mu"),
)
def delta_a_mu_barr_zee(point: Point) -> Array:
    """Two-loop Barr-Zee contribution of the dark Higgs to a_mu, not part of delta_a_mu."""
    return uv.barr_zee(point.m_phi, point.v, point.m_mu)


@observable(unit="", latex=r"\Delta a_\mu^\mathrm{1+BZ}", source=SOURCE, reads=READS)
def delta_a_mu_two_loop(point: Point) -> Array:
    """delta_a_mu with the Barr-Zee diagrams added: not a full two-loop result."""
    return delta_a_mu(point) + delta_a_mu_barr_zee(point)


@observable(unit="", latex=r"(\Delta a_\mu^\mathrm{1+BZ} - \Delta a_\mu^\mathrm{exp})/\sigma", source=SOURCE, reads=READS)
def pull_gm2_two_loop(point: Point) -> Array:
    """Distance of delta_a_mu_two_loop from the measured value in standard deviations: not a full two-loop result."""
    measured = measurement(point.dataset, "delta_a_mu")
    return (delta_a_mu_two_loop(point) - measured.value) / measured.error


@jax.jit
def band_edge(point: Point, pull: ArrayLike = 0.0) -> Array:
    """m_phi' in GeV at which pull_gm2_two_loop equals ``pull``: the band's edge with the Barr-Zee diagrams added.

    Between 0.6 and 1.2 times the one-loop edge (``jt3r.band.solve``), NaN where there is none. The shift at
    V = 10 GeV is about -1.1 MeV, a few band widths. Derivatives in the point's parameters and the pull are exact.
    """
    pull = as_float(pull)
    one_loop = jax.lax.stop_gradient(solve(point, pull)[0])

    def excess(m_phi: Array) -> Array:
        return pull_gm2_two_loop(point.with_values(m_phi=m_phi)) - pull

    lower, upper = 0.6 * one_loop, 1.2 * one_loop
    found = excess(lower) * excess(upper) < 0
    return bracketed_root(excess, jnp.where(found, lower, jnp.nan), upper)
