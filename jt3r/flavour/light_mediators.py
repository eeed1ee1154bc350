"""b -> s l l when part of the coefficients falls as 1/q^2: exchange of a mediator much lighter than
the momentum it carries.

The paper replaces the propagators of A' and phi' by 1/Lambda^2 with Lambda = 2 GeV (eqs. 6-7). Here
they stay: inside each integral over q^2 the light part of a coefficient is C Lambda^2/q^2, and at
q^2 = m_Bs^2 in Bs -> l l. The rates are still exact quadratics, with numbers of their own for the
terms that have one or two light factors.
"""

from collections.abc import Mapping
from functools import partial

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..kernels.numerics.quadratic import Monomials, quadratic_form
from ..u1.strange_bottom import CUTOFF
from .predict import DEFAULT_TABLE, low_scale_coefficients, predictable, ratio, variables
from .table import VARIABLES, Rate, load_table


def split(rate: Rate) -> tuple[tuple[float, ...], Monomials]:
    """Numbers and monomials of a rate in ``VARIABLES`` of the heavy part, then of the light part
    times Lambda^2.
    """
    terms: dict[tuple[int, ...], float] = {}
    moments = (rate.numbers, rate.over_q2, rate.over_q4)
    for k, factors in enumerate(rate.monomials):
        choices: list[tuple[int, ...]] = [()]
        for i in factors:
            choices = [(*chosen, j) for chosen in choices for j in (i, i + len(VARIABLES))]
        for chosen in choices:
            light = sum(j >= len(VARIABLES) for j in chosen)
            key = tuple(sorted(chosen))
            terms[key] = terms.get(key, 0.0) + moments[light][k]
    return tuple(terms.values()), tuple(terms)


@partial(jax.jit, static_argnames="table")
def _predict(heavy: dict[str, Array], light: dict[str, Array], table: str) -> dict[str, Array]:
    rates = {}
    for name, rate in load_table(table).rates.items():
        numbers, monomials = split(rate)
        both = (*variables(heavy, rate.lepton), *variables(light, rate.lepton))
        rates[name] = quadratic_form(jnp.asarray(numbers), both, monomials)
    return {name: ratio(rates, name) for name in predictable(table)}


def predict(
    coefficients: Mapping[str, Real[ArrayLike, "*b"]],
    light: Mapping[str, Real[ArrayLike, "*b"]],
    cutoff: Real[ArrayLike, "*b"] = CUTOFF,
    table: str = DEFAULT_TABLE,
    scale: float = 160.0,
) -> dict[str, Real[Array, "*b"]]:
    """The observables of ``jt3r.flavour.predict`` at ``coefficients`` + ``light`` cutoff^2/q^2.

    ``coefficients`` and ``scale`` as there; ``light``, by the same names, at q^2 = ``cutoff``^2
    (GeV) and at the b scale: exchange of a light particle does not run from 160 GeV. Neglects the
    mediator's mass, so wrong by m^2/q^2 at the lower edge of a bin: 1 % of R_K for 100 MeV, and not
    to be used for ``R_Kst_low`` above some 50 MeV. No theory errors.

    ``jt3r.flavour.matching.coefficients_of_angles`` gives ``coefficients`` with its ``light = 0``,
    the Z alone; what it gives beyond them with ``light = 1`` is ``light`` here.
    """
    heavy = low_scale_coefficients(coefficients, table, scale)
    at_cutoff = low_scale_coefficients(light, table, load_table(table).scales[1])
    return _predict(heavy, {name: c * jnp.square(cutoff) for name, c in at_cutoff.items()}, table)
