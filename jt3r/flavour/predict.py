"""b -> s l l observables from Wilson coefficients, differentiable, in microseconds.

The polynomials of a table (see ``jt3r.flavour.table``) are evaluated at the b scale; coefficients
given at 160 GeV are run down first. Coefficients are real, in FLAVIO's basis of the weak effective
theory: H = -4 G_F/sqrt2 V_tb V_ts* e^2/(16 pi^2) sum_i C_i O_i, where O_S,P carry a factor m_b, so
that C_S and C_P are in GeV^-1.

An A' on its mass shell in B decays is not in these rates: Gamma(B -> K A') = (s'_sL s'_bL)^2
f_+(0)^2 m_B^3/(128 pi V^2) for m_A' << m_B is 4e-13 GeV, the whole width of the B+, for the angles
that give BMA its C9^NU at m_A' = 100 MeV and V = 10 GeV; at fixed C9^NU it goes as m_A'^-4.
"""

from collections.abc import Mapping
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..kernels.flavour.running import LEPTONS, NAMES, run_down
from ..kernels.numerics.quadratic import monomial_values, quadratic_form
from .table import VARIABLES, Rate, Table, load_table

DEFAULT_TABLE = "flavio-2.7"

# observable: (numerator, denominator or None) among the rates of the tables
OBSERVABLES: dict[str, tuple[str, str | None]] = {
    "R_K": ("BpKmumu_1_6", "BpKee_1_6"),
    "R_Kst": ("B0Kstmumu_1_6", "B0Kstee_1_6"),
    "R_Kst_low": ("B0Kstmumu_low", "B0Kstee_low"),
    "BR_BpKee": ("BpKee_1_6", None),
    "BR_Bsmumu": ("Bsmumu", None),
    "BR_BpKstmumu": ("BpKstmumu", None),
    "BR_B0Kmumu": ("B0Kmumu", None),
    "BR_BpKmumu": ("BpKmumu", None),
    "dBR_Bsphimumu": ("Bsphimumu", None),
    "dBR_LbLmumu": ("LbLmumu", None),
}

LATER: dict[str, tuple[str, str | None]] = {
    "R_K_low": ("BpKmumu_low", "BpKee_low"),
    "R_K_high": ("BpKmumu_high", "BpKee_high"),
    "R_Kst_low_01": ("B0Kstmumu_01_1", "B0Kstee_01_1"),
    "R_KS_inv": ("B0Kee_1_6", "B0Kmumu_1_6"),
    "R_Kstp_inv": ("BpKstee_0_6", "BpKstmumu_0_6"),
    "R_phi_inv_low": ("Bsphiee_01_1", "Bsphimumu_01_1"),
    "R_phi_inv": ("Bsphiee_1_6", "Bsphimumu_1_6"),
    "R_phi_inv_high": ("Bsphiee_high", "Bsphimumu_high"),
}
"""Observables measured after the paper; the table of FLAVIO 2.2 lacks their rates."""

EVERY = OBSERVABLES | LATER


def _checked(coefficients: Mapping[str, ArrayLike]) -> dict[str, Array]:
    unknown = sorted(set(coefficients) - set(NAMES))
    if unknown:
        raise ValueError(f"unknown Wilson coefficients {', '.join(unknown)}; known are {', '.join(NAMES)}")
    arrays = {name: jnp.asarray(value) for name, value in coefficients.items()}
    complex_ones = [name for name, value in arrays.items() if jnp.iscomplexobj(value)]
    if complex_ones:
        raise TypeError(f"complex Wilson coefficients are not supported: {', '.join(sorted(complex_ones))}")
    dtype = jnp.result_type(*arrays.values()) if arrays else jnp.result_type(float)
    if not jnp.issubdtype(dtype, jnp.floating):
        dtype = jnp.result_type(float)
    return {name: value.astype(dtype) for name, value in arrays.items()} | {
        name: jnp.zeros((), dtype) for name in NAMES if name not in arrays
    }


def _low_scale(coefficients: dict[str, Array], table: Table, scale: float) -> dict[str, Array]:
    high, low = table.scales
    if scale == high:
        return run_down(coefficients, table.running)
    if scale == low:
        return coefficients
    raise ValueError(f"the coefficients must be given at {high:g} or {low:g} GeV, not at {scale:g} GeV")


