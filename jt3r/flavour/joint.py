"""One Gaussian term of all chosen flavour observables: measurements with their correlations, theory
with its covariance.

The theory covariance is FLAVIO's at the point itself, a function of the Wilson coefficients, and
its determinant is part of the likelihood: -2 ln L = r^T V^-1 r + ln det V. Everything is in units
of the experimental errors, where V = E + T with E the experimental correlations; E is left out of
the determinant, which is then at least one.

Rates are polynomials of second degree, so their covariance is one of fourth: all of it is a few
products of matrices, which compile to little and run well for one point and for many.
"""

from functools import cache, partial, reduce
from itertools import combinations_with_replacement
from typing import Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Real

from ..kernels.flavour.running import LEPTONS
from ..kernels.numerics.quadratic import Monomials, monomial_values
from .measurements import Measurement, correlations, measurements, residual, stacked, treatment
from .predict import DEFAULT_TABLE, OBSERVABLES, low_scale_coefficients, variables
from .table import load_table

Theory = Literal["point", "sm", "none"]
THEORY = ("point", "sm", "none")
"""Theory errors: the covariance at the point, that of the Standard Model everywhere, or none, as in
the paper.
"""


class Spread(NamedTuple):
    """Theory covariance between the rates of two leptons: products of monomials, and what each adds
    to which pair of rates.
    """

    factors: tuple[np.ndarray, np.ndarray]
    numbers: np.ndarray
    """(products, pairs)"""


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
    names = list(dict.fromkeys(rate for key in observables for rate in OBSERVABLES[key] if rate is not None))
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
        for column in zip(*(OBSERVABLES[key] for key in observables), strict=True)
    )
    spread: dict[tuple[str, str], Spread] = {}
    place = np.zeros((len(names), len(names)), int)
    for one, other in combinations_with_replacement(monomials, 2):
        rows, columns = ([names.index(name) for name in of_lepton[lepton]] for lepton in (one, other))
        pairs = [(k, m) for k in rows for m in columns if one != other or k <= m]
        for k, m in pairs:
            place[k, m] = place[m, k] = sum(found.numbers.shape[1] for found in spread.values()) + pairs.index((k, m))
        spread[one, other] = _spread(changes[one], changes[other], pairs, one == other)
    return Polynomials(monomials, numbers, spread, place, np.array(top), np.array(bottom))


def _spread(one: np.ndarray, other: np.ndarray, pairs: list[tuple[int, int]], same: bool) -> Spread:
    """The covariance of pairs of rates from the changes (m, n, r) of their numbers; only products i
    <= j of the same lepton.
    """
    n, p = one.shape[1], other.shape[1]
    i, j = np.triu_indices(n) if same else (np.repeat(np.arange(n), p), np.tile(np.arange(p), n))
    products = np.stack([one[:, :, k].T @ other[:, :, m] for k, m in pairs], axis=-1)
    numbers = products[i, j]
    if same:
        numbers = numbers + np.where((i != j)[:, None], products[j, i], 0)
    return Spread((i, j), numbers)


def _times(x: Array, matrix: np.ndarray) -> Array:
    return jnp.matmul(x, jnp.asarray(matrix, x.dtype), precision="highest")


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
    flat = []
    for (one, other), part in found.spread.items():
        i, j = part.factors
        flat.append(_times(monomials[one][..., i] * monomials[other][..., j], part.numbers))
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
) -> tuple[Real[Array, "*b k"], Real[Array, "*b"]]:
    """Independent standard residuals, one for each observable, and ln det V, zero unless ``theory``
    is "point".

    The squares sum to r^T V^-1 r. Each residual is that of its observable given those before it:
    the Cholesky factor of V, row by row. ``errors``: ``jt3r.flavour.measurements.treatment``.
    Raises ValueError for an observable that the data set has not measured.
    """
    measured, errors = measurements(dataset), treatment(errors, dataset)
    if missing := [name for name in observables if name not in measured]:
        raise ValueError(f"the data set {dataset!r} has no measurement of {', '.join(missing)}")
    data, experiment = stacked([measured[name] for name in observables]), correlations(dataset, observables)
    predictions, spread = predictions_and_covariance(observables, coefficients, table, theory == "point")
    difference, error = residual(predictions, data, errors)
    pulls, zero = difference / error, jnp.zeros((), predictions.dtype)
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


def whiten(covariance: Real[Array, "*b k k"], pulls: Real[Array, "*b k"]) -> tuple[Real[Array, "*b k"], Real[Array, "*b"]]:
    """L^-1 pulls and ln det of a covariance L L^T: one column after another, for all points of a
    batch at once.
    """
    k = pulls.shape[-1]

    def eliminate(rest: tuple[Array, Array], here: Array) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
        matrix, vector = rest
        column = jnp.sum(matrix * here, axis=-1)
        root = jnp.sqrt(jnp.sum(column * here, axis=-1))
        column = column / root[..., None]
        one = jnp.sum(vector * here, axis=-1) / root
        rest = matrix - column[..., :, None] * column[..., None, :], vector - column * one[..., None]
        return rest, (one, jnp.log(root))

    shape = jnp.broadcast_shapes(covariance.shape[:-2], pulls.shape[:-1])
    rest = jnp.broadcast_to(covariance, (*shape, k, k)), jnp.broadcast_to(pulls, (*shape, k))
    _, (whitened, logs) = jax.lax.scan(eliminate, rest, jnp.eye(k, dtype=pulls.dtype))
    return jnp.moveaxis(whitened, 0, -1), 2 * jnp.sum(logs, axis=0)


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
    with jax.ensure_compile_time_eval():
        return np.asarray(predictions_and_covariance(observables, {}, table)[1])
