"""The flavour observables of a parameter point.

The point holds the 16 Wilson coefficients under FLAVIO's names, at 160 GeV; one that is None is
zero.
"""

from collections.abc import Callable

from jax import Array

from .. import decays
from ..kernels.flavour.running import NAMES
from ..point import Point
from ..registry import observable
from ..u1.gauge import t3r_coupling
from ..u1.registry import couplings_of
from ..u1.strange_bottom import vector_couplings
from . import on_shell
from .leptonic import bs_to_leptons
from .measurements import sm_pull
from .predict import DEFAULT_TABLE, predict
from .z_exchange import b_to_k_nunu, mixing_by_z

FLAVIO = "FLAVIO 2.7.1 (D. M. Straub, arXiv:1810.08132), as a polynomial in the Wilson coefficients"
DATA = (f"flavour/{DEFAULT_TABLE}.json",)


def coefficients(point: Point) -> dict[str, Array]:
    """The Wilson coefficients that the point sets."""
    values = {name: getattr(point, name) for name in NAMES}
    return {name: value for name, value in values.items() if value is not None}


# name: unit, label, what it is
PREDICTED = {
    "R_K": ("1", "R_K[1.1,6]", "BR(B+ -> K+ mu mu) / BR(B+ -> K+ e e) for q^2 in [1.1, 6] GeV^2."),
    "R_Kst": ("1", "R_{K^*}[1.1,6]", "BR(B0 -> K*0 mu mu) / BR(B0 -> K*0 e e) for q^2 in [1.1, 6] GeV^2."),
    "R_Kst_low": ("1", "R_{K^*}[0.045,1.1]", "BR(B0 -> K*0 mu mu) / BR(B0 -> K*0 e e) for q^2 in [0.045, 1.1] GeV^2."),
    "BR_BpKee": ("1", r"\mathrm{BR}(B^+ \to K^+ee)[1.1,6]", "Branching ratio of B+ -> K+ e e for q^2 in [1.1, 6] GeV^2."),
    "BR_Bsmumu": ("1", r"\overline{\mathrm{BR}}(B_s \to \mu\mu)", "Time-integrated branching ratio of Bs -> mu mu."),
    "BR_BpKstmumu": (
        "1",
        r"\mathrm{BR}(B^+ \to K^{*+}\mu\mu)[15,19]",
        "Branching ratio of B+ -> K*+ mu mu for q^2 in [15, 19] GeV^2.",
    ),
    "BR_B0Kmumu": (
        "1",
        r"\mathrm{BR}(B^0 \to K^0\mu\mu)[15,22]",
        "Branching ratio of B0 -> K0 mu mu for q^2 in [15, 22] GeV^2.",
    ),
    "BR_BpKmumu": (
        "1",
        r"\mathrm{BR}(B^+ \to K^+\mu\mu)[15,22]",
        "Branching ratio of B+ -> K+ mu mu for q^2 in [15, 22] GeV^2.",
    ),
    "dBR_Bsphimumu": (
        "GeV^-2",
        r"d\mathrm{BR}/dq^2(B_s \to \phi\mu\mu)[1,6]",
        "Mean of the time-integrated dBR/dq^2 of Bs -> phi mu mu over [1, 6] GeV^2.",
    ),
    "dBR_LbLmumu": (
        "GeV^-2",
        r"d\mathrm{BR}/dq^2(\Lambda_b \to \Lambda\mu\mu)[15,20]",
        "Mean of dBR/dq^2 of Lambda_b -> Lambda mu mu over [15, 20] GeV^2.",
    ),
    "R_K_low": ("1", "R_K[0.1,1.1]", "BR(B+ -> K+ mu mu) / BR(B+ -> K+ e e) for q^2 in [0.1, 1.1] GeV^2."),
    "R_K_high": ("1", "R_K[>14.3]", "BR(B+ -> K+ mu mu) / BR(B+ -> K+ e e) for q^2 in [14.3, 22.9] GeV^2."),
    "R_Kst_low_01": ("1", "R_{K^*}[0.1,1.1]", "BR(B0 -> K*0 mu mu) / BR(B0 -> K*0 e e) for q^2 in [0.1, 1.1] GeV^2."),
    "R_KS_inv": ("1", "R_{K_S}^{-1}[1.1,6]", "BR(B0 -> K0 e e) / BR(B0 -> K0 mu mu) for q^2 in [1.1, 6] GeV^2."),
    "R_Kstp_inv": ("1", "R_{K^{*+}}^{-1}[0.045,6]", "BR(B+ -> K*+ e e) / BR(B+ -> K*+ mu mu) for q^2 in [0.045, 6] GeV^2."),
    "R_phi_inv_low": ("1", r"R_\phi^{-1}[0.1,1.1]", "BR(Bs -> phi e e) / BR(Bs -> phi mu mu) for q^2 in [0.1, 1.1] GeV^2."),
    "R_phi_inv": ("1", r"R_\phi^{-1}[1.1,6]", "BR(Bs -> phi e e) / BR(Bs -> phi mu mu) for q^2 in [1.1, 6] GeV^2."),
    "R_phi_inv_high": ("1", r"R_\phi^{-1}[15,19]", "BR(Bs -> phi e e) / BR(Bs -> phi mu mu) for q^2 in [15, 18.9] GeV^2."),
}


def _register(name: str, unit: str, latex: str, doc: str) -> None:
    def function(point: Point) -> Array:
        return predict(coefficients(point))[name]

    function.__name__, function.__doc__ = name, doc
    observable(unit=unit, latex=latex, source=FLAVIO, reads=NAMES, data=DATA)(function)