def low_scale_coefficients(
    coefficients: Mapping[str, Real[ArrayLike, "*b"]], table: str = DEFAULT_TABLE, scale: float = 160.0
) -> dict[str, Real[Array, "*b"]]:
    """All 16 coefficients at the b scale of the table, 4.8 GeV; arguments and errors as in
    ``predict``.
    """
    return _low_scale(_checked(coefficients), load_table(table), float(scale))


def variables(coefficients: dict[str, Array], lepton: str) -> tuple[Array, ...]:
    """The variables of the polynomials of one lepton, in the order of ``VARIABLES``."""
    values = []
    for variable in VARIABLES:
        plain = coefficients[f"{variable[:-1]}_bs{lepton}{lepton}"]
        primed = coefficients[f"{variable[:-1]}p_bs{lepton}{lepton}"]
        values.append(plain + primed if variable[-1] == "+" else plain - primed)
    return tuple(values)


def predictable(table: str = DEFAULT_TABLE) -> tuple[str, ...]:
    """The observables whose rates the table has."""
    known = load_table(table).rates
    return tuple(name for name, pair in EVERY.items() if all(rate is None or rate in known for rate in pair))


def ratio(rates: Mapping[str, Array], observable: str) -> Array:
    """The observable from the rates: one of them, or one over another."""
    numerator, denominator = EVERY[observable]
    return rates[numerator] if denominator is None else rates[numerator] / rates[denominator]


@partial(jax.jit, static_argnames=("table", "scale"))
def _rates(coefficients: dict[str, Array], table: str, scale: float) -> dict[str, Array]:
    loaded = load_table(table)
    low = _low_scale(coefficients, loaded, scale)
    of_lepton = {lepton: variables(low, lepton) for lepton in LEPTONS}
    return {
        name: quadratic_form(jnp.asarray(rate.numbers), of_lepton[rate.lepton], rate.monomials)
        for name, rate in loaded.rates.items()
    }


def rates(
    coefficients: Mapping[str, Real[ArrayLike, "*b"]], table: str = DEFAULT_TABLE, scale: float = 160.0
) -> dict[str, Real[Array, "*b"]]:
    """The branching fractions of the table by their names there, of which the observables are made;
    as ``predict``.
    """
    return _rates(_checked(coefficients), table, float(scale))


@partial(jax.jit, static_argnames=("table", "scale"))
def _predict(coefficients: dict[str, Array], table: str, scale: float) -> dict[str, Array]:
    rates = _rates(coefficients, table, scale)
    return {name: ratio(rates, name) for name in predictable(table)}


def predict(
    coefficients: Mapping[str, Real[ArrayLike, "*b"]], table: str = DEFAULT_TABLE, scale: float = 160.0
) -> dict[str, Real[Array, "*b"]]:
    """Observables of b -> s l l at the given new-physics Wilson coefficients.

    ``coefficients``: arrays that broadcast against each other, keyed by FLAVIO's names
    (``C9_bsmumu``, ``C10p_bsee``, ``CS_bsmumu``, ...: C9, C10, CS, CP and primed, for mu and e). A
    missing one is zero, an unknown one a ValueError, a complex one a TypeError. ``scale``: where
    they are given, 160 or 4.8 GeV.

    Returns ``R_K`` [1.1, 6] GeV^2 of B+ -> K+ l l; ``R_Kst`` [1.1, 6] and ``R_Kst_low`` [0.045,
    1.1] of B0 -> K*0 l l; ``BR_Bsmumu``, time-integrated; ``BR_BpKstmumu`` over [15, 19],
    ``BR_B0Kmumu`` and ``BR_BpKmumu`` over [15, 22] GeV^2; ``dBR_Bsphimumu`` and ``dBR_LbLmumu``,
    the mean of dBR/dq^2 over [1, 6] and [15, 20] GeV^2, in GeV^-2; and, where the table has their
    rates, the ratios of ``LATER``, those that end in ``_inv`` with e over mu.

    Exact in the coefficients, of any size, to rounding; the tables reproduce FLAVIO to its
    quadrature (1e-7) except for the dipole that C_S, C_P induce in running (below 1e-6 for |C_S,P|
    < 0.1 GeV^-1, left out) and, in ``flavio-2.2`` alone, a non-polynomial 5e-5 of Bs -> mu mu.
    """
    return _predict(_checked(coefficients), table, float(scale))


