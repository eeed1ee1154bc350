"""One Gaussian term of all chosen flavour observables: measurements with their correlations, theory
with its covariance.

The theory covariance is FLAVIO's at the point itself, a function of the Wilson coefficients, and
its determinant is part of the likelihood: -2 ln L = r^T V^-1 r + ln det V. Everything is in units
of the experimental errors, where V = E + T with E the experimental correlations; E is left out of
the determinant, which is then at least one.

Rates are polynomials of second degree, so their covariance is one of fourth: a bilinear form of
the monomials, one matrix product for one point and for many. A fit takes first and second
derivatives of all this in many directions at once: two rules keep what does not depend on the
direction, the form with one side filled in (``_bilinear``) and the inverse factor of the covariance
(``whiten``), out of what is done for each.
"""

from functools import cache, partial, reduce
from itertools import combinations_with_replacement
from typing import Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Real

from ..kernels.flavour.running import LEPTONS, NAMES
from ..kernels.numerics.jax_internals import QUICK_TO_COMPILE, usable
from ..kernels.numerics.quadratic import Monomials, monomial_values
from .measurements import Measurement, correlations, measurements, residual, stacked, treatment
from .predict import DEFAULT_TABLE, EVERY, low_scale_coefficients, variables
from .table import load_table

Theory = Literal["point", "sm", "none"]
THEORY = ("point", "sm", "none")
"""Theory errors: the covariance at the point, that of the Standard Model everywhere, or none, as in
the paper.
"""


class Spread(NamedTuple):
    """Theory covariance of pairs of rates of two leptons: a bilinear form in their monomials."""

    form: np.ndarray
    """(n, pairs, p) for n and p monomials"""


class Polynomials(NamedTuple):
    """The r rates behind k observables, over the n monomials of each lepton's coefficients.

    ``numbers``: lepton -> (n, r), zero for the rates of the other lepton. ``spread``: pair of
    leptons -> ``Spread``; ``place`` (r, r): where each pair of rates stands among all of them.
    ``top`` and ``bottom`` (k): which rate each observable is, and which it is divided by, -1 for
    none.
    """

    monomials: dict[str, Monomials]
    numbers: dict[str, np.ndarray]
    spread: dict[tuple[str, str], Spread]
    place: np.ndarray
    top: np.ndarray
    bottom: np.ndarray


@cache
def polynomials(observables: tuple[str, ...], table: str = DEFAULT_TABLE) -> Polynomials:
    """The polynomials behind the named observables."""
    loaded = load_table(table)
    names = list(dict.fromkeys(rate for key in observables for rate in EVERY[key] if rate is not None))
    ends = dict(zip(loaded.rates, np.cumsum([len(rate.numbers) for rate in loaded.rates.values()]), strict=True))
    of_lepton = {lepton: [name for name in names if loaded.rates[name].lepton == lepton] for lepton in LEPTONS}
    monomials, numbers, changes = {}, {}, {}
    for lepton, own in of_lepton.items():
        if own:
            found = tuple(dict.fromkeys(m for name in own for m in loaded.rates[name].monomials))
            monomials[lepton], numbers[lepton] = found, np.zeros((len(found), len(names)))
            changes[lepton] = np.zeros((len(loaded.factor), len(found), len(names)))
        for name in own:
            rate, k = loaded.rates[name], names.index(name)
            rows = [monomials[lepton].index(m) for m in rate.monomials]
            numbers[lepton][rows, k] = rate.numbers
            factor = loaded.factor[:, ends[name] - len(rate.numbers) : ends[name]]
            changes[lepton][:, rows, k] = factor * np.asarray(rate.numbers)
    top, bottom = (
        [names.index(rate) if rate else -1 for rate in column]
        for column in zip(*(EVERY[key] for key in observables), strict=True)
    )
    spread: dict[tuple[str, str], Spread] = {}
    place = np.zeros((len(names), len(names)), int)
    for one, other in combinations_with_replacement(monomials, 2):
        rows, columns = ([names.index(name) for name in of_lepton[lepton]] for lepton in (one, other))
        pairs = [(k, m) for k in rows for m in columns if one != other or k <= m]
        for k, m in pairs:
            place[k, m] = place[m, k] = sum(found.form.shape[1] for found in spread.values()) + pairs.index((k, m))
        spread[one, other] = _spread(changes[one], changes[other], pairs)
    for array in (place, *numbers.values(), *(found.form for found in spread.values())):
        array.setflags(write=False)  # one array for all calls
    return Polynomials(monomials, numbers, spread, place, np.array(top), np.array(bottom))


def _spread(one: np.ndarray, other: np.ndarray, pairs: list[tuple[int, int]]) -> Spread:
    """The covariance of pairs of rates from the changes (m, n, r) of their numbers."""
    return Spread(np.stack([one[:, :, k].T @ other[:, :, m] for k, m in pairs], axis=1))


