"""The terms of the likelihood by name: what each compares, how, with which source.

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

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array

from ..additions import Origin, check_function, first_paragraph, origin_of, record
from ..catalogue import observables
from ..dark import relic as dark
from ..dark.tables import CRESST
from ..experiments import dark_higgs, limits, recast
from ..experiments import load as searches
from ..experiments.load import COSMOLOGY
from ..flavour import joint
from ..flavour.joint import Theory
from ..flavour.measurements import measurements
from ..flavour.observables import PREDICTED, coefficients
from ..flavour.predict import DEFAULT_TABLE
from ..kernels.flavour.running import NAMES
from ..kernels.numerics import statistics
from ..measurements import DATASETS, measurement
from ..parameter import ParameterPoint
from ..point import Point
from ..registry import Observable, Reader
from ..u1.reads import filled, given
from ..u1.registry import couplings_of
from ..uv import completion as uv

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
    only where it stands alone.
    """

    kind: str
    doc: str
    source: str
    function: Callable[[Any, Options], Array]
    data: tuple[str, ...] = ()
    slow: bool = False
    joint: bool = False
    scenario: str = ""
    origin: Origin | None = None

    def of(self, point: ParameterPoint) -> Array:
        return given(self.function(filled(point), Options()))

    def residual(self, point: ParameterPoint, options: Options) -> Array:
        """The residual at a point. Raises ValueError, naming what the point lacks."""
        return replace(self, function=lambda at, _: self.function(at, options)).value(point)


_TERMS: dict[str, Term] = {}
TERMS: Mapping[str, Term] = MappingProxyType(_TERMS)


def _add(
    name: str,
    kind: str,
    doc: str,
    source: str,
    reads: tuple[str, ...] | None,
    function: Callable[[Any, Options], Array],
    data: tuple[str, ...],
    slow: bool = False,
    joint: bool = False,
    like: Observable | None = None,
    scenario: str = "",
    reads_more: bool = False,
) -> None:
    """``reads_more``: it reads parameters beside those of ``like``, and is traced itself."""
    trace = None if like is None or reads_more else like.of
    opens = () if like is None else like.opens
    facts: dict[str, Any] = {"kind": kind, "doc": doc, "source": source, "data": data, "slow": slow, "joint": joint}
    facts["scenario"] = scenario
    _TERMS[name] = Term(name, reads, opens, trace, function=function, **facts)


def _pull(name: str, observable: str, doc: str) -> None:
    entry = observables[observable]
    _add(name, "gaussian", doc, entry.source, entry.declared, lambda point, _: entry(point), entry.data)


_pull("gm2", "pull_gm2", "Muon g-2 at one loop against the point's data set.")
_pull(
    "gm2_phi_barr_zee",
    "pull_gm2_phi_barr_zee",
    "Muon g-2 with heavy-partner and Barr-Zee contributions; not a full two-loop result.",
)


def joint_flavour(
    names: tuple[str, ...], point: Any, options: Options, shift: Array | None = None
) -> tuple[dict[str, Array], Array]:
    """The flavour terms of these names, each given those before it, and the log-determinant of
    their covariance; ``shift`` as ``jt3r.flavour.joint.terms`` takes it.
    """
    found, log_det = joint.terms(names, coefficients(point), point.dataset, options.errors, options.theory, shift=shift)
    return {name: found[..., k] for k, name in enumerate(names)}, log_det


RARE = {"BR_BKnunu": "br_bp_kp_nunu"}
"""Rates beside the joint flavour term -> the measurement each is compared with."""


def check_measured(name: str, dataset: str) -> None:
    """Raise ValueError if a term compares with a measurement that the data set does not have."""
    if name in RARE and RARE[name] not in DATASETS[dataset]:
        able = [known for known, entries in DATASETS.items() if RARE[name] in entries]
        raise ValueError(f"term {name!r} has no measurement in the data set {dataset!r}; {', '.join(able)} have one")
    if name in PREDICTED and name not in measurements(dataset):
        able = sorted(set(PREDICTED).intersection(measurements(dataset)))
        raise ValueError(f"term {name!r} has no measurement in the data set {dataset!r}, which has {', '.join(able)}")


def _flavour(name: str) -> None:
    def function(point: Point, options: Options) -> Array:
        return joint_flavour((name,), point, options)[0][name]

    doc = f"{PREDICTED[name][2]} Measured values: data/flavour_measurements.toml."
    data = (*observables[name].data, f"flavour/{DEFAULT_TABLE}.npz")  # the draws behind the theory errors
    _add(name, "asymmetric", doc, observables[name].source, NAMES, function, data, joint=True)


def _rare(name: str) -> None:
    entry = observables[name]

    def function(point: Any, _: Options) -> Array:
        check_measured(name, point.dataset)
        measured = measurement(point.dataset, RARE[name])
        return (entry(point) - measured.value) / measured.error

    doc = f"{first_sentence(entry.doc)} against its measurement, theory taken as exact."
    _add(name, "gaussian", doc, entry.source, entry.declared, function, entry.data)