@partial(jax.jit, static_argnames=("table", "scale"))
def _jacobian(coefficients: dict[str, Array], table: str, scale: float) -> dict[str, dict[str, Array]]:
    shape = jnp.broadcast_shapes(*(value.shape for value in coefficients.values()))
    full = {name: jnp.broadcast_to(value, shape) for name, value in coefficients.items()}

    # points do not talk to each other: the gradient of the sum over points is the derivative at each
    def summed(c: dict[str, Array], observable: str) -> Array:
        return jnp.sum(_predict(c, table, scale)[observable])

    return {observable: jax.grad(summed)(full, observable) for observable in predictable(table)}


def jacobian(
    coefficients: Mapping[str, Real[ArrayLike, "*b"]], table: str = DEFAULT_TABLE, scale: float = 160.0
) -> dict[str, dict[str, Real[Array, "*b"]]]:
    """Derivative of every observable of ``predict`` with respect to all 16 coefficients, by
    observable and coefficient.

    At every point of a batch at once, for about nine times the cost of the values;
    ``jax.vmap(jax.jacobian(predict))`` gives the same, slower.
    """
    return _jacobian(_checked(coefficients), table, float(scale))


def _deviation(factor: np.ndarray, rate: Rate, variables: tuple[Array, ...]) -> Array:
    """d rate along each row of the factor, shape (*b, m)."""
    monomials = jnp.stack(jnp.broadcast_arrays(*monomial_values(variables, rate.monomials)), axis=-1)
    terms = monomials * jnp.asarray(rate.numbers, monomials.dtype)
    return jnp.matmul(terms, jnp.asarray(factor, monomials.dtype).T, precision="highest")


@partial(jax.jit, static_argnames=("table", "scale"))
def _deviations(coefficients: dict[str, Array], table: str, scale: float) -> dict[str, Array]:
    loaded = load_table(table)
    rates = _rates(coefficients, table, scale)
    low = _low_scale(coefficients, loaded, scale)
    relative, start = {}, 0
    for name, rate in loaded.rates.items():
        columns = loaded.factor[:, start : start + len(rate.numbers)]
        relative[name] = _deviation(columns, rate, variables(low, rate.lepton)) / rates[name][..., None]
        start += len(rate.numbers)
    deviations = {}
    for name in predictable(table):
        numerator, denominator = EVERY[name]
        change = relative[numerator] - (0.0 if denominator is None else relative[denominator])
        deviations[name] = ratio(rates, name)[..., None] * change
    return deviations


def theory_errors(
    coefficients: Mapping[str, Real[ArrayLike, "*b"]], table: str = DEFAULT_TABLE, scale: float = 160.0
) -> dict[str, Real[Array, "*b"]]:
    """Standard deviation of each observable of ``predict`` over FLAVIO's input parameters, at these
    coefficients.

    From the covariance of the polynomials over joint draws of all of FLAVIO's parameters, to first
    order in it: the statistical accuracy of an error from N draws is 1/sqrt(2 N), 5 % for 200. In a
    ratio the common part cancels.
    """
    deviations = _deviations(_checked(coefficients), table, float(scale))
    return {name: jnp.sqrt(jnp.sum(jnp.square(d), axis=-1)) for name, d in deviations.items()}


def theory_covariance(
    coefficients: Mapping[str, Real[ArrayLike, "*b"]],
    observables: tuple[str, ...] = tuple(OBSERVABLES),
    table: str = DEFAULT_TABLE,
    scale: float = 160.0,
) -> Real[Array, "*b k k"]:
    """Theory covariance matrix of the named observables, in their order; see ``theory_errors``."""
    deviations = _deviations(_checked(coefficients), table, float(scale))
    rows = jnp.stack(jnp.broadcast_arrays(*(deviations[name] for name in observables)), axis=-2)
    return jnp.matmul(rows, jnp.swapaxes(rows, -1, -2), precision="highest")
