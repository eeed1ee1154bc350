"""The flavour observables of a parameter point.

The point holds the 16 Wilson coefficients under FLAVIO's names, at 160 GeV; one that is None is zero.
"""

from jax import Array

from .flavour import predict
from .flavour_likelihood import sm_pull
from .kernels.running import NAMES
from .point import Point
from .registry import observable

FLAVIO = "FLAVIO 2.7.1 (D. M. Straub, arXiv:1810.08132), as a polynomial in the Wilson coefficients"


def coefficients(point: Point) -> dict[str, Array]:
    """The Wilson coefficients that the point sets."""
    values = {name: getattr(point, name) for name in NAMES}
    return {name: value for name, value in values.items() if value is not None}


@observable(unit="", latex="R_K[1.1,6]", source=FLAVIO, reads=NAMES)
def R_K(point: Point) -> Array:
    """BR(B+ -> K+ mu mu) / BR(B+ -> K+ e e) for q^2 in [1.1, 6] GeV^2."""
    return predict(coefficients(point))["R_K"]


@observable(unit="", latex="R_{K^*}[1.1,6]", source=FLAVIO, reads=NAMES)
def R_Kst(point: Point) -> Array:
    """BR(B0 -> K*0 mu mu) / BR(B0 -> K*0 e e) for q^2 in [1.1, 6] GeV^2."""
    return predict(coefficients(point))["R_Kst"]


@observable(unit="", latex="R_{K^*}[0.045,1.1]", source=FLAVIO, reads=NAMES)
def R_Kst_low(point: Point) -> Array:
    """BR(B0 -> K*0 mu mu) / BR(B0 -> K*0 e e) for q^2 in [0.045, 1.1] GeV^2."""
    return predict(coefficients(point))["R_Kst_low"]


@observable(unit="", latex=r"\overline{\mathrm{BR}}(B_s \to \mu\mu)", source=FLAVIO, reads=NAMES)
def BR_Bsmumu(point: Point) -> Array:
    """Time-integrated branching ratio of Bs -> mu mu."""
    return predict(coefficients(point))["BR_Bsmumu"]


@observable(unit="", latex=r"\mathrm{BR}(B^+ \to K^{*+}\mu\mu)[15,19]", source=FLAVIO, reads=NAMES)
def BR_BpKstmumu(point: Point) -> Array:
    """Branching ratio of B+ -> K*+ mu mu for q^2 in [15, 19] GeV^2."""
    return predict(coefficients(point))["BR_BpKstmumu"]


@observable(unit="", latex=r"\mathrm{BR}(B^0 \to K^0\mu\mu)[15,22]", source=FLAVIO, reads=NAMES)
def BR_B0Kmumu(point: Point) -> Array:
    """Branching ratio of B0 -> K0 mu mu for q^2 in [15, 22] GeV^2."""
    return predict(coefficients(point))["BR_B0Kmumu"]


@observable(unit="", latex=r"\mathrm{BR}(B^+ \to K^+\mu\mu)[15,22]", source=FLAVIO, reads=NAMES)
def BR_BpKmumu(point: Point) -> Array:
    """Branching ratio of B+ -> K+ mu mu for q^2 in [15, 22] GeV^2."""
    return predict(coefficients(point))["BR_BpKmumu"]


@observable(unit="GeV^-2", latex=r"d\mathrm{BR}/dq^2(B_s \to \phi\mu\mu)[1,6]", source=FLAVIO, reads=NAMES)
def dBR_Bsphimumu(point: Point) -> Array:
    """Mean of the time-integrated dBR/dq^2 of Bs -> phi mu mu over [1, 6] GeV^2."""
    return predict(coefficients(point))["dBR_Bsphimumu"]


@observable(unit="GeV^-2", latex=r"d\mathrm{BR}/dq^2(\Lambda_b \to \Lambda\mu\mu)[15,20]", source=FLAVIO, reads=NAMES)
def dBR_LbLmumu(point: Point) -> Array:
    """Mean of dBR/dq^2 of Lambda_b -> Lambda mu mu over [15, 20] GeV^2."""
    return predict(coefficients(point))["dBR_LbLmumu"]


@observable(unit="", latex=r"\mathrm{SM\ pull}", source="arXiv:2105.07655, Sec. IV", reads=NAMES)
def sm_pull_flavour(point: Point) -> Array:
    """Signed sqrt(chi2_SM - chi2) over R_K, R_K* and Bs -> mu mu, against the point's data set."""
    return sm_pull(predict(coefficients(point)), predict({}), data=point.dataset)
