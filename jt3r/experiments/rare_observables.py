"""Observables of rare decays to A' and phi': branching ratios, and events of phi' in NuCal."""

from collections.abc import Callable

import jax.numpy as jnp
from jaxtyping import Array

from ..couplings import Couplings, Number
from ..parameter import ParameterPoint
from ..registry import observable
from ..u1.registry import couplings_of
from . import dark_higgs, load, mesons, recast

DATA = ("rare_decays.toml",)
MESON_DATA = (*DATA, "displaced_inputs.toml")
"""Masses and branching ratios of pi0 and eta stand with the dumps', which they make A' in."""
CHIRAL = "chiral Lagrangian at lowest order, derived in the kernels' tests; "


def _register(
    name: str,
    latex: str,
    source: str,
    reads: tuple[str, ...],
    function: Callable[[Couplings], Number],
    data: tuple[str, ...] = DATA,
) -> None:
    def value(point: ParameterPoint) -> Array:
        return jnp.asarray(function(couplings_of(point)))

    value.__name__ = name
    value.__doc__ = function.__doc__
    observable(unit="1", latex=rf"\mathrm{{Br}}({latex})", source=source, reads=reads, slow=True, data=data)(value)


_A, _PHI = ("m_aprime", "v"), ("m_phi", "v")
_B_A, _B_PHI = ((*own, *recast.CHANGES_FLAVOUR[rate]) for own, rate in ((_A, "B_K"), (_PHI, "B_K_phi")))
BY_ANGLES = "angles of arXiv:2105.07655, eq. (10), with form factors at q^2 = 0; "
_register(
    "br_pi0_gamma_aprime",
    r"\pi^0\to\gamma A'",
    "B. Batell, M. Pospelov, A. Ritz, arXiv:0906.5614",
    _A,
    mesons.pi0_gamma,
    MESON_DATA,
)
_register(
    "br_eta_gamma_aprime",
    r"\eta\to\gamma A'",
    "B. Batell, M. Pospelov, A. Ritz, arXiv:0906.5614",
    _A,
    mesons.eta_gamma,
    MESON_DATA,
)
_register("br_phi_eta_aprime", r"\phi\to\eta A'", "M. Reece, L.-T. Wang, arXiv:0904.1743", _A, mesons.phi_eta, MESON_DATA)
_register("br_pi_enu_aprime", r"\pi^+\to e^+\nu A'", CHIRAL + "error 5 %", _A, mesons.pion_electron)
_register("br_K_enu_aprime", r"K^+\to e^+\nu A'", CHIRAL + "error 40 %", _A, mesons.kaon_electron)
_register("br_K_munu_aprime", r"K^+\to \mu^+\nu A'", CHIRAL + "error 40 %", _A, mesons.kaon_muon)
_register("br_K_pi_aprime", r"K^+\to\pi^+ A'", CHIRAL + "0 to 3e-5 at V = 10 GeV", _A, mesons.kaon_pion, MESON_DATA)
_register("br_K_munu_phi", r"K^+\to \mu^+\nu\phi'", "radiation off the muon; spinor sum", _PHI, mesons.kaon_muon_phi)
_register("br_K_pi_phi", r"K^+\to\pi^+\phi'", CHIRAL + "a factor of ten either way", _PHI, mesons.kaon_pion_phi, MESON_DATA)
_IN_B = (*DATA, "flavour_inputs.toml")
_IN_B_PHI = (*_IN_B, "dark.toml")
_register("br_B_K_aprime", r"B^+\to K^+ A'", BY_ANGLES + "error 6 %, interference aside", _B_A, mesons.b_kaon, _IN_B)
_register("br_B_Kst_aprime", r"B^0\to K^{*0} A'", BY_ANGLES + "error 16 %, interference aside", _B_A, mesons.b_kaon_star, _IN_B)
_register("br_B_K_phi", r"B^+\to K^+\phi'", BY_ANGLES + "error 6 %", _B_PHI, mesons.b_kaon_phi, _IN_B_PHI)
_register("br_B_Kst_phi", r"B^0\to K^{*0}\phi'", BY_ANGLES + "error 16 %", _B_PHI, mesons.b_kaon_star_phi, _IN_B_PHI)


@observable(
    unit="1",
    latex=r"N_{\phi'\to\gamma\gamma}(\mathrm{NuCal})",
    source="proton bremsstrahlung, S. Foroughi-Abari, A. Ritz, arXiv:2108.05900, app. A",
    reads=_PHI,
    slow=True,
    data=("recasts.toml:NuCal-phi", "experiments.toml:NuCal", "displaced_inputs.toml"),
)
def events_nucal_phi(point: ParameterPoint) -> Array:
    """Expected events of phi' -> gamma gamma in NuCal."""
    search = load.get("NuCal-phi")
    assert isinstance(search, load.ScalarDump)
    return jnp.exp(dark_higgs.log_events(dark_higgs.numbers(search), couplings_of(point)))