for _name, _facts in PREDICTED.items():
    _register(_name, *_facts)


@observable(
    unit="1",
    latex=r"\overline{\mathrm{BR}}(B_s \to ee)",
    source="De Bruyn et al., arXiv:1204.1737, with the inputs of FLAVIO 2.7.1",
    reads=tuple(name for name in NAMES if name.endswith("ee")),
    data=DATA,
)
def BR_Bsee(point: Point) -> Array:
    """Time-integrated branching ratio of Bs -> e e."""
    return bs_to_leptons(coefficients(point), "e")


@observable(unit="1", latex=r"\mathrm{SM\ pull}", source="arXiv:2105.07655, Sec. IV", reads=NAMES, data=DATA)
def sm_pull_flavour(point: Point) -> Array:
    """Signed sqrt(chi2_SM - chi2) over R_K, R_K* and Bs -> mu mu, against the point's data set."""
    return sm_pull(predict(coefficients(point)), predict({}), data=point.dataset)


INPUTS = ("flavour_inputs.toml",)
Z_SOURCE = "Z exchange, A. J. Buras et al., arXiv:1409.4557, with the Standard Model of FLAVIO 2.7.1"
Z_READS = ("C10_bsee", "C10p_bsee")


@observable(unit="1", latex=r"\mathrm{BR}(B^+ \to K^+\nu\bar\nu)", source=Z_SOURCE, reads=Z_READS, data=INPUTS)
def BR_BKnunu(point: Point) -> Array:
    """Branching ratio of B+ -> K+ nu nu with C_L = C10 of e (the universal part): the Z alone, A'
    on shell is not in it.
    """
    return b_to_k_nunu(coefficients(point))["BR_BKnunu"]


@observable(unit="1", latex=r"\mathrm{BR}(B^0 \to K^{*0}\nu\bar\nu)", source=Z_SOURCE, reads=Z_READS, data=INPUTS)
def BR_BKstnunu(point: Point) -> Array:
    """Branching ratio of B0 -> K*0 nu nu with C_L = C10 of e (the universal part): the Z alone, A'
    on shell is not in it.
    """
    return b_to_k_nunu(coefficients(point))["BR_BKstnunu"]


@observable(
    unit="1",
    latex=r"\Delta M_s/\Delta M_s^\mathrm{SM} - 1",
    source="Z exchange at tree level (arXiv:2105.07655, Sec. IV A calls it negligible); response of FLAVIO 2.7.1",
    reads=("C10_bsee",),
    data=(*DATA, *INPUTS),
)
def delta_ms_z(point: Point) -> Array:
    """Relative change of Delta M_s by the Z exchange that gives this C10 of e (the universal
    part).
    """
    return mixing_by_z(point.C10_bsee)


SHELL_SOURCE = "arXiv:2105.07655, footnote 1 and Sec. IV A: angles from C9^NU and C9' by eq. (10), printed prefactors"
SHELL_READS = ("m_aprime", "v", "C9_bsmumu", "C9_bsee", "C9p_bsmumu", "C9p_bsee")
SHELL_DATA = INPUTS


def _on_shell(point: Point, width: Callable[..., Array]) -> Array:
    c9, c9_primed = point.C9_bsmumu - point.C9_bsee, point.C9p_bsmumu - point.C9p_bsee
    return width(point.m_aprime, *vector_couplings(t3r_coupling(point.m_aprime, point.v), c9, c9_primed))


@observable(unit="GeV", latex=r"\Gamma(B^+ \to K^+A')", source=SHELL_SOURCE, reads=SHELL_READS, data=INPUTS)
def width_BpKA(point: Point) -> Array:
    """Width of B+ -> K+ A' on shell, as m_A'^-4 at fixed C9; the form factor leaves 6 %."""
    return _on_shell(point, on_shell.width_b_to_k)


@observable(unit="GeV", latex=r"\Gamma(B^0 \to K^{*0}A')", source=SHELL_SOURCE, reads=SHELL_READS, data=INPUTS)
def width_B0KstA(point: Point) -> Array:
    """Width of B0 -> K*0 A' on shell, as m_A'^-4 at fixed C9; the form factors leave 16 %."""
    return _on_shell(point, on_shell.width_b_to_kst)


@observable(
    unit="1",
    latex=r"\mathrm{BR}(B^+ \to K^+A',\,A' \to ee)",
    source=SHELL_SOURCE,
    reads=(*SHELL_READS, "m_mu"),
    data=SHELL_DATA,
)
def BR_BpKAee(point: Point) -> Array:
    """Width of B+ -> K+ A' times the measured lifetime times Br(A' -> e e), visible scenario; above
    1 it is excluded.
    """
    return width_BpKA(point) * on_shell.lifetime("K") * decays.share(decays.aprime(couplings_of(point)), ("ee",))


@observable(
    unit="1",
    latex=r"\mathrm{BR}(B^0 \to K^{*0}A',\,A' \to ee)",
    source=SHELL_SOURCE,
    reads=(*SHELL_READS, "m_mu"),
    data=SHELL_DATA,
)
def BR_B0KstAee(point: Point) -> Array:
    """Width of B0 -> K*0 A' times the measured lifetime times Br(A' -> e e), visible scenario;
    above 1 it is excluded.
    """
    return width_B0KstA(point) * on_shell.lifetime("Kst") * decays.share(decays.aprime(couplings_of(point)), ("ee",))