def first_sentence(text: str) -> str:
    """The text up to its first colon or full stop."""
    return " ".join(text.split()).split(":")[0].rstrip(".")


def _search(search: searches.DisplacedSearch | searches.CouplingLimit) -> None:
    name = search.name.lower().replace("-", "_")
    background = search.background.value if isinstance(search, searches.DisplacedSearch) else 0.0
    seen = search.observed if isinstance(search, searches.DisplacedSearch) else None
    observed = seen.value if seen else background

    def function(point: Any, _: Options) -> Array:
        if isinstance(search, searches.DisplacedSearch):
            fit = limits.fitted(search)
            return statistics.poisson(fit(point) + fit.log_needed, background, observed)
        return statistics.poisson(limits.log_events(search, point), background, observed)

    doc = f"Events of {search.label} that it sees, {search.status}: n = {observed:g} on b = {background:g}."
    data = (f"experiments.toml:{search.name}", "displaced_inputs.toml")
    _add(
        name,
        "poisson",
        doc,
        search.events.source,
        observables["width_aprime"].declared,
        function,
        data,
        slow=True,
        like=observables["width_aprime"],
        scenario="visible",
    )


def _table(search: searches.Recast) -> None:
    """The reads are those of the visible or invisible scenario as it follows from the point's own
    channels.
    """
    name = search.name.lower().replace("-", "_")

    def function(point: Any, _: Options) -> Array:
        return recast.residual(recast.excess(search).of(couplings_of(point)))

    star = ", by the model of a star, taken for one" if search.astrophysical else ""
    doc = f"{search.label}, published limit of {search.year}{star} at 90 % CL; rate at the weak end of what theory leaves open."
    width = observables["width_phi" if search.particle == "phi" else "width_aprime"]
    data, also = recast.data_of(search), recast.also_reads(search)
    reads = None if width.declared is None else (*width.declared, *also)
    _add(name, "upper limit", doc, search.source, reads, function, data, slow=True, like=width, reads_more=bool(also))


def _dark_higgs(search: searches.ScalarDump) -> None:
    name, (background, observed) = search.name.lower().replace("-", "_"), limits.counts(search)

    def function(point: Any, _: Options) -> Array:
        return statistics.poisson(dark_higgs.log_events(dark_higgs.numbers(search), couplings_of(point)), background, observed)

    doc = f"Events of {search.label}: n = {observed:g} on b = {background:g}."
    width = observables["width_phi"]
    data = recast.data_of(search)
    _add(name, "poisson", doc, search.nucleon.source, width.declared, function, data, slow=True, like=width)


def _cut(search: searches.MassCut) -> None:
    lower, upper = search.lightest.value, search.heaviest.value
    name = "cut_" + search.name.lower().replace("-", "_")

    def function(point: Any, _: Options) -> Array:
        return statistics.interval_wall(point.m_aprime, lower, upper, WALL * upper)

    doc = f"m_A' outside the interval of {search.label}, {search.status}, {search.scenario} scenario, at V = 10 GeV."
    scenario = "" if search.name in COSMOLOGY else search.scenario
    data = (f"experiments.toml:{search.name}",)
    _add(name, "cut", doc, search.heaviest.source, ("m_aprime",), function, data, scenario=scenario)


RELIC_ERRORS = {name: dark.INPUTS[f"relic_error_{name}"].value for name in ("equilibrium", "coupled")}
"""Theory error of ln(Omega h^2), from the spread of what may be assumed: data/dark.toml."""


def _relic(name: str, observable: str, method: str, limit: bool) -> None:
    entry = observables[observable]

    def function(point: Any, options: Options) -> Array:
        measured = measurement(point.dataset, "omega_h2")
        theory = RELIC_ERRORS[method] if options.relic_error is None else options.relic_error
        deviation = jnp.log(entry(point) / measured.value) / jnp.hypot(measured.error / measured.value, theory)
        return jnp.maximum(deviation, 0) if limit else deviation

    what = "is at most" if limit else "is"
    doc = (
        f"Relic density {what} the measured one; ln(Omega h^2) is Gaussian, with a theory error of {RELIC_ERRORS[method]:g} "
        f"unless relic_error says another. NaN where {observable} is."
    )
    if method == "equilibrium":
        doc += " Assumes kinetic equilibrium, which fails here: relic_coupled is the recommended term."
    _add(name, "upper limit" if limit else "gaussian", doc, entry.source, entry.declared, function, entry.data, slow=True)


_LOG_MASS, _LOG_SIGMA = np.log(CRESST)


