"""The parameter point of the U(1)_T3R model."""

import dataclasses
from typing import Any

import equinox as eqx
from jax import Array

from .constants import M_MU
from .datasets import DATASETS
from .kernels.arrays import as_float


def _parameter(latex: str, doc: str, default: Any = None, unit: str = "GeV", positive: bool = True) -> Any:
    return eqx.field(
        default=default,
        converter=lambda x: None if x is None else as_float(x),
        metadata={"latex": latex, "doc": doc, "unit": unit, "positive": positive},
    )


def _coefficient(latex: str, doc: str, unit: str = "1") -> Any:
    return _parameter(latex, f"{doc}, new physics alone, at 160 GeV", 0.0, unit, positive=False)


class Point(eqx.Module):
    """Parameters of the model in GeV, each an array; their shapes broadcast against each other.

    One number each is a single point. Shapes (n, 1) and (1, m) make an open mesh, on which a function of one parameter
    alone is computed n or m times, not n m times. Parameters that are not given are None; an observable that reads one of
    them says so. The Wilson coefficients of b -> s l l, zero unless given, have FLAVIO's names, normalisation and basis
    (see `jt3r.flavour`), at 160 GeV, C_S and C_P in GeV^-1. `dataset` names the measurements that pulls are taken against.

    Point is a pytree: it passes through jax.jit, jax.grad and jax.vmap; `with_values` makes a changed copy.
    """

    v: Array = _parameter("V", "vacuum expectation value that breaks U(1)_T3R", 10.0)
    m_aprime: Array = _parameter("m_{A'}", "dark photon mass")
    m_phi: Array = _parameter(r"m_{\phi'}", "dark Higgs mass")
    m_eta: Array = _parameter(r"m_\eta", "mass of the lighter dark-matter state eta_1")
    delta: Array = _parameter(r"\delta", "mass splitting m_2 - m_1 of the dark-matter states", positive=False)
    lambda_l: Array = _parameter(r"\lambda_L", "Yukawa coupling of the muon to H and its heavy partner", 1.0, unit="1")
    lambda_r: Array = _parameter(r"\lambda_R", "Yukawa coupling of the muon to phi' and its heavy partner", 1.0, unit="1")
    m_mu: Array = _parameter(r"m_\mu", "muon mass (PDG unless given)", M_MU)
    C9_bsmumu: Array = _coefficient(r"C_9^{\mu}", "vector b -> s coefficient of muons, left-handed s")
    C10_bsmumu: Array = _coefficient(r"C_{10}^{\mu}", "axial b -> s coefficient of muons, left-handed s")
    CS_bsmumu: Array = _coefficient(r"C_S^{\mu}", "scalar b -> s coefficient of muons, left-handed s", "GeV^-1")
    CP_bsmumu: Array = _coefficient(r"C_P^{\mu}", "pseudoscalar b -> s coefficient of muons, left-handed s", "GeV^-1")
    C9p_bsmumu: Array = _coefficient(r"C_9^{\prime \mu}", "vector b -> s coefficient of muons, right-handed s")
    C10p_bsmumu: Array = _coefficient(r"C_{10}^{\prime \mu}", "axial b -> s coefficient of muons, right-handed s")
    CSp_bsmumu: Array = _coefficient(r"C_S^{\prime \mu}", "scalar b -> s coefficient of muons, right-handed s", "GeV^-1")
    CPp_bsmumu: Array = _coefficient(r"C_P^{\prime \mu}", "pseudoscalar b -> s coefficient of muons, right-handed s", "GeV^-1")
    C9_bsee: Array = _coefficient(r"C_9^{e}", "vector b -> s coefficient of electrons, left-handed s")
    C10_bsee: Array = _coefficient(r"C_{10}^{e}", "axial b -> s coefficient of electrons, left-handed s")
    CS_bsee: Array = _coefficient(r"C_S^{e}", "scalar b -> s coefficient of electrons, left-handed s", "GeV^-1")
    CP_bsee: Array = _coefficient(r"C_P^{e}", "pseudoscalar b -> s coefficient of electrons, left-handed s", "GeV^-1")
    C9p_bsee: Array = _coefficient(r"C_9^{\prime e}", "vector b -> s coefficient of electrons, right-handed s")
    C10p_bsee: Array = _coefficient(r"C_{10}^{\prime e}", "axial b -> s coefficient of electrons, right-handed s")
    CSp_bsee: Array = _coefficient(r"C_S^{\prime e}", "scalar b -> s coefficient of electrons, right-handed s", "GeV^-1")
    CPp_bsee: Array = _coefficient(r"C_P^{\prime e}", "pseudoscalar b -> s coefficient of electrons, right-handed s", "GeV^-1")
    lambda_portal: Array = _parameter(r"\lambda", "portal coupling |H|^2 |phi|^2, eq. (A1)", 0.0, unit="1", positive=False)
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
