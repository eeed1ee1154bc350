"""What a term of the likelihood is.

A term is a residual, a function of the parameter point whose square is -2 ln L up to a constant.
Kinds of terms:

- ``gaussian``: (prediction - value)/error;
- ``asymmetric``: the same with a two-piece error (``jt3r.flavour.measurements.residual``). All
  flavour terms of a likelihood are one joint Gaussian (``jt3r.flavour.joint``): the residual of one
  is that given those before it, and the logarithm of the determinant is a term of its own
  (``LOG_DET``) where the theory errors depend on the point;
- ``poisson``: signed root of the deviance of a count
  (``jt3r.kernels.numerics.statistics.poisson``);
- ``upper limit``: a half-Gaussian about zero with the published limit at its confidence level;
- ``cut``: a published hard edge. As a term it is a wall, one standard deviation for one per cent
  beyond the edge (``WALL``), a choice of ours, not a measurement; or it is left out of the sum and
  used as a veto afterwards (``Likelihood.cuts``).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from jax import Array

from ..additions import Origin
from ..experiments.load import DisplacedSearch
from ..flavour.joint import Theory
from ..parameter import ParameterPoint
from ..registry import Observable, Reader
from ..u1.reads import filled, given

WALL = 0.01
"""Relative depth beyond a published edge that costs one standard deviation."""

ONE_SIDED = {0.90: 1.2815515655446004, 0.95: 1.6448536269514722}
"""Quantiles of the normal distribution: one-sided confidence level -> standard deviations."""


@dataclass(frozen=True)
class Options:
    """How terms are built where there is a choice.

    ``errors``: two-piece errors of the flavour measurements, see
    ``jt3r.flavour.measurements.treatment``. ``theory``: their theory errors, see
    ``jt3r.flavour.joint.THEORY``. ``relic_error``: theory error of ln(Omega h^2), that of
    ``RELIC_ERRORS`` unless given.
    """

    errors: str = "dataset"
    theory: Theory = "point"
    relic_error: float | None = None


@dataclass(frozen=True, kw_only=True)
class Term(Reader):
    """One term of the likelihood: its residual, and what a reader must know about it; ``data`` as
    of an ``Observable``.

    ``joint``: the residual belongs to the joint flavour term and is that of the observable alone
    only where it stands alone. ``counted``: the displaced search whose events it counts.
    """

    kind: str
    doc: str
    source: str
    function: Callable[[Any, Options], Array]
    data: tuple[str, ...] = ()
    slow: bool = False
    joint: bool = False
    counted: DisplacedSearch | None = None
    scenario: str = ""
    origin: Origin | None = None

    def of(self, point: ParameterPoint) -> Array:
        return given(self.function(filled(point), Options()))

    def residual(self, point: ParameterPoint, options: Options) -> Array:
        """The residual at a point. Raises ValueError, naming what the point lacks."""
        return replace(self, function=lambda at, _: self.function(at, options)).value(point)


REGISTRY: dict[str, Term] = {}
"""All terms by name; to be read as ``jt3r.inference.terms.TERMS``, which is complete."""


def add(
    name: str,
    kind: str,
    doc: str,
    source: str,
    reads: tuple[str, ...] | None,
    function: Callable[[Any, Options], Array],
    data: tuple[str, ...],
    slow: bool = False,
    joint: bool = False,
    counted: DisplacedSearch | None = None,
    like: Observable | None = None,
    scenario: str = "",
    reads_more: bool = False,
) -> None:
    """``reads_more``: it reads parameters beside those of ``like``, and is traced itself."""
    trace = None if like is None or reads_more else like.of
    opens = () if like is None else like.opens
    facts: dict[str, Any] = {"kind": kind, "doc": doc, "source": source, "data": data, "slow": slow, "joint": joint}
    facts |= {"scenario": scenario, "counted": counted}
    REGISTRY[name] = Term(name, reads, opens, trace, function=function, **facts)


def first_sentence(text: str) -> str:
    """The text up to its first colon or full stop."""
    return " ".join(text.split()).split(":")[0].rstrip(".")