def _direct_detection(point: Point, _: Options) -> Array:
    log_mass = jnp.log(point.m_eta)
    limit = jnp.exp(jnp.interp(log_mass, jnp.asarray(_LOG_MASS), jnp.asarray(_LOG_SIGMA)))
    scattered = statistics.upper_limit(observables["sigma_si_phi"](point), limit, ONE_SIDED[0.90])
    beyond = jnp.maximum(_LOG_MASS[0] - log_mass, 0) + jnp.maximum(log_mass - _LOG_MASS[-1], 0)
    return scattered * jnp.exp(-jnp.square(beyond / WALL))


def _h_decays(point: Point, _: Options) -> Array:
    return statistics.upper_limit(observables["br_h_exotic"](point), uv.BR_UNDETECTED, ONE_SIDED[0.95])


def _perturbativity(point: Point, options: Options) -> Array:
    _, doublet, singlet = uv.scalar_potential(point.m_phi, point.v, point.lambda_portal)
    couplings = (doublet, singlet, jnp.abs(point.lambda_portal), point.lambda_l**2, point.lambda_r**2)
    largest = jnp.stack(jnp.broadcast_arrays(*couplings)).max(axis=0) / (4 * jnp.pi)
    return statistics.interval_wall(largest, 1.0, jnp.inf, WALL)


LOG_DET = Term(
    "flavour_log_det",
    NAMES,
    kind="log-determinant",
    doc="ln det of the joint covariance of the flavour terms over that of the experiments alone.",
    source="D. M. Straub, arXiv:1810.08132: 200 draws of the input parameters of FLAVIO 2.7.1",
    function=lambda point, options: jnp.zeros(()),
    data=(f"flavour/{DEFAULT_TABLE}.npz",),
)
for _name in PREDICTED:
    _flavour(_name)
for _name in RARE:
    _rare(_name)


def register(search: searches.Search) -> None:
    """The term of a search, in place of one of its name."""
    if isinstance(search, searches.Recast):
        _table(search)
    elif isinstance(search, searches.ScalarDump):
        _dark_higgs(search)
    elif not isinstance(search, searches.MassCut):
        _search(search)
    elif search.status != "favoured":  # an excess forbids nothing
        _cut(search)


def term(
    *, kind: str = "gaussian", source: str, data: tuple[str, ...] = (), slow: bool = False, replace: bool = False
) -> Callable[[Callable[[Any], Array]], Callable[[Any], Array]]:
    """Register the decorated function of a point as a term: its residual, whose square is -2 ln L
    up to a constant.

    Raises ValueError if the name is taken, unless ``replace``, if there is no docstring, and if the
    function takes more than one argument.

    >>> import jt3r
    >>> @jt3r.term(source="none")
    ... def light_phi(point):
    ...     "phi' near 80 MeV."
    ...     return (point.m_phi - 0.08) / 0.001
    >>> round(float(jt3r.Likelihood(["light_phi"]).chi_square(jt3r.Point(m_phi=0.082))), 9)
    4.0
    """

    def register(function: Callable[[Any], Array]) -> Callable[[Any], Array]:
        name = function.__name__
        if name in _TERMS and not replace:
            raise ValueError(f"term {name!r} exists: choose another name, or say replace = True")
        check_function("term", function)
        origin = origin_of(function)
        if origin is not None:
            record("term", name, repr(origin), replaces=name in _TERMS, is_function=True)
        facts: dict[str, Any] = {"source": source, "data": data, "slow": slow, "origin": origin}
        doc = first_paragraph(function)
        _TERMS[name] = Term(name, None, kind=kind, doc=doc, function=lambda point, _: function(point), **facts)
        return function

    return register


for _entry in searches.load().values():
    register(_entry)
_relic("relic", "omega_h2", "equilibrium", limit=False)
_relic("relic_limit", "omega_h2", "equilibrium", limit=True)
_relic("relic_coupled", "omega_h2_coupled", "coupled", limit=False)
_relic("relic_coupled_limit", "omega_h2_coupled", "coupled", limit=True)
_add(
    "direct_detection",
    "upper limit",
    "Elastic scattering through phi' below the 90 % CL limit of CRESST-III; its table starts at 171 MeV, and 1 % outside it "
    "the limit has faded to 1/e: lighter dark matter is not constrained.",
    "CRESST-III, arXiv:1904.00498; data/direct_detection.csv",
    None,
    _direct_detection,
    (*observables["sigma_si_phi"].data, "direct_detection.csv"),
)
_add(
    "h_decays",
    "upper limit",
    "Br(h -> phi' phi', A' A') below the 95 % CL limit of the LHC.",
    dark.INPUTS["br_higgs_undetected"].source,
    None,
    _h_decays,
    observables["br_h_exotic"].data,
)
_add(
    "perturbativity",
    "cut",
    "Quartic couplings and squared Yukawa couplings below 4 pi; NaN where no potential has these masses.",
    observables["perturbative"].source,
    None,
    _perturbativity,
    observables["perturbative"].data,
)
