"""Measured flavour observables, chi-square against them, and the paper's 'SM pull'."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..data.load import read_toml
from ..measurements import base_of

ERRORS = ("moments", "two-sided", "average")

PULL_OBSERVABLES = ("R_K", "R_Kst", "BR_Bsmumu")


@dataclass(frozen=True)
class Measurement:
    """A value with statistical and systematic errors, each (up, down), in the unit of the
    prediction.
    """

    value: float
    stat: tuple[float, float]
    syst: tuple[float, float]
    unit: str
    source: str

    @property
    def up(self) -> float:
        """Upper error: statistical and systematic in quadrature."""
        return (self.stat[0] ** 2 + self.syst[0] ** 2) ** 0.5

    @property
    def down(self) -> float:
        """Lower error: statistical and systematic in quadrature."""
        return (self.stat[1] ** 2 + self.syst[1] ** 2) ** 0.5

    @property
    def moments(self) -> tuple[float, float]:
        """Mean and standard deviation of the convolution of the two two-piece normal distributions.

        A two-piece normal with its mode at zero and widths u above, d below has the mean sqrt(2/pi)
        (u - d) and the variance (1 - 2/pi) (u - d)^2 + u d; means and variances of a convolution
        add.
        """
        two_over_pi = 0.6366197723675814
        mean, variance = self.value, 0.0
        for up, down in (self.stat, self.syst):
            mean = mean + two_over_pi**0.5 * (up - down)  # not in place: numbers of stacked measurements are arrays
            variance = variance + (1 - two_over_pi) * (up - down) ** 2 + up * down
        return mean, variance**0.5


def stacked(measured: Sequence[Measurement]) -> Measurement:
    """The measurements as one whose numbers are arrays over them; unit and source are left out."""

    def both(which: str) -> Any:
        return tuple(np.array([getattr(m, which)[side] for m in measured]) for side in (0, 1))

    values: Any = np.array([m.value for m in measured])
    return Measurement(values, both("stat"), both("syst"), "", "")


@cache
def measurements(data: str = "paper2021") -> dict[str, Measurement]:
    """The measurements of a named set, ``paper2021`` or ``current``, by observable. Raises
    ValueError for another set.
    """
    sets, data = read_toml("flavour_measurements.toml"), base_of(data)
    if data not in sets:
        raise ValueError(f"no set of flavour measurements {data!r}; there are {', '.join(sets)}")
    return {
        name: Measurement(m["value"], tuple(m["stat"]), tuple(m["syst"]), m["unit"], m["source"])
        for name, m in sets[data].items()
    }


@cache
def correlations(data: str, observables: tuple[str, ...]) -> np.ndarray:
    """The published correlations (k, k) between the measurements of the named observables; zero
    where none is published.

    Source: ``data/flavour_correlations.toml``.
    """
    published = read_toml("flavour_correlations.toml")
    matrix = np.eye(len(observables))
    for entry in published.get(base_of(data), []):
        if set(entry["between"]) <= set(observables):
            i, j = map(observables.index, entry["between"])
            matrix[i, j] = matrix[j, i] = entry["rho"]
    matrix.setflags(write=False)  # one array for all calls
    return matrix


def treatment(errors: str, data: str) -> str:
    """The treatment of asymmetric errors: "dataset" stands for the paper's "moments" with its own
    data, else "two-sided".
    """
    if errors != "dataset":
        return errors
    return "moments" if base_of(data) == "paper2021" else "two-sided"


def residual(prediction: Real[ArrayLike, "*b"], measured: Measurement, errors: str) -> tuple[Array, Array]:
    """Prediction minus measurement, and the experimental error that goes with it.

    ``moments``: against the mean, in standard deviations, of the asymmetric error's distribution
    (the paper's choice). ``two-sided``: the upper error where the prediction is above the value,
    the lower one below: continuous, with a kink in its second derivative at the value. ``average``:
    the mean of the two. Raises ValueError for another name.
    """
    p = jnp.asarray(prediction)
    if errors == "moments":
        mean, sigma = measured.moments
        return p - mean, jnp.asarray(sigma, p.dtype)
    difference = p - measured.value
    if errors == "two-sided":
        return difference, jnp.where(difference > 0, measured.up, measured.down).astype(p.dtype)
    if errors == "average":
        return difference, jnp.asarray((measured.up + measured.down) / 2, p.dtype)
    raise ValueError(f"no treatment of asymmetric errors {errors!r}; there are {', '.join(ERRORS)}")


def chi_square(
    predictions: Mapping[str, Real[ArrayLike, "*b"]],
    data: str = "paper2021",
    observables: Sequence[str] = PULL_OBSERVABLES,
    errors: str = "moments",
    theory_covariance: Real[ArrayLike, "*b k k"] | None = None,
) -> Real[Array, "*b"]:
    """Chi-square of the named observables.

    ``errors``: see ``residual``. ``theory_covariance``: of the same observables in the same order
    (``jt3r.flavour.predict.theory_covariance``), added to the experimental errors; without it
    theory is taken as exact, as in the paper. Measurements are taken as uncorrelated (|rho| < 0.04
    in arXiv:2212.09153). Raises ValueError for an observable that the set has not measured.
    """
    measured = measurements(data)
    unknown = [name for name in observables if name not in measured]
    if unknown:
        raise ValueError(f"{data} has no measurement of {', '.join(unknown)}")
    pairs = [residual(predictions[name], measured[name], errors) for name in observables]
    if theory_covariance is None:
        total = jnp.square(pairs[0][0] / pairs[0][1])
        for difference, sigma in pairs[1:]:
            total = total + jnp.square(difference / sigma)
        return total
    # in units of the experimental errors, so that the matrix is of order one
    pulls = jnp.stack(jnp.broadcast_arrays(*(d / s for d, s in pairs)), axis=-1)
    sigmas = jnp.stack(jnp.broadcast_arrays(*(s for _, s in pairs)), axis=-1)
    covariance = jnp.asarray(theory_covariance) / (sigmas[..., :, None] * sigmas[..., None, :])
    covariance = covariance + jnp.eye(len(pairs), dtype=covariance.dtype)
    solved = jnp.linalg.solve(covariance, pulls[..., None])[..., 0]
    return jnp.sum(pulls * solved, axis=-1)


def sm_pull(
    predictions: Mapping[str, Real[ArrayLike, "*b"]],
    sm_predictions: Mapping[str, Real[ArrayLike, ""]],
    data: str = "paper2021",
    errors: str = "moments",
    observables: Sequence[str] = PULL_OBSERVABLES,
) -> Real[Array, "*b"]:
    """SM pull = sqrt(chi2_SM - chi2) over R_K, R_K* [1.1, 6] and Br(Bs -> mu mu), as in 2105.07655.

    Signed: where the point fits worse than the Standard Model the result is -sqrt(chi2 - chi2_SM).
    At equality, to within 16 roundings of chi2_SM, the value is 0 and the gradient, which diverges,
    is set to 0.
    """
    chi2_sm = chi_square(sm_predictions, data, observables, errors)
    gain = chi2_sm - chi_square(predictions, data, observables, errors)
    equal = jnp.abs(gain) <= 16 * jnp.finfo(gain.dtype).eps * chi2_sm
    safe = jnp.where(equal, 1.0, jnp.abs(gain))
    return jnp.where(equal, 0.0, jnp.sign(gain) * jnp.sqrt(safe))
