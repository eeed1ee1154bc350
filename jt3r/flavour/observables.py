"""The flavour observables of a parameter point.

The point holds the 16 Wilson coefficients under FLAVIO's names, at 160 GeV; one that is None is zero.
"""

from jax import Array

from ..kernels.flavour.running import NAMES
from ..point import Point
from ..registry import observable
from .leptonic import bs_to_leptons
from .measurements import sm_pull
from .predict import DEFAULT_TABLE, predict

FLAVIO = "FLAVIO 2.7.1 (D. M. Straub, arXiv:1810.08132), as a polynomial in the Wilson coefficients"
DATA = (f"flavour/{DEFAULT_TABLE}.json",)


def coefficients(point: Point) -> dict[str, Array]:
    """The Wilson coefficients that the point sets."""
    values = {name: getattr(point, name) for name in NAMES}
    return {name: value for name, value in values.items() if value is not None}


# name: unit, label, what it is
PREDICTED = {
    "R_K": ("", "R_K[1.1,6]", "BR(B+ -> K+ mu mu) / BR(B+ -> K+ e e) for q^2 in [1.1, 6] GeV^2."),
    "R_Kst": ("", "R_{K^*}[1.1,6]", "BR(B0 -> K*0 mu mu) / BR(B0 -> K*0 e e) for q^2 in [1.1, 6] GeV^2."),
    "R_Kst_low": ("", "R_{K^*}[0.045,1.1]", "BR(B0 -> K*0 mu mu) / BR(B0 -> K*0 e e) for q^2 in [0.045, 1.1] GeV^2."),
    "BR_Bsmumu": ("", r"\overline{\mathrm{BR}}(B_s \to \mu\mu)", "Time-integrated branching ratio of Bs -> mu mu."),
    "BR_BpKstmumu": (
        "",
        r"\mathrm{BR}(B^+ \to K^{*+}\mu\mu)[15,19]",
        "Branching ratio of B+ -> K*+ mu mu for q^2 in [15, 19] GeV^2.",
    ),
    "BR_B0Kmumu": (
        "",
        r"\mathrm{BR}(B^0 \to K^0\mu\mu)[15,22]",
        "Branching ratio of B0 -> K0 mu mu for q^2 in [15, 22] GeV^2.",
    ),
    "BR_BpKmumu": (
        "",
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
}


def _register(name: str, unit: str, latex: str, doc: str) -> None:
    def function(point: Point) -> Array:
        return predict(coefficients(point))[name]

    function.__name__, function.__doc__ = name, doc
    observable(unit=unit, latex=latex, source=FLAVIO, reads=NAMES, data=DATA)(function)


for _name, _facts in PREDICTED.items():
    _register(_name, *_facts)


@observable(
    unit="",
    latex=r"\overline{\mathrm{BR}}(B_s \to ee)",
    source="De Bruyn et al., arXiv:1204.1737, with the inputs of FLAVIO 2.7.1",
    reads=tuple(name for name in NAMES if name.endswith("ee")),
    data=DATA,
)
def BR_Bsee(point: Point) -> Array:
    """Time-integrated branching ratio of Bs -> e e."""
    return bs_to_leptons(coefficients(point), "e")


@observable(unit="", latex=r"\mathrm{SM\ pull}", source="arXiv:2105.07655, Sec. IV", reads=NAMES, data=DATA)
def sm_pull_flavour(point: Point) -> Array:
    """Signed sqrt(chi2_SM - chi2) over R_K, R_K* and Bs -> mu mu, against the point's data set."""
    return sm_pull(predict(coefficients(point)), predict({}), data=point.dataset)
