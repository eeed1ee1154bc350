"""The total likelihood: any of the terms of ``jt3r.inference.terms`` by name, against the point's
data set.
"""

import math
from collections.abc import Mapping
from typing import Literal

import jax.numpy as jnp
from jax import Array

from ..errors import unknown
from ..flavour.joint import THEORY, Theory
from ..flavour.measurements import ERRORS
from ..kernels.numerics.pytree import Pytree, static
from ..parameter import ParameterPoint
from .search_terms import counted_terms
from .term import Options, Term
from .terms import LOG_DET, TERMS, joint_flavour


class Likelihood(Pytree):
    """The product of the named terms. A pytree whose one number is ``relic_error``; hashable.

    ``terms``: names of ``TERMS``, each at most once. ``cuts``: published cuts are smooth walls in
    the sum (``wall``), or stay outside it and veto points afterwards (``veto``). ``errors``:
    two-piece errors of flavour measurements, "dataset" for the data set's own treatment
    (``jt3r.flavour.measurements.treatment``, ``residual``). ``theory``: their theory errors, with
    the covariance at the point, the Standard Model's, or none (``jt3r.flavour.joint``).
    ``relic_error``: theory error of ln(Omega h^2), ``jt3r.inference.terms.RELIC_ERRORS`` unless
    given. Raises ValueError for an unknown or repeated name, an unknown choice, and terms that hold
    for opposite decays of A'.

    >>> import jt3r
    >>> likelihood = jt3r.Likelihood(["gm2", "R_K"])
    >>> point = jt3r.Point(m_aprime=0.11, m_phi=0.0792)
    >>> {name: round(float(value), 1) for name, value in likelihood.breakdown(point).items()}
    {'gm2': 0.0, 'R_K': 12.7, 'flavour_log_det': 0.0}
    """

    terms: tuple[str, ...] = static()
    cuts: Literal["wall", "veto"] = static(default="wall")
    errors: str = static(default="dataset")
    theory: Theory = static(default="point")
    relic_error: float | None = None

    def __post_init__(self) -> None:
        if isinstance(self.terms, str):
            raise ValueError(f"terms = {self.terms!r}: must be a sequence of names, [{self.terms!r}] for one")
        object.__setattr__(self, "terms", tuple(self.terms))
        if wrong := [name for name in self.terms if name not in TERMS]:
            raise ValueError(unknown("term", str(wrong[0]), TERMS))
        if not self.terms or len(set(self.terms)) < len(self.terms):
            raise ValueError(f"terms = {list(self.terms)}: give at least one, and each once")
        for name, value, allowed in (
            ("cuts", self.cuts, ("wall", "veto")),
            ("errors", self.errors, ("dataset", *ERRORS)),
            ("theory", self.theory, THEORY),
        ):
            if value not in allowed:
                raise ValueError(f"{name} = {value!r}: allowed are {', '.join(allowed)}")
        if self.relic_error is not None and not 0 <= self.relic_error < math.inf:
            raise ValueError(f"relic_error = {self.relic_error!r}: must be finite and at least 0")
        seen, unseen = ([n for n in self.terms if TERMS[n].scenario == s] for s in ("visible", "invisible"))
        if seen and unseen:
            raise ValueError(
                f"terms: {', '.join(seen)} hold for an A' that decays visibly, {', '.join(unseen)} for one that does not"
            )

    @property
    def reads(self) -> tuple[str, ...]:
        """Parameters of the point that the terms depend on."""
        return tuple(dict.fromkeys(parameter for name in self.terms for parameter in TERMS[name].reads))

    @property
    def summed(self) -> list[Term]:
        """The terms that are part of the chi-square: a veto is not, and a determinant that depends
        on the point is.
        """
        named = [TERMS[name] for name in self.terms if self.cuts == "wall" or TERMS[name].kind != "cut"]
        return [*named, LOG_DET] if self.theory == "point" and self._flavour else named

    @property
    def _flavour(self) -> tuple[str, ...]:
        return tuple(name for name in self.terms if TERMS[name].joint)

    def _options(self) -> Options:
        return Options(self.errors, self.theory, self.relic_error)

    @property
    def movable(self) -> tuple[str, ...]:
        """The terms whose measured value ``residuals`` can shift: Gaussian ones."""
        return tuple(term.name for term in self.summed if term.kind in ("gaussian", "asymmetric"))

    def residuals(self, point: ParameterPoint, shifts: Mapping[str, Array] | None = None) -> dict[str, Array]:
        """Term -> residual, whose square is the term's -2 ln L, each broadcast to the point's
        shape. A veto has none.

        ``shifts``: what is added to the measured values of all ``movable`` terms, in units of their
        errors, as toy data are made. Raises ValueError if the point does not set a parameter that a
        term reads.
        """
        found: dict[str, Array] = {}
        if self._flavour:
            shift = None if shifts is None else jnp.stack([shifts[name] for name in self._flavour], axis=-1)
            found, log_det = joint_flavour(self._flavour, point, self._options(), shift)
            tiny = jnp.finfo(log_det.dtype).tiny
            found[LOG_DET.name] = jnp.sqrt(jnp.maximum(log_det, tiny))  # never negative: theory only widens the errors
        found |= counted_terms(self.summed, point)
        for term in self.summed:
            if term.name not in found:
                found[term.name] = jnp.asarray(term.residual(point, self._options()))
                if shifts is not None and term.name in shifts:
                    found[term.name] = found[term.name] - shifts[term.name]
        shape = jnp.broadcast_shapes(*(found[term.name].shape for term in self.summed))
        dtype = jnp.result_type(float)
        return {term.name: jnp.broadcast_to(found[term.name], shape).astype(dtype) for term in self.summed}

    def breakdown(self, point: ParameterPoint) -> dict[str, Array]:
        """Term -> its chi-square, -2 ln L up to a constant.

        Of the flavour terms each is that of its observable given those before it: together they are
        r^T V^-1 r, and ``flavour_log_det`` beside them is ln det V where V depends on the point.
        """
        return {name: jnp.square(value) for name, value in self.residuals(point).items()}

    def chi_square(self, point: ParameterPoint) -> Array:
        """The sum of all terms, -2 ln L up to a constant."""
        return jnp.sum(jnp.stack(list(self.breakdown(point).values())), axis=0)

    def __call__(self, point: ParameterPoint) -> Array:
        """ln L up to a constant, of the point's broadcast shape."""
        return -self.chi_square(point) / 2

    def vetoed(self, point: ParameterPoint) -> Array:
        """Whether a published cut among the terms forbids the point, in either mode; False where
        there is none.
        """
        found = jnp.zeros((), bool)
        for name in self.terms:
            if TERMS[name].kind == "cut":
                found = found | ~(TERMS[name].residual(point, self._options()) <= 0)
        return found
