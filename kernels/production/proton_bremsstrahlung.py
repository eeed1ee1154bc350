"""Bremsstrahlung of light bosons by protons: splitting functions integrated over transverse
momentum in closed form.

Splittings and form factors are pure numbers, masses and momenta in GeV.
"""

from functools import partial

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..numerics.promotion import floats
from ..numerics.slopes import by_slopes


def _moments(h_0: Array, upper: Array) -> tuple[Array, Array, Array]:
    """int_0^P dp^2/H^n for n = 1, 2, 3 with H = p^2 + H_0, P = ``upper`` in GeV^2."""
    h = h_0 + upper
    return jnp.log1p(upper / h_0), upper / (h_0 * h), upper * (h + h_0) / (2 * h_0**2 * h**2)


@jax.jit
def vector_splitting(
    fraction: Real[ArrayLike, "*b"],
    mass: Real[ArrayLike, "*b"],
    transverse_limit: Real[ArrayLike, "*b"],
    nucleon_mass: Real[ArrayLike, ""],
) -> Real[Array, "*b"]:
    """int_0^P dp_T^2 w_V(z, p_T^2) for a vector coupling of strength 1 (alpha' = 1/(4 pi)), P =
    ``transverse_limit``^2.

        w_V = alpha'/(2 pi H) { [1 + (1-z)^2]/z - 2 z (1-z) [(2 M^2 + m^2)/H - 2 z^2 M^4/H^2]
              + 2 z (1-z) [z + (1-z)^2] M^2 m^2/H^2 + 2 z (1-z)^2 m^4/H^2 },
        H = p_T^2 + (1-z) m^2 + z^2 M^2

    z is the fraction of the proton's energy, masses and p_T in GeV; multiply by sigma(s')/sigma(s),
    the coupling squared and the form factor squared. Source: Bluemlein and Brunner,
    arXiv:1311.3870, eqs. (4)-(8) (Fermi-Weizsaecker-Williams); also de Niverville et al.,
    arXiv:1609.01770, eq. (13). Validity: z E, (1 - z) E >> M, m, p_T. Outside 0 < z < 1: 0.
    """
    z, mass, transverse_limit, nucleon = floats(fraction, mass, transverse_limit, nucleon_mass)
    inside = (z > 0) & (z < 1)
    z = jnp.where(inside, z, 0.5)
    m2, big2 = mass**2, nucleon**2
    one, two, three = _moments((1 - z) * m2 + z**2 * big2, transverse_limit**2)
    braces = (1 + (1 - z) ** 2) / z * one
    braces -= 2 * z * (1 - z) * ((2 * big2 + m2) * two - 2 * z**2 * big2**2 * three)
    braces += 2 * z * (1 - z) * (z + (1 - z) ** 2) * big2 * m2 * three
    braces += 2 * z * (1 - z) ** 2 * m2**2 * three
    return jnp.where(inside, braces / (8 * jnp.pi**2), 0)


@jax.jit
def pseudoscalar_splitting(
    fraction: Real[ArrayLike, "*b"],
    mass: Real[ArrayLike, "*b"],
    transverse_limit: Real[ArrayLike, "*b"],
    nucleon_mass: Real[ArrayLike, ""],
) -> Real[Array, "*b"]:
    """int_0^P dp_T^2 w_L(z, p_T^2) for a Yukawa coupling of strength 1 to i Nbar gamma_5 N.

        w_L = y^2/(16 pi^2) z (p_T^2 + z^2 M^2)/H^2,   H = p_T^2 + (1-z) m^2 + z^2 M^2

    It is also the longitudinal part of an axially coupled vector, y = 2 g_A^(N) M/m by Goldstone
    equivalence: finite as m -> 0 where g_A^(N) ~ m. Source: the f -> f a splitting function of the
    equivalent-particle method (as in Foroughi-Abari and Ritz, arXiv:2108.05900, app. A, for a
    scalar, with (2 - z)^2 -> z^2 for a pseudoscalar).
    """
    z, mass, transverse_limit, nucleon = floats(fraction, mass, transverse_limit, nucleon_mass)
    return _yukawa_splitting(z, mass, transverse_limit, nucleon, z)


@jax.jit
def scalar_splitting(
    fraction: Real[ArrayLike, "*b"],
    mass: Real[ArrayLike, "*b"],
    transverse_limit: Real[ArrayLike, "*b"],
    nucleon_mass: Real[ArrayLike, ""],
) -> Real[Array, "*b"]:
    """int_0^P dp_T^2 w_S for a Yukawa coupling of strength 1 to Nbar N: w_S = y^2/(16 pi^2) z
    (p_T^2 + (2-z)^2 M^2)/H^2.

    Source: Foroughi-Abari and Ritz, arXiv:2108.05900, app. A.
    """
    z, mass, transverse_limit, nucleon = floats(fraction, mass, transverse_limit, nucleon_mass)
    return _yukawa_splitting(z, mass, transverse_limit, nucleon, 2 - z)