def _times(x: Array, matrix: np.ndarray) -> Array:
    return jnp.matmul(x, jnp.asarray(matrix, x.dtype), precision="highest")


def _bilinear(form: np.ndarray, x: Real[Array, "*b n"], y: Real[Array, "*b p"]) -> Real[Array, "*b k"]:
    """x^T F_k y for each matrix of the ``form`` (n, k, p).

    The derivative is (x^T F_k) dy + (F_k y)^T dx: both brackets are the same in all directions.
    """
    n, k, p = form.shape
    by_x, by_y = form.reshape(n, k * p), np.moveaxis(form, 2, 0).reshape(p, n * k)

    def half(x: Array, matrix: np.ndarray, shape: tuple[int, int]) -> Array:
        return _times(x, matrix).reshape(*x.shape[:-1], *shape)

    @jax.custom_jvp
    def value(x: Array, y: Array) -> Array:
        return jnp.sum(half(x, by_x, (k, p)) * y[..., None, :], axis=-1)

    @value.defjvp
    def _(at: tuple[Array, Array], to: tuple[Array, Array]) -> tuple[Array, Array]:
        (x, y), (dx, dy) = at, to
        left, right = half(x, by_x, (k, p)), half(y, by_y, (n, k))
        change = jnp.sum(left * dy[..., None, :], axis=-1) + jnp.sum(right * dx[..., :, None], axis=-2)
        return jnp.sum(left * y[..., None, :], axis=-1), change

    return value(x, y)


def predictions_and_covariance(
    observables: tuple[str, ...],
    coefficients: dict[str, Real[Array, "*b"]],
    table: str = DEFAULT_TABLE,
    covariance: bool = True,
) -> tuple[Real[Array, "*b k"], Real[Array, "*b k k"] | None]:
    """The observables at coefficients given at 160 GeV, and FLAVIO's theory covariance of them
    there, if it is wanted.
    """
    found, low = polynomials(observables, table), low_scale_coefficients(coefficients, table)
    shape = jnp.broadcast_shapes(*(value.shape for value in low.values()))
    monomials = {}
    for lepton, wanted in found.monomials.items():
        values = monomial_values(variables(low, lepton), wanted)
        monomials[lepton] = jnp.stack([jnp.broadcast_to(value, shape) for value in values], axis=-1)
    rates = reduce(jnp.add, (_times(monomials[lepton], numbers) for lepton, numbers in found.numbers.items()))
    divided = found.bottom >= 0
    bottom = jnp.where(divided, rates[..., found.bottom], 1)
    predictions = rates[..., found.top] / bottom
    if not covariance:
        return predictions, None
    flat = [_bilinear(part.form, monomials[one], monomials[other]) for (one, other), part in found.spread.items()]
    of_rates = jnp.concatenate(flat, axis=-1)
    both = partial(_between, of_rates, found.place)
    # d(t/b) = (dt - (t/b) db)/b; the changes of two observables multiplied out, dt dt' - ...
    share = jnp.where(divided, predictions, 0)
    mixed = both(found.top, found.bottom) * share[..., None, :]
    spread = both(found.top, found.top) - mixed - jnp.swapaxes(mixed, -1, -2)
    spread = spread + both(found.bottom, found.bottom) * share[..., :, None] * share[..., None, :]
    return predictions, spread / (bottom[..., :, None] * bottom[..., None, :])


def _between(of_rates: Array, place: np.ndarray, one: np.ndarray, other: np.ndarray) -> Array:
    return of_rates[..., place[one[:, None], other[None, :]]]


def terms(
    observables: tuple[str, ...],
    coefficients: dict[str, Real[Array, "*b"]],
    dataset: str,
    errors: str = "dataset",
    theory: Theory = "point",
    table: str = DEFAULT_TABLE,
    shift: Real[Array, "*b k"] | None = None,
) -> tuple[Real[Array, "*b k"], Real[Array, "*b"]]:
    """Independent standard residuals, one for each observable, and ln det V, zero unless ``theory``
    is "point".

    The squares sum to r^T V^-1 r. Each residual is that of its observable given those before it:
    the Cholesky factor of V, row by row. ``errors``: ``jt3r.flavour.measurements.treatment``.
    ``shift``: what is added to each measured value, in its experimental errors, as for toy data;
    the errors stay those of the measurement.
    Raises ValueError for an observable that the data set has not measured.
    """
    measured, errors = measurements(dataset), treatment(errors, dataset)
    if missing := [name for name in observables if name not in measured]:
        raise ValueError(f"the data set {dataset!r} has no measurement of {', '.join(missing)}")
    data, experiment = stacked([measured[name] for name in observables]), correlations(dataset, observables)
    predictions, spread = predictions_and_covariance(observables, coefficients, table, theory == "point")
    difference, error = residual(predictions, data, errors)
    pulls, zero = difference / error, jnp.zeros((), predictions.dtype)
    pulls = pulls if shift is None else pulls - shift
    if theory != "point":
        if theory == "sm":
            sizes = np.asarray(data.moments[1] if errors == "moments" else (data.up + data.down) / 2)
            experiment = experiment + _sm_covariance(observables, table) / np.outer(sizes, sizes)
        elif np.array_equal(experiment, np.eye(len(observables))):
            return pulls, zero
        return _times(pulls, np.linalg.inv(np.linalg.cholesky(experiment)).T), zero
    assert spread is not None
    width = _width(difference, data, errors)
    covariance = jnp.asarray(experiment, zero.dtype) + spread / (width[..., :, None] * width[..., None, :])
    whitened, log_det = whiten(covariance, pulls)
    return whitened, log_det - jnp.asarray(np.linalg.slogdet(experiment)[1], zero.dtype)


