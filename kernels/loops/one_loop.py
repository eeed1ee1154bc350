r"""One-loop functions for the g-2 of a lepton coupled to a neutral boson.

Every function here is

.. math:: F(r) = \int_0^1 dy\, \frac{N(y, s)}{y^2 + s (1-y)}, \qquad s = r^2,\
          r = m_\mathrm{boson}/m_\mathrm{lepton},

with a numerator N that is a polynomial in y (up to y^3) and s, and so is known once N is. Three
exact forms of the same integral are joined, each where it loses no digits:

- r < 0.4: closed form in ln r and arccos(r/2), finite with its gradient down to r = 0;
- 0.4 <= r < 3.8: Gauss-Legendre quadrature with 32 nodes. The poles of the integrand lie outside
  the Bernstein ellipse with rho = 1.74, so the error is of order rho^-64 = 4e-16; r = 2, where the
  closed form is 0/0, is an ordinary point;
- r >= 3.8: expansion in 1/s, whose coefficients are exact rationals. It converges for s > 4; the
  first of the terms left out is smaller than (4/s)^30 = 2e-17.

Accuracy against 30-digit mpmath for r in 1e-6..1e6 (``tests/kernels/loops/test_one_loop.py`` holds
the bounds): relative error of the value below 1e-13 in float64 and 5e-6 in float32, of the first
derivative below 1e-11 and 1e-4, as of the second, relative to what it and F'/r are together.

r = 0 and r = inf give the limits, NaN gives NaN, negative r gives NaN.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cache, partial
from math import comb

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Real

from ..numerics.promotion import as_float

_R_SMALL = 0.4
_R_LARGE = 3.8
_N_NODES = 32
_N_SERIES = 30
_ORDERS = 2
"""Derivatives whose quadrature and series are written down, not taken by JAX: a third of the
operations to compile.
"""

Polynomial = dict[int, Fraction]
"""Exact Laurent polynomial in s: power -> coefficient."""

Numerator = Mapping[tuple[int, int], int]
"""N(y, s) as (power of y, power of s) -> coefficient."""


def _add(*polynomials: Polynomial) -> Polynomial:
    total: Polynomial = {}
    for polynomial in polynomials:
        for power, c in polynomial.items():
            total[power] = total.get(power, Fraction(0)) + c
    return {power: c for power, c in total.items() if c}


def _times(polynomial: Polynomial, factor: Fraction | int, shift: int = 0) -> Polynomial:
    return {power + shift: c * factor for power, c in polynomial.items()}


def _product(a: Polynomial, b: Polynomial) -> Polynomial:
    return _add(*(_times(b, c, power) for power, c in a.items()))


def _moments() -> list[tuple[Polynomial, Polynomial, Polynomial]]:
    r"""I_n = \int y^n / (y^2 + s(1-y)) dy, n = 0..3, as polynomials (p, l, j): I_n = p + l ln s + j
    J with J = I_0.

    I_1 = (s J - ln s)/2; reducing y^2 = D + s y - s gives I_(n+2) = 1/(n+1) + s I_(n+1) - s I_n.
    """
    moments: list[tuple[Polynomial, Polynomial, Polynomial]] = [
        ({}, {}, {0: Fraction(1)}),
        ({}, {0: Fraction(-1, 2)}, {1: Fraction(1, 2)}),
    ]
    for n in range(2):
        constant: Polynomial = {0: Fraction(1, n + 1)}
        p, log, j = (
            _add(_times(after, 1, 1), _times(before, -1, 1)) for before, after in zip(moments[n], moments[n + 1], strict=True)
        )
        moments.append((_add(constant, p), log, j))
    return moments


_MOMENTS = _moments()


@cache
def _expansion_of_j() -> tuple[Polynomial, Polynomial]:
    """J at large s as (a, b) with J = a + b ln s, powers of s down to -(_N_SERIES + 4).

    J = [ln s + 2 ln((1 + beta)/2)] / (s beta), beta = sqrt(1 - 4/s), with 1/beta = sum C(2k,k) s^-k
    and 2 ln((1 + beta)/2) = -sum C(2k,k)/k s^-k.
    """
    last = _N_SERIES + 4
    over_beta: Polynomial = {-k - 1: Fraction(comb(2 * k, k)) for k in range(last)}
    log_beta: Polynomial = {-k: Fraction(-comb(2 * k, k), k) for k in range(1, last)}
    a = {power: c for power, c in _product(over_beta, log_beta).items() if power >= -last}
    return a, over_beta


def _partial_fractions(numerator: Numerator) -> tuple[tuple[float, ...], list[tuple[float, float]]]:
    """The Gauss-Legendre sum over y as Q(s) + sum_i residue_i/(s + pole_i): the coefficients of Q
    and (residue, pole).

    At a node y, y^2 + s (1 - y) = (1 - y)(s + pole) with pole = y^2/(1 - y), and N(y, s) is divided
    by s + pole with remainder. In exact fractions of the nodes: nothing is lost to cancellation.
    """
    whole: Polynomial = {}
    poles = []
    for x, w in zip(*np.polynomial.legendre.leggauss(_N_NODES), strict=True):
        y = (Fraction(float(x)) + 1) / 2
        pole, weight = y * y / (1 - y), Fraction(float(w)) / 2 / (1 - y)
        remainder = Fraction(0)
        for power in range(max(power for _, power in numerator), -1, -1):  # synthetic division at s = -pole
            if remainder:
                whole = _add(whole, {power: remainder})
            remainder = sum((weight * c * y**n for (n, k), c in numerator.items() if k == power), -pole * remainder)
        poles.append((float(remainder), float(pole)))
    return _dense(whole) if whole else (0.0,), poles


class _LoopFunction:
    """The three forms of the integral with numerator N; calling it evaluates the right one."""

    def __init__(self, numerator: Numerator):
        parts: list[list[Polynomial]] = [[], [], []]
        for (n, power), c in numerator.items():
            for part, moment in zip(parts, _MOMENTS[n], strict=True):
                part.append(_times(moment, c, power))
        constant, log, j = (_add(*part) for part in parts)
        self._constant, self._log = _dense(constant), _dense(log)
        self._j_over_s = _dense(_times(j, 1, shift=-1))

        a, b = _expansion_of_j()
        series = _add(constant, _product(j, a)), _add(log, _product(j, b))
        if any(power > 0 and c for part in series for power, c in part.items()) or series[1].get(0):
            raise ValueError("the loop function must tend to a finite limit at large s")
        self._large = [series]
        for order in range(_ORDERS):
            self._large.append(_slope_in_r(*self._large[-1], order))
        self._whole, self._poles = _partial_fractions(numerator)
        self._differentiable = _by_slopes([partial(self._value, order) for order in range(_ORDERS + 1)])

    def __call__(self, r: Array) -> Array:
        return self._differentiable(r)

    def _value(self, order: int, r: Array) -> Array:
        """A derivative of the joined function. Where all r lie in the middle, the usual case in a
        scan, nothing else is computed.
        """
        outside = (r < _R_SMALL) | (r >= _R_LARGE)
        middle = self._quadrature(order, jnp.where(outside, 1.0, r))
        return jax.lax.cond(jnp.any(outside), partial(self._joined, order), lambda r, middle: middle, r, middle)

    def _joined(self, order: int, r: Array, middle: Array) -> Array:
        small, large = r < _R_SMALL, r >= _R_LARGE
        closed: Callable[[Array], Array] = self._closed
        for _ in range(order):
            closed = _slope(closed)
        value = jnp.where(
            small,
            closed(jnp.where(small, r, _R_SMALL)),
            jnp.where(large, self._series(order, jnp.where(large, r, _R_LARGE)), middle),
        )
        return jnp.where(r >= 0, value, jnp.nan)

    def _closed(self, r: Array) -> Array:
        """s J = 2 r arccos(r/2)/sqrt(4 - s); s ln s vanishes at r = 0, so any finite ln there will
        do.
        """
        s = r * r
        log_s = 2 * jnp.log(jnp.where(r > 0, r, 1.0))
        s_times_j = 2 * r * _arccos_of_half(r) / jnp.sqrt(4 - s)
        return _horner(self._constant, s) + _horner(self._log, s) * log_s + _horner(self._j_over_s, s) * s_times_j

    def _quadrature(self, order: int, r: Array) -> Array:
        """The sum over the nodes, of F itself, of dF/dr = 2 r dF/ds, or of the second derivative, 2
        dF/ds + 4 s d2F/ds2.
        """
        s = r * r
        whole, slope, bend = (np.polynomial.polynomial.polyder(self._whole, k) for k in range(3))
        share = [1 / (s + pole) for _, pole in self._poles]
        weights = [residue for residue, _ in self._poles]
        if order == 0:
            return sum((w * q for w, q in zip(weights, share, strict=True)), start=_horner(tuple(whole), s))
        if order == 1:
            return 2 * r * sum((-w * (q * q) for w, q in zip(weights, share, strict=True)), start=_horner(tuple(slope), s))
        s_4, start = 4 * s, 2 * _horner(tuple(slope), s) + 4 * s * _horner(tuple(bend), s)
        return sum((2 * w * (q * q) * (s_4 * q - 1) for w, q in zip(weights, share, strict=True)), start=start)

    def _series(self, order: int, r: Array) -> Array:
        x, (constant, log) = 1 / r, self._large[order]
        first, x = x**order, x * x
        log_s = -jnp.log(jnp.where(x > 0, x, 1.0))
        return first * (_horner(_inverse(constant), x) + _horner(_inverse(log), x) * log_s)


def _slope_in_r(constant: Polynomial, log: Polynomial, order: int) -> tuple[Polynomial, Polynomial]:
    """From r^-order sum_j (a_j + b_j ln s) s^-j to its derivative in r, r^-(order + 1) times a sum
    of that kind.
    """
    lower = {power: c * (2 * power - order) for power, c in log.items()}
    return _add({power: c * (2 * power - order) for power, c in constant.items()}, _times(log, 2)), lower


def _inverse(polynomial: Polynomial) -> tuple[float, ...]:
    """Coefficients of 1/s."""
    return tuple(float(polynomial.get(-k, 0)) for k in range(_N_SERIES + 1))


def _slope(function: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """The derivative of an elementwise function."""
    return lambda r: jax.jvp(function, (r,), (jnp.ones_like(r),))[1]


def _by_slopes(orders: Sequence[Callable[[Array], Array]]) -> Callable[[Array], Array]:
    """An elementwise function from itself and its first derivatives; those of higher order are
    taken in forward mode, one function of r after another.

    Reverse mode then has one product to transpose, not the branches: it compiles several times
    faster and stores one slope. Under jax.vmap the whole batch is one call, so that the branch is
    chosen for all of it; a choice for each element would compute, and compile, every form.
    """
    function = jax.jit(orders[0])  # traced once, however many programs and derivatives call it
    elementwise = jax.custom_batching.custom_vmap(function)

    @elementwise.def_vmap
    def _(size: int, batched: list[bool], r: Array) -> tuple[Array, bool]:
        return elementwise(r), batched[0]

    differentiable = jax.custom_jvp(elementwise)
    next_order = cache(lambda: _by_slopes(orders[1:] or [_slope(function)]))

    @differentiable.defjvp
    def _(primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
        (r,), (r_tangent,) = primals, tangents
        return differentiable(r), next_order()(r) * r_tangent

    return differentiable


_ARCSIN = tuple(comb(2 * k, k) / ((2 * k + 1) * 4.0**k) for k in range(13))


def _arccos_of_half(r: Array) -> Array:
    """arccos(r/2) for r < 0.4 by the series of arcsin, to 0.04^13 = 1e-18: three times faster here
    than jnp.arccos.
    """
    x = r / 2
    return np.pi / 2 - x * _horner(_ARCSIN, x * x)


def _dense(polynomial: Polynomial) -> tuple[float, ...]:
    return tuple(float(polynomial.get(k, 0)) for k in range(max(polynomial, default=0) + 1))


def _horner(coefficients: tuple[float, ...], x: Array) -> Array:
    value = jnp.full_like(x, coefficients[-1])
    for c in reversed(coefficients[:-1]):  # jax.lax: these are most of what is traced, and jnp traces half as fast
        value = jax.lax.add(jax.lax.mul(value, x), jax.lax.full_like(x, c))
    return value


_SCALAR = _LoopFunction({(2, 0): 2, (3, 0): -1})
_PSEUDOSCALAR = _LoopFunction({(3, 0): -1})
_VECTOR = _LoopFunction({(2, 0): 1, (3, 0): -1})
_AXIAL_PLUS_GOLDSTONE = _LoopFunction({(1, 0): -2, (2, 0): 3, (3, 0): -1})
_RIGHT_HANDED = _LoopFunction({(1, 1): 2, (2, 1): -3, (3, 1): 1, (3, 0): 1})


@jax.jit
def c_phi(r: Real[ArrayLike, "*b"]) -> Real[Array, "*b"]:
    r"""Loop function of the dark Higgs, for r = m_phi'/m_mu (dimensionless, any shape).

    .. math:: C_{\phi'}(r) = \int_0^1 dz\, \frac{(1-z)^2 (1+z)}{(1-z)^2 + r^2 z}

    Falls from C(0) = 3/2 through C(1) = 1/2 to 0 at infinity. Source: arXiv:2105.07655, eq. (4).
    """
    return _SCALAR(as_float(r))


@jax.jit
def c_aprime(r: Real[ArrayLike, "*b"]) -> Real[Array, "*b"]:
    r"""Loop function of the dark photon, for r = m_A'/m_mu (dimensionless, any shape).

    .. math:: C_{A'}(r) = \int_0^1 dy\, \frac{r^2 (2y - 3y^2 + y^3) + y^3}{y^2 + r^2 (1-y)}

    Rises from C(0) = 1/2 to 2/3 at infinity; the term without r^2 is the longitudinal A' (the
    Goldstone boson). Source: arXiv:2105.07655, eq. (4).
    """
    return _RIGHT_HANDED(as_float(r))


@jax.jit
def l_scalar(r: Real[ArrayLike, "*b"]) -> Real[Array, "*b"]:
    r"""Scalar loop function: :math:`\int_0^1 y^2(2-y)/(y^2+r^2(1-y))\,dy`; 3/2 at r = 0, falling
    to 0.

    Source: J. P. Leveille, Nucl. Phys. B 137, 63 (1978), neutral scalar, internal lepton equal to
    the external one.
    """
    return _SCALAR(as_float(r))


@jax.jit
def l_pseudoscalar(r: Real[ArrayLike, "*b"]) -> Real[Array, "*b"]:
    r"""Pseudoscalar loop function: :math:`-\int_0^1 y^3/(y^2+r^2(1-y))\,dy`; -1/2 at r = 0,
    rising to 0.

    Source: J. P. Leveille, Nucl. Phys. B 137, 63 (1978), neutral pseudoscalar.
    """
    return _PSEUDOSCALAR(as_float(r))


@jax.jit
def l_vector(r: Real[ArrayLike, "*b"]) -> Real[Array, "*b"]:
    r"""Vector loop function: :math:`\int_0^1 y^2(1-y)/(y^2+r^2(1-y))\,dy`; 1/2 (Schwinger) at r =
    0, 1/(3 r^2) at large r.

    Source: J. P. Leveille, Nucl. Phys. B 137, 63 (1978), neutral vector.
    """
    return _VECTOR(as_float(r))


@jax.jit
def l_axial(r: Real[ArrayLike, "*b"]) -> Real[Array, "*b"]:
    r"""Axial loop function: :math:`\int_0^1 [y(1-y)(y-4) - 2y^3/r^2]/(y^2+r^2(1-y))\,dy`.

    -5/(3 r^2) at large r; -1/r^2 at small r, where the longitudinal mode dominates (-inf at r = 0).
    Evaluated as
    :math:`-\int_0^1 y(1-y)(2-y)/(y^2+r^2(1-y))\,dy - 1/r^2`, two terms of one sign.
    Source: J. P. Leveille, Nucl. Phys. B 137, 63 (1978), neutral vector with axial coupling.
    """
    r = as_float(r)
    return _AXIAL_PLUS_GOLDSTONE(r) - 1 / (r * r)
