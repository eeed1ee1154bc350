"""Observables of the UV completion, registered on import: scalar potential, exotic Higgs decays,
masses of eta.
"""

import jax.numpy as jnp
from jax import Array

from ..kernels.uv import potential, seesaw
from ..point import Point
from ..registry import observable
from . import completion as uv

PAPER = "arXiv:2105.07655"
PORTAL = ("m_phi", "v", "lambda_portal")
HIGGS_DECAYS = ("m_phi", "m_aprime", "v", "lambda_portal")
DATA = ("dark.toml",)
ATLAS = "upper limit on undetected decays: ATLAS, arXiv:2207.00092"


def _flag(holds: Array, known: Array) -> Array:
    """1 or 0, and NaN where ``known`` is."""
    return jnp.where(jnp.isnan(known), known, jnp.where(holds, 1.0, 0.0).astype(known.dtype))


@observable(unit="1", latex=r"\alpha", source=f"{PAPER}, eq. (A3)", reads=PORTAL, data=DATA)
def alpha_higgs(point: Point) -> Array:
    """Mixing angle of the Higgs boson and phi'; NaN where the portal coupling is too large for the
    masses.
    """
    return uv.scalar_potential(point.m_phi, point.v, point.lambda_portal).alpha


@observable(unit="1", latex=r"\lambda_\phi", source=f"{PAPER}, eq. (A1)", reads=PORTAL, data=DATA)
def lambda_phi(point: Point) -> Array:
    """Quartic coupling of phi that gives m_phi'."""
    return uv.scalar_potential(point.m_phi, point.v, point.lambda_portal).singlet


@observable(unit="GeV", latex=r"\Gamma(h\to\phi'\phi')", source=f"{PAPER}, eqs. (A1)-(A3)", reads=PORTAL, data=DATA)
def width_h_phiphi(point: Point) -> Array:
    """Width of the Higgs boson into two dark Higgs bosons, exact in their mixing."""
    return uv.width_h_phiphi(point.m_phi, point.v, point.lambda_portal)


@observable(
    unit="1",
    latex=r"\mathrm{Br}(h\to\phi'\phi',\,A'A')",
    source=f"{PAPER}, eqs. (A1)-(A3), with h -> A' A', which the paper leaves out; Standard Model width from arXiv:1610.07922",
    reads=HIGGS_DECAYS,
    data=DATA,
)
def br_h_exotic(point: Point) -> Array:
    """Branching ratio of the Higgs boson into phi' phi' and A' A'."""
    return uv.br_h_exotic(point.m_phi, point.m_aprime, point.v, point.lambda_portal)


@observable(unit="1", latex=r"h\to\phi'\phi',\,A'A'\ \mathrm{allowed}", source=ATLAS, reads=HIGGS_DECAYS, data=DATA)
def allowed_by_h_decays(point: Point) -> Array:
    """1 where br_h_exotic is below the LHC's limit of 0.12 (95 % CL), else 0."""
    branching = br_h_exotic(point)
    return _flag(branching < uv.BR_UNDETECTED, branching)


@observable(unit="1", latex=r"\mathrm{vacuum\ stable}", source=f"{PAPER}, eq. (A1), at tree level", reads=PORTAL, data=DATA)
def vacuum_stable(point: Point) -> Array:
    """1 where the potential is bounded from below and the vacuum its global minimum, 0 where no
    potential has these masses.
    """
    _, doublet, singlet = uv.scalar_potential(point.m_phi, point.v, point.lambda_portal)
    exists = potential.is_bounded(doublet, singlet, point.lambda_portal)
    exists &= 4 * doublet * singlet > point.lambda_portal**2
    return _flag(exists, point.m_phi * point.v * point.lambda_portal)


@observable(
    unit="1",
    latex=r"\mathrm{perturbative}",
    source=f"{PAPER}, Appendix: quartic couplings and squared Yukawa couplings below 4 pi",
    reads=(*PORTAL, "lambda_l", "lambda_r"),
    data=DATA,
)
def perturbative(point: Point) -> Array:
    """1 where all quartic couplings, lambda_L^2 and lambda_R^2 are below 4 pi, else 0; NaN where
    there is no potential.
    """
    _, doublet, singlet = uv.scalar_potential(point.m_phi, point.v, point.lambda_portal)
    holds = potential.is_perturbative(doublet, singlet, point.lambda_portal, point.lambda_l**2, point.lambda_r**2)
    return _flag(holds, singlet + point.lambda_l + point.lambda_r)


@observable(unit="GeV", latex=r"m_{\eta_2}", source=f"{PAPER}, Secs. II and III A; eq. (A11)", reads=("m_eta", "delta"))
def m_eta_2(point: Point) -> Array:
    """Mass of the heavier dark-matter state, from the Majorana mass m_eta + delta/2 and the Dirac
    mass delta/2.
    """
    majorana = point.m_eta + point.delta / 2
    return seesaw.majorana_masses(point.delta / 2, majorana, majorana)[1]


@observable(unit="1", latex=r"\lambda_\eta", source=f"{PAPER}, eq. (A11): m_M = lambda_eta V", reads=("m_eta", "delta", "v"))
def lambda_eta(point: Point) -> Array:
    """Yukawa coupling of phi to eta eta that gives its Majorana mass, equal for eta_L and eta_R."""
    return (point.m_eta + point.delta / 2) / point.v


@observable(
    unit="GeV",
    latex=r"m_{\chi_\mu}",
    source=f"{PAPER}, eqs. (A5)-(A8), exact",
    reads=("v", "lambda_l", "lambda_r", "m_mu"),
    data=DATA,
)
def m_chi_mu(point: Point) -> Array:
    """Mass of the muon's heavy partner, lambda_L lambda_R v V/(sqrt2 m_mu)."""
    return uv.m_chi(point.m_mu, point.v, point.lambda_l, point.lambda_r)
