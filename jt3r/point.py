"""The parameter point of the U(1)_T3R model."""

from jax import Array

from .constants import M_MU
from .kernels.numerics.pytree import static
from .measurements import DATASETS
from .names import Names
from .parameter import Parameter, ParameterPoint, field, parameters_of

_OPERATORS = {
    "C9": ("C_9", "vector", "1"),
    "C10": ("C_{10}", "axial", "1"),
    "CS": ("C_S", "scalar", "GeV^-1"),
    "CP": ("C_P", "pseudoscalar", "GeV^-1"),
}
_LEPTONS = {"mumu": (r"\mu", "muons"), "ee": ("e", "electrons")}


def _coefficient(name: str) -> Array:
    operator, pair = name.split("_bs")
    symbol, kind, unit = _OPERATORS[operator.removesuffix("p")]
    lepton, leptons = _LEPTONS[pair]
    prime, hand = (r"\prime ", "right") if operator.endswith("p") else ("", "left")
    doc = f"{kind} b -> s coefficient of {leptons}, {hand}-handed s, new physics alone, at 160 GeV"
    return field(f"{symbol}^{{{prime}{lepton}}}", doc, 0.0, unit, positive=False)


class Point(ParameterPoint):
    """Parameters of the model in GeV, each an array; their shapes broadcast against each other.

    One number each is a single point. Shapes (n, 1) and (1, m) make an open mesh, on which a
    function of one parameter alone is computed n or m times, not n m times. Parameters that are not
    given are None; an observable that reads one of them says so. The Wilson coefficients of b -> s
    l l, zero unless given, have FLAVIO's names, normalisation and basis (see ``jt3r.flavour``), at
    160 GeV, C_S and C_P in GeV^-1. ``dataset`` names the measurements that pulls are taken against.

    Point is a pytree: it passes through jax.jit and jax.grad, through jax.vmap by ``jt3r.vmap``;
    ``with_values`` makes a changed copy. A gradient is a Point too: its numbers are slopes, in the
    unit of the function over the parameter's.

    Raises ValueError for a value that is not allowed, such as a mass below zero, for shapes that do
    not broadcast and for an unknown data set; TypeError for an unknown name, with the one that was
    meant.

    >>> import jt3r
    >>> jt3r.Point(m_aprime=0.11, m_phi=0.0792)  # doctest: +ELLIPSIS
    Point(v=10 GeV, m_aprime=0.11 GeV, m_phi=0.0792 GeV, lambda_l=1, lambda_r=1, ...)
    >>> jt3r.Point(mA=0.11)
    Traceback (most recent call last):
        ...
    TypeError: parameter 'mA' is unknown; did you mean 'm_aprime'?
    >>> jt3r.Point(m_phi=-1)
    Traceback (most recent call last):
        ...
    ValueError: m_phi = -1: must be a finite number above zero
    """

    v: Array = field("V", "vacuum expectation value that breaks U(1)_T3R", 10.0)
    m_aprime: Array = field("m_{A'}", "dark photon mass", light=True)
    m_phi: Array = field(r"m_{\phi'}", "dark Higgs mass", light=True)
    m_eta: Array = field(r"m_\eta", "mass of the lighter dark-matter state eta_1", light=True)
    delta: Array = field(
        r"\delta",
        "mass splitting m_2 - m_1 of the dark-matter states; unless given, 0 in A' -> eta_1 eta_2 and eta_2 is nowhere else",
        positive=False,
    )
    lambda_l: Array = field(r"\lambda_L", "Yukawa coupling of the muon to H and its heavy partner", 1.0, unit="1")
    lambda_r: Array = field(r"\lambda_R", "Yukawa coupling of the muon to phi' and its heavy partner", 1.0, unit="1")
    m_mu: Array = field(r"m_\mu", "muon mass (PDG unless given)", M_MU)
    C9_bsmumu: Array = _coefficient("C9_bsmumu")
    C10_bsmumu: Array = _coefficient("C10_bsmumu")
    CS_bsmumu: Array = _coefficient("CS_bsmumu")
    CP_bsmumu: Array = _coefficient("CP_bsmumu")
    C9p_bsmumu: Array = _coefficient("C9p_bsmumu")
    C10p_bsmumu: Array = _coefficient("C10p_bsmumu")
    CSp_bsmumu: Array = _coefficient("CSp_bsmumu")
    CPp_bsmumu: Array = _coefficient("CPp_bsmumu")
    C9_bsee: Array = _coefficient("C9_bsee")
    C10_bsee: Array = _coefficient("C10_bsee")
    CS_bsee: Array = _coefficient("CS_bsee")
    CP_bsee: Array = _coefficient("CP_bsee")
    C9p_bsee: Array = _coefficient("C9p_bsee")
    C10p_bsee: Array = _coefficient("C10p_bsee")
    CSp_bsee: Array = _coefficient("CSp_bsee")
    CPp_bsee: Array = _coefficient("CPp_bsee")
    lambda_portal: Array = field(r"\lambda", "portal coupling |H|^2 |phi|^2, eq. (A1)", 0.0, unit="1", positive=False)
    kinetic_mixing: Array = field(
        r"\epsilon",
        "kinetic mixing of A' with the photon; unless given that of the loop, g sqrt(alpha/(4 pi^3))",
        unit="1",
        positive=False,
    )
    width_invisible: Array = field(
        r"\Gamma_\mathrm{inv}", "further width of A' into what no search sees; none unless given", positive=False
    )
    m_nu_s: Array = field(r"m_{\nu_s}", "mass of the sterile neutrino nu_R; too heavy to matter unless given", positive=False)
    dataset: str = static(default="paper2021")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.dataset not in DATASETS:
            raise ValueError(f"dataset = {self.dataset!r}: allowed are {', '.join(DATASETS)}")


PARAMETERS: dict[str, Parameter] = parameters_of(Point)
"""Name of each parameter -> its unit, LaTeX, meaning, default and what it may be."""


def _row(parameter: Parameter) -> tuple[str, str, str]:
    default = "" if parameter.default is None else f"{parameter.default:.7g}"
    return parameter.unit if parameter.unit != "1" else "", default, parameter.doc


parameters: Names[Parameter] = Names("parameter", PARAMETERS, _row, f"{__name__}:parameters")
"""``PARAMETERS`` for readers: prints as a table of unit, default and meaning, and suggests names.

>>> parameters["m_aprime"].unit
'GeV'
>>> parameters["mA"]
Traceback (most recent call last):
    ...
jt3r.names.UnknownName: parameter 'mA' is unknown; did you mean 'm_aprime'?
"""
