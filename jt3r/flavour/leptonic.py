"""Bs -> l l from its formula, with the hadronic inputs as arguments: for a decay constant or a
lifetime that float.

The short-distance inputs (normalisation, C10 of the Standard Model, quark masses at 4.8 GeV) are
those of the table's polynomial, from which they follow: with the default inputs the muon's rate is
that of ``jt3r.flavour.predict``.
"""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import jax
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..kernels.flavour import leptonic
from .predict import DEFAULT_TABLE, low_scale_coefficients
from .table import VARIABLES, load_table


class ShortDistance(NamedTuple):
    """What the polynomial of Bs -> mu mu says of it: N in GeV^-2, C10 of the Standard Model,
    m_b/(m_b + m_s).
    """

    normalisation: float
    c10: float
    quark_ratio: float


@cache
def short_distance(table: str = DEFAULT_TABLE) -> ShortDistance:
    """Short-distance inputs of the table, at 4.8 GeV."""
    loaded = load_table(table)
    rate, inputs = loaded.rates["Bsmumu"], loaded.metadata["inputs"]
    numbers = {tuple(VARIABLES[i] for i in factors): n for factors, n in zip(rate.monomials, rate.numbers, strict=True)}
    mass, muon, f = inputs["m_Bs"], inputs["m_mu"], inputs["f_Bs"]
    y, c10_squared = inputs["DeltaGamma/Gamma_Bs"] / 2, numbers["C10-", "C10-"]
    with jax.ensure_compile_time_eval():  # the first call may come from inside a program that is being traced
        unit = float(leptonic.branching_ratio(1.0, f, mass, muon, 1.0, inputs["tau_Bs"], y, 1.0))
    return ShortDistance(
        normalisation=(c10_squared / unit) ** 0.5,
        c10=numbers["C10-",] / (2 * c10_squared),
        quark_ratio=(numbers["CP-", "CP-"] / c10_squared) ** 0.5 * 2 * muon / mass**2,
    )


def bs_to_leptons(
    coefficients: Mapping[str, Real[ArrayLike, "*b"]],
    lepton: str = "mu",
    decay_constant: Real[ArrayLike, "*b"] | None = None,
    lifetime: Real[ArrayLike, "*b"] | None = None,
    y: Real[ArrayLike, "*b"] | None = None,
    table: str = DEFAULT_TABLE,
    scale: float = 160.0,
) -> Real[Array, "*b"]:
    """Time-integrated branching ratio of Bs -> l l, ``lepton`` ``mu`` or ``e``.

    ``coefficients``, ``scale``: as for ``jt3r.flavour.predict``. ``decay_constant`` f_Bs in GeV,
    ``lifetime`` in GeV^-1 and ``y`` = Delta Gamma/(2 Gamma) are the table's unless given. |V_tb
    V_ts*| is in the table's normalisation: the rate goes as its square. Raises ValueError for
    another lepton. Source: De Bruyn et al., arXiv:1204.1737.
    """
    if lepton not in ("mu", "e"):
        raise ValueError(f"no lepton {lepton!r}; there are mu, e")
    loaded, short = load_table(table), short_distance(table)
    inputs, c = loaded.metadata["inputs"], low_scale_coefficients(coefficients, table, scale)
    c10, scalar, pseudoscalar = (c[f"{op}_bs{2 * lepton}"] - c[f"{op}p_bs{2 * lepton}"] for op in ("C10", "CS", "CP"))
    return leptonic.branching_ratio(
        short.normalisation,
        inputs["f_Bs"] if decay_constant is None else decay_constant,
        inputs["m_Bs"],
        inputs[f"m_{lepton}"],
        short.quark_ratio,
        inputs["tau_Bs"] if lifetime is None else lifetime,
        inputs["DeltaGamma/Gamma_Bs"] / 2 if y is None else y,
        short.c10 + c10,
        scalar,
        pseudoscalar,
    )
