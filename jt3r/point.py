"""The parameter point of the U(1)_T3R model."""

import dataclasses
from typing import Any

import equinox as eqx
from jax import Array

from .constants import M_MU
from .kernels.numerics.promotion import as_float
from .measurements import DATASETS


def _parameter(latex: str, doc: str, default: Any = None, unit: str = "GeV", positive: bool = True) -> Any:
    return eqx.field(
        default=default,
        converter=lambda x: None if x is None else as_float(x),
        metadata={"latex": latex, "doc": doc, "unit": unit, "positive": positive},
    )


_OPERATORS = {
    "C9": ("C_9", "vector", "1"),
    "C10": ("C_{10}", "axial", "1"),
    "CS": ("C_S", "scalar", "GeV^-1"),
    "CP": ("C_P", "pseudoscalar", "GeV^-1"),
}
_LEPTONS = {"mumu": (r"\mu", "muons"), "ee": ("e", "electrons")}


def _coefficient(name: str) -> Any:
    operator, pair = name.split("_bs")
    symbol, kind, unit = _OPERATORS[operator.removesuffix("p")]
    lepton, leptons = _LEPTONS[pair]
    prime, hand = (r"\prime ", "right") if operator.endswith("p") else ("", "left")
    doc = f"{kind} b -> s coefficient of {leptons}, {hand}-handed s, new physics alone, at 160 GeV"
    return _parameter(f"{symbol}^{{{prime}{lepton}}}", doc, 0.0, unit, positive=False)


class Point(eqx.Module):
    """Parameters of the model in GeV, each an array; their shapes broadcast against each other.

    One number each is a single point. Shapes (n, 1) and (1, m) make an open mesh, on which a function of one parameter
    alone is computed n or m times, not n m times. Parameters that are not given are None; an observable that reads one of
    them says so. The Wilson coefficients of b -> s l l, zero unless given, have FLAVIO's names, normalisation and basis
    (see `jt3r.flavour`), at 160 GeV, C_S and C_P in GeV^-1. `dataset` names the measurements that pulls are taken against.

    Point is a pytree: it passes through jax.jit, jax.grad and jax.vmap; `with_values` makes a changed copy.
    Raises ValueError for an unknown data set.
    """

    v: Array = _parameter("V", "vacuum expectation value that breaks U(1)_T3R", 10.0)
    m_aprime: Array = _parameter("m_{A'}", "dark photon mass")
    m_phi: Array = _parameter(r"m_{\phi'}", "dark Higgs mass")
    m_eta: Array = _parameter(r"m_\eta", "mass of the lighter dark-matter state eta_1")
    delta: Array = _parameter(
        r"\delta",
        "mass splitting m_2 - m_1 of the dark-matter states; unless given, 0 in A' -> eta_1 eta_2 and eta_2 is nowhere else",
        positive=False,
    )
    lambda_l: Array = _parameter(r"\lambda_L", "Yukawa coupling of the muon to H and its heavy partner", 1.0, unit="1")
    lambda_r: Array = _parameter(r"\lambda_R", "Yukawa coupling of the muon to phi' and its heavy partner", 1.0, unit="1")
    m_mu: Array = _parameter(r"m_\mu", "muon mass (PDG unless given)", M_MU)
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
    lambda_portal: Array = _parameter(r"\lambda", "portal coupling |H|^2 |phi|^2, eq. (A1)", 0.0, unit="1", positive=False)
    kinetic_mixing: Array = _parameter(
        r"\epsilon",
        "kinetic mixing of A' with the photon; unless given that of the loop, g sqrt(alpha/(4 pi^3))",
        unit="1",
        positive=False,
    )
    width_invisible: Array = _parameter(
        r"\Gamma_\mathrm{inv}", "further width of A' into what no search sees; none unless given", positive=False
    )
    m_nu_s: Array = _parameter(
        r"m_{\nu_s}", "mass of the sterile neutrino nu_R; too heavy to matter unless given", positive=False
    )
    dataset: str = eqx.field(static=True, default="paper2021")

    def __check_init__(self) -> None:
        if self.dataset not in DATASETS:
            raise ValueError(f"dataset = {self.dataset!r}: allowed are {', '.join(DATASETS)}")

    def with_values(self, **values: Any) -> "Point":
        """A copy with these parameters replaced."""
        return dataclasses.replace(self, **values)


PARAMETERS: dict[str, dataclasses.Field] = {
    field.name: field for field in dataclasses.fields(Point) if "latex" in field.metadata
}
"""Name of each parameter -> its dataclass field, with unit, latex, doc and positive in its metadata."""
