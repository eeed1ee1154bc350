"""The muon g-2 with what the paper leaves out as negligible: heavy partners and Barr-Zee diagrams.
An option.

Two Barr-Zee diagrams are known here, of the same size and opposite sign; others of that size are
not. So the two-loop shift of the band has no known sign: ``theory_error`` gives its size. The band
of the paper, and the default everywhere, is one loop.
"""

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from ..constants import ALPHA_EM
from ..couplings import Couplings, own, vector
from ..kernels.loops import barr_zee
from ..measurements import measurement
from ..point import Point
from ..registry import observable
from ..uv import completion as uv
from .band import solve
from .observables import delta_a_mu
from .one_loop import lepton_mass

SOURCE = "arXiv:2105.07655, eq. (3), and V. Ilisie, arXiv:1502.04199; one loop + chi_mu + Barr-Zee, not a full two-loop result"
READS = ("m_aprime", "m_phi", "v", "m_mu", "lambda_l", "lambda_r")
DATA = ("dark.toml",)


@observable(
    unit="1",
    latex=r"\Delta a_\mu^{\mathrm{BZ},\phi'}",
    source="V. Ilisie, arXiv:1502.04199; muon and charged-pion loops; beyond the paper",
    reads=("m_phi", "v", "m_mu"),
)
def phi_barr_zee(point: Point) -> Array:
    """Barr-Zee diagram of the dark Higgs with muon and pion loops alone: one of several pieces of
    the same size.
    """
    return uv.barr_zee(point.m_phi, point.v, point.m_mu)


@observable(
    unit="1",
    latex=r"\Delta a_\mu^{\mathrm{BZ},A'_L}",
    source="V. Ilisie, arXiv:1502.04199, pseudoscalar loop function; muon loop; beyond the paper",
    of=Couplings,
    reads=("m_aprime", "v", "m_mu"),
)
def aprime_barr_zee(c: Couplings) -> Array:
    """Barr-Zee diagram of the longitudinal A', a pseudoscalar of Yukawa coupling m_mu/(sqrt2 V),
    with a muon loop alone.

    Of the size of phi_barr_zee and of the other sign. Loops of u and d, of opposite T3R, overcancel
    it (-14e-9 to -4e-9 with constituent masses), and transverse, mixing and photonic pieces of the
    same order are unknown: together the two-loop shift of the band is 1 to 3 MeV in m_phi', of
    unknown sign.
    """
    a, mass = vector(c), lepton_mass(c)
    found = own(a, "mu")
    if found is None:
        return jnp.zeros_like(a.mass)
    yukawa = 2 * found[1] * mass / a.mass
    ratio = jnp.square(mass / a.mass)
    return ALPHA_EM / (4 * jnp.pi**3) * jnp.square(yukawa) * barr_zee.pseudoscalar_function(ratio)


@observable(
    unit="1",
    latex=r"\Delta a_\mu^{\chi_\mu}",
    source="J. P. Leveille, Nucl. Phys. B137, 63 (1978); phi', A', h, Z and W; the paper's Appendix calls it negligible",
    reads=READS,
    data=DATA,
)
def delta_a_mu_chi_mu(point: Point) -> Array:
    """Contribution of the muon's heavy partner to a_mu at one loop, not part of delta_a_mu."""
    couplings = point.lambda_l, point.lambda_r
    terms = uv.chi_mu_loops(point.m_phi, point.m_aprime, point.v, *couplings, point.m_mu)
    return jnp.sum(jnp.stack(jnp.broadcast_arrays(*terms.values())), axis=0)


@observable(unit="1", latex=r"\Delta a_\mu^{1+\mathrm{BZ},\phi'}", source=SOURCE, reads=READS, data=DATA)
def delta_a_mu_phi_barr_zee(point: Point) -> Array:
    """delta_a_mu with heavy-partner loops and the Barr-Zee diagram of phi' added: not a full
    two-loop result.
    """
    return delta_a_mu(point) + delta_a_mu_chi_mu(point) + phi_barr_zee(point)


@observable(
    unit="1",
    latex=r"(\Delta a_\mu^{1+\mathrm{BZ},\phi'} - \Delta a_\mu^\mathrm{exp})/\sigma",
    source=SOURCE,
    reads=READS,
    data=DATA,
)
def pull_gm2_phi_barr_zee(point: Point) -> Array:
    """Distance of delta_a_mu_phi_barr_zee from the measured value in standard deviations: not a
    full two-loop result.
    """
    measured = measurement(point.dataset, "delta_a_mu")
    return (delta_a_mu_phi_barr_zee(point) - measured.value) / measured.error


def band_edge(point: Point, pull: ArrayLike = 0.0) -> Array:
    """m_phi' in GeV at which pull_gm2_phi_barr_zee equals ``pull``, NaN where there is none; see
    ``jt3r.gm2.band.solve``.

    By the Barr-Zee diagram of phi' alone: all two-loop pieces together shift the band by 1 to 3
    MeV, of unknown sign (``theory_error``).
    """
    return solve(point, pull, pull_of=pull_gm2_phi_barr_zee)[0]


def theory_error(point: Point) -> Array:
    """Size of the unknown two-loop part of a_mu: the larger of the two Barr-Zee diagrams that are
    known, in absolute value.

    11.0e-9 to 3.8e-9 from m_A' = 10 to 200 MeV at V = 10 GeV, 4.2 to 1.0 MeV in m_phi'. Not a
    standard deviation: other diagrams are of the same size.
    """
    return jnp.maximum(jnp.abs(phi_barr_zee(point)), jnp.abs(aprime_barr_zee(point)))