@jax.custom_jvp
def whiten(covariance: Real[Array, "*b k k"], pulls: Real[Array, "*b k"]) -> tuple[Real[Array, "*b k"], Real[Array, "*b"]]:
    """L^-1 pulls and ln det of a covariance L L^T: one column after another, for all points of a
    batch at once.

    Derivatives are those of ``inverse_factor``.
    """
    whitened, logs = _eliminated(covariance, pulls[..., None])
    return whitened[..., 0], 2 * jnp.sum(logs, axis=-1)


@whiten.defjvp
def _(at: tuple[Array, Array], to: tuple[Array, Array]) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    def through_inverse(covariance: Array, pulls: Array) -> tuple[Array, Array]:
        inverse = inverse_factor(covariance)
        logs = jnp.log(jnp.diagonal(inverse, axis1=-2, axis2=-1))
        return jnp.sum(inverse * pulls[..., None, :], axis=-1), -2 * jnp.sum(logs, axis=-1)

    return jax.jvp(through_inverse, at, to)


@jax.custom_jvp
def inverse_factor(covariance: Real[Array, "*b k k"]) -> Real[Array, "*b k k"]:
    """L^-1 of a covariance V = L L^T.

    d L^-1 = -P(L^-1 dV L^-T) L^-1 where P takes the lower triangle and half of the diagonal.
    Source: I. Murray, arXiv:1602.07527.
    """
    return _eliminated(covariance, jnp.broadcast_to(jnp.eye(covariance.shape[-1], dtype=covariance.dtype), covariance.shape))[0]


@inverse_factor.defjvp
def _(at: tuple[Array], to: tuple[Array]) -> tuple[Array, Array]:
    inverse = inverse_factor(*at)
    lower = np.tril(np.ones(inverse.shape[-2:])) - np.eye(inverse.shape[-1]) / 2
    inside = _product(_product(inverse, *to), jnp.swapaxes(inverse, -1, -2))
    return inverse, -_product(inside * jnp.asarray(lower, inside.dtype), inverse)


def _product(a: Array, b: Array) -> Array:
    return jnp.matmul(a, b, precision="highest")


def _eliminated(
    covariance: Real[Array, "*b k k"], right: Real[Array, "*b k m"]
) -> tuple[Real[Array, "*b k m"], Real[Array, "*b k"]]:
    """L^-1 right and the logarithms of the diagonal of L."""
    rows: list[Array] = []
    logs: list[Array] = []
    for _ in range(covariance.shape[-1]):
        root = jnp.sqrt(covariance[..., 0, 0])
        column, row = covariance[..., 1:, 0] / root[..., None], right[..., 0, :] / root[..., None]
        covariance = covariance[..., 1:, 1:] - column[..., :, None] * column[..., None, :]
        right = right[..., 1:, :] - column[..., :, None] * row[..., None, :]
        rows.append(row)
        logs.append(jnp.log(root))
    return jnp.stack(rows, axis=-2), jnp.stack(logs, axis=-1)


def _width(difference: Array, measured: Measurement, errors: str) -> Array:
    """The experimental error that the theory's is measured in: smooth where a two-sided one jumps
    from one side's to the other.

    Beyond one error from the value it is the error of that side; in between it goes over by the
    smoothstep of fifth degree.
    """
    if errors != "two-sided":
        return residual(difference, measured, errors)[1]
    t = jnp.clip((difference + measured.down) / (measured.up + measured.down), 0, 1)
    return measured.down + (measured.up - measured.down) * t**3 * (10 - 15 * t + 6 * t**2)


@cache
def _sm_covariance(observables: tuple[str, ...], table: str) -> np.ndarray:
    def at(zero: Array) -> Array | None:
        return predictions_and_covariance(observables, dict.fromkeys(NAMES, zero), table)[1]

    with jax.ensure_compile_time_eval():
        found = np.array(jax.jit(at, compiler_options=usable(QUICK_TO_COMPILE))(0.0))
    found.setflags(write=False)
    return found
