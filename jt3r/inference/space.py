"""A space of parameters with a prior: from prior quantiles to points of the model."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike
from jaxtyping import Real

from ..errors import unknown
from ..flavour.coordinates import ANGLES, COORDINATES, Coordinate, coefficients
from ..flavour.matching import PRESETS
from ..kernels.numerics.promotion import floats
from ..kernels.numerics.pytree import Pytree, static
from ..measurements import DATASETS
from ..parameter import Parameter, ParameterPoint
from ..u1.registry import MODELS


class Prior(Pytree):
    """Uniform between ``min`` and ``max``, in the value or, with spacing "log", in its logarithm.

    In the unit of the coordinate. Raises ValueError for bounds in the wrong order, or not above
    zero with "log".

    >>> import jt3r
    >>> print(f"{jt3r.Prior(0.01, 1.0, 'log').value(0.5):.6g}")
    0.1
    """

    min: float
    max: float
    spacing: Literal["linear", "log"] = static(default="linear")

    def __post_init__(self) -> None:
        for name in ("min", "max"):
            object.__setattr__(self, name, float(getattr(self, name)))
        if not self.min < self.max:
            raise ValueError(f"min = {self.min}: must be below max = {self.max}")
        if self.spacing not in ("linear", "log"):
            raise ValueError(f"spacing = {self.spacing!r}: allowed are linear, log")
        if self.spacing == "log" and self.min <= 0:
            raise ValueError(f"min = {self.min}: must be above zero with spacing log")

    def value(self, quantile: Array) -> Array:
        """The value below which this part of the prior lies."""
        if self.spacing == "log":
            return self.min * jnp.exp(quantile * jnp.log(self.max / self.min))
        return self.min + quantile * (self.max - self.min)

    def quantile(self, value: Array) -> Array:
        """Inverse of ``value``."""
        if self.spacing == "log":
            return jnp.log(value / self.min) / jnp.log(self.max / self.min)
        return (value - self.min) / (self.max - self.min)


def coordinate(name: str, model: str = "t3r") -> Coordinate:
    """Unit, label and meaning of a coordinate: a parameter of the model's points or one of
    ``flavour_coordinates.COORDINATES``."""
    if name in COORDINATES:
        return COORDINATES[name]
    parameter = MODELS[model].parameters[name]
    return Coordinate(parameter.unit, parameter.latex, parameter.doc)


class Space(Pytree):
    """Free coordinates with priors, fixed ones with values, and the data set of the points.

    Coordinates are the parameters of the ``model``'s points and, for U(1)_T3R, those of
    ``jt3r.flavour.coordinates``, which stand for Wilson coefficients; mixing angles need
    ``m_aprime`` and are matched by the preset ``matching`` (``jt3r.flavour.matching.prefactors``).
    A pytree of its numbers, the bounds of priors and the fixed values: spaces that differ in
    nothing else share compiled programs. Raises ValueError naming what is wrong.

    >>> import jt3r
    >>> free = {"m_aprime": jt3r.Prior(0.01, 0.2, "log"), "m_phi": jt3r.Prior(0.07, 0.11)}
    >>> print(jt3r.Space(free, {"v": 10.0}).point([0.5, 0.5]))  # doctest: +ELLIPSIS
    Point(v=10 GeV, m_aprime=0.04472136 GeV, m_phi=0.09 GeV, ...)
    """

    free: Mapping[str, Prior]
    fixed: Mapping[str, float] = field(default_factory=dict)
    dataset: str = static(default="paper2021")
    matching: str = static(default="pdg")
    model: str = static(default="t3r")

    def __post_init__(self) -> None:
        object.__setattr__(self, "free", OrderedDict(self.free))  # which, as a pytree, keeps its order
        object.__setattr__(self, "fixed", OrderedDict((name, float(value)) for name, value in self.fixed.items()))
        known, flavour = self._known, COORDINATES if self.model == "t3r" else {}
        if not self.free:
            raise ValueError("free: give at least one coordinate")
        given = {**self.fixed, **self.free}
        for name in given:
            if name not in known and name not in flavour:
                raise ValueError(unknown("coordinate", name, [*known, *flavour]))
            if name in self.free and not isinstance(self.free[name], Prior):
                raise ValueError(f"free: {name} = {self.free[name]!r}: must be a jt3r.Prior, such as jt3r.Prior(0.05, 0.1)")
            for value in (self.free[name].min, self.free[name].max) if name in self.free else (self.fixed[name],):
                if name in known:
                    known[name].check(value)
        if both := set(self.free) & set(self.fixed):
            raise ValueError(f"{', '.join(sorted(both))}: both free and fixed")
        if (angles := [name for name in ANGLES if name in given]) and "m_aprime" not in given:
            raise ValueError(f"{', '.join(angles)}: mixing angles need m_aprime, free or fixed")
        if self.matching not in PRESETS:
            raise ValueError(f"matching = {self.matching!r}: allowed are {', '.join(PRESETS)}")
        if self.dataset not in DATASETS:
            raise ValueError(f"dataset = {self.dataset!r}: allowed are {', '.join(DATASETS)}")

    @property
    def _known(self) -> dict[str, Parameter]:
        return MODELS[self.model].parameters

    @property
    def names(self) -> tuple[str, ...]:
        """The free coordinates, in the order of the last axis of ``point``."""
        return tuple(self.free)

    @property
    def parameters(self) -> set[str]:
        """Parameters of the point that the space sets."""
        return {name for name in (*self.free, *self.fixed) if name in self._known}

    def values(self, u: Real[ArrayLike, "*b n"]) -> dict[str, Array]:
        """Value of each free coordinate at the prior's quantiles ``u``, of shape (*b).

        Outside [0, 1] the prior is continued. Raises ValueError unless the last axis of ``u`` is as
        long as ``names``.
        """
        (u,) = floats(jnp.asarray(u))
        if u.shape[-1:] != (len(self.free),):
            raise ValueError(
                f"u has the shape {u.shape}: its last axis must hold {len(self.free)} coordinates ({', '.join(self.free)})"
            )
        return {name: prior.value(u[..., k]) for k, (name, prior) in enumerate(self.free.items())}

    def quantiles(self, values: Mapping[str, Real[ArrayLike, "*b"]]) -> Real[Array, "*b n"]:
        """Inverse of ``values``; coordinates that are not free are ignored, so a point outside the
        priors leaves [0, 1].
        """
        columns = [prior.quantile(*floats(values[name])) for name, prior in self.free.items()]
        return jnp.stack(jnp.broadcast_arrays(*columns), axis=-1)

    def point_of(self, values: Mapping[str, Real[ArrayLike, "*b"]]) -> ParameterPoint:
        """The point at these values of the free coordinates."""
        (one, *_) = floats(*values.values())
        every = {**{name: jnp.asarray(value, one.dtype) for name, value in self.fixed.items()}, **values}
        fields: dict[str, Any] = {name: value for name, value in every.items() if name in self._known}
        point: Any = MODELS[self.model].point(**fields, dataset=self.dataset)
        if not set(every) & set(COORDINATES):
            return point
        flavour = {name: jnp.asarray(value) for name, value in every.items() if name in COORDINATES}
        added = coefficients(flavour, point.m_aprime, point.v, self.matching)
        return point.with_values(**{name: getattr(point, name) + value for name, value in added.items()})

    def point(self, u: Real[ArrayLike, "*b n"]) -> ParameterPoint:
        """The point at the prior's quantiles ``u``: uniform in [0, 1]^n is the prior. Fields are of
        shape (*b).
        """
        return self.point_of(self.values(u))


def quantiles_of(x: Real[Array, "*b n"]) -> Real[Array, "*b n"]:
    """The prior quantiles u = (1 + sin x)/2 at the unbounded coordinates ``x``: smooth, reaching
    both ends of the prior.
    """
    return quantile_chart(x)[0]


def quantile_chart(
    x: Real[Array, "*b n"],
) -> tuple[Real[Array, "*b n"], Real[Array, "*b n"], Real[Array, "*b n"]]:
    """``quantiles_of`` and its first and second derivative."""
    sine = jnp.sin(x)
    return (1 + sine) / 2, jnp.cos(x) / 2, -sine / 2


def unbounded_of(u: Real[Array, "*b n"]) -> Real[Array, "*b n"]:
    """Inverse of ``quantiles_of``, with points outside the priors moved onto their ends."""
    return jnp.arcsin(jnp.clip(2 * u - 1, -1, 1))