def _yukawa_splitting(z: Array, mass: Array, transverse_limit: Array, nucleon: Array, numerator: Array) -> Array:
    inside = (z > 0) & (z < 1)
    z = jnp.where(inside, z, 0.5)
    h_0 = (1 - z) * mass**2 + z**2 * nucleon**2
    one, two, _ = _moments(h_0, transverse_limit**2)
    return jnp.where(inside, z * (one + (numerator**2 * nucleon**2 - h_0) * two) / (16 * jnp.pi**2), 0)


@jax.jit
def proton_cross_section(s: Real[ArrayLike, "*b"]) -> Real[Array, "*b"]:
    """Total pp cross-section in mb: 35.45 + 0.308 ln^2(s/s_0) + 42.53 s^-0.458 - 33.34 s^-0.545,
    s_0 = (5.38 GeV)^2.

    Source: Review of Particle Physics 2006-2010 fit, as used in arXiv:1311.3870, eq. (9). Valid for
    sqrt(s) > 5 GeV; below it rises steeply where the data do not, so s is held at 4 m_p^2 at least.
    """
    (s,) = floats(s)
    s = jnp.maximum(s, 3.52)
    return 35.45 + 0.308 * jnp.log(s / 5.38**2) ** 2 + 42.53 * s**-0.458 - 33.34 * s**-0.545


# Faessler, Krivoruchenko, Martemyanov, arXiv:0910.5589: (coefficient, mass, width) in GeV of the isovector (rho) and
# isoscalar (omega) families, coefficients as solved for in de Niverville et al., arXiv:1609.01770 (they sum to 1/2 each).
_Family = tuple[tuple[float, float, float], ...]
_RHO = ((0.6165340033, 0.77, 0.15), (0.2232042011, 1.25, 0.3), (-0.3397382044, 1.45, 0.5))
_OMEGA = ((1.0117544787, 0.77, 0.0085), (-0.8816565447, 1.25, 0.3), (0.3699021158, 1.45, 0.5))


def _real(family: _Family, mass: Array) -> Array:
    terms = [c * pole**2 * (pole**2 - mass**2) / _norm(pole, width, mass) for c, pole, width in family]
    return sum(terms[1:], start=terms[0])


def _imaginary(family: _Family, mass: Array) -> Array:
    terms = [c * pole**2 * pole * width / _norm(pole, width, mass) for c, pole, width in family]
    return sum(terms[1:], start=terms[0])


def _norm(pole: float, width: float, mass: Array) -> Array:
    return (pole**2 - mass**2) ** 2 + (pole * width) ** 2


_ISOVECTOR, _ISOSCALAR = ([by_slopes(partial(part, family)) for part in (_real, _imaginary)] for family in (_RHO, _OMEGA))
"""Real and imaginary part of F_v and of F_s."""


@jax.jit
def proton_coupling_squared(
    mass: Real[ArrayLike, "*b"], isovector: Real[ArrayLike, "*b"], isoscalar: Real[ArrayLike, "*b"]
) -> Real[Array, "*b"]:
    """|isovector F_v + isoscalar F_s|^2 of the proton's vector current at q^2 = m^2 in the timelike
    region.

    F_v and F_s are sum_V f_V m_V^2/(m_V^2 - q^2 - i m_V Gamma_V) over the rho and the omega family,
    1/2 each at q^2 = 0: a photon has e and e, couplings v_u and v_d have v_u - v_d and 3 (v_u +
    v_d). Source: arXiv:0910.5589, sec. II, with the vector-meson families of arXiv:1609.01770, sec.
    III. The constant widths leave |F_1|^2 = 1.02 instead of 1 at m = 0.
    """
    mass, isovector, isoscalar = floats(mass, isovector, isoscalar)
    (v, w), (x, y) = ([part(mass) for part in parts] for parts in (_ISOVECTOR, _ISOSCALAR))
    return (isovector * v + isoscalar * x) ** 2 + (isovector * w + isoscalar * y) ** 2


@jax.jit
def proton_form_factor_squared(mass: Real[ArrayLike, "*b"]) -> Real[Array, "*b"]:
    """|F_1(q^2 = m^2)|^2 of the proton in the timelike region: ``proton_coupling_squared`` of a
    photon, over e^2.

    Source: arXiv:0910.5589, sec. II.
    """
    return proton_coupling_squared(mass, 1.0, 1.0)
