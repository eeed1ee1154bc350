"""The terms of the likelihood by name: what each compares, how, with which source."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array

from ..additions import check_function, first_paragraph, origin_of, record
from ..catalogue import observables
from ..dark import relic as dark
from ..dark.tables import CRESST
from ..experiments import load as searches
from ..flavour import joint
from ..flavour.measurements import measurements
from ..flavour.observables import PREDICTED, coefficients
from ..flavour.predict import DEFAULT_TABLE
from ..kernels.flavour.running import NAMES
from ..kernels.numerics import statistics
from ..measurements import DATASETS, measurement
from ..point import Point
from ..uv import completion as uv
from .search_terms import register
from .term import ONE_SIDED, REGISTRY, WALL, Options, Term, add, first_sentence


def _pull(name: str, observable: str, doc: str) -> None:
    entry = observables[observable]
    add(name, "gaussian", doc, entry.source, entry.declared, lambda point, _: entry(point), entry.data)


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
    add(name, "asymmetric", doc, observables[name].source, NAMES, function, data, joint=True)


def _rare(name: str) -> None:
    entry = observables[name]

    def function(point: Any, _: Options) -> Array:
        check_measured(name, point.dataset)
        measured = measurement(point.dataset, RARE[name])
        return (entry(point) - measured.value) / measured.error

    doc = f"{first_sentence(entry.doc)} against its measurement, theory taken as exact."
    add(name, "gaussian", doc, entry.source, entry.declared, function, entry.data)


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
    add(name, "upper limit" if limit else "gaussian", doc, entry.source, entry.declared, function, entry.data, slow=True)


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


TERMS: Mapping[str, Term] = MappingProxyType(REGISTRY)

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
        if name in REGISTRY and not replace:
            raise ValueError(f"term {name!r} exists: choose another name, or say replace = True")
        check_function("term", function)
        origin = origin_of(function)
        if origin is not None:
            record("term", name, repr(origin), replaces=name in REGISTRY, is_function=True)
        facts: dict[str, Any] = {"source": source, "data": data, "slow": slow, "origin": origin}
        doc = first_paragraph(function)
        REGISTRY[name] = Term(name, None, kind=kind, doc=doc, function=lambda point, _: function(point), **facts)
        return function

    return register


for _entry in searches.load().values():
    register(_entry)
_relic("relic", "omega_h2", "equilibrium", limit=False)
_relic("relic_limit", "omega_h2", "equilibrium", limit=True)
_relic("relic_coupled", "omega_h2_coupled", "coupled", limit=False)
_relic("relic_coupled_limit", "omega_h2_coupled", "coupled", limit=True)
add(
    "direct_detection",
    "upper limit",
    "Elastic scattering through phi' below the 90 % CL limit of CRESST-III; its table starts at 171 MeV, and 1 % outside it "
    "the limit has faded to 1/e: lighter dark matter is not constrained.",
    "CRESST-III, arXiv:1904.00498; data/direct_detection.csv",
    None,
    _direct_detection,
    (*observables["sigma_si_phi"].data, "direct_detection.csv"),
)
add(
    "h_decays",
    "upper limit",
    "Br(h -> phi' phi', A' A') below the 95 % CL limit of the LHC.",
    dark.INPUTS["br_higgs_undetected"].source,
    None,
    _h_decays,
    observables["br_h_exotic"].data,
)
add(
    "perturbativity",
    "cut",
    "Quartic couplings and squared Yukawa couplings below 4 pi; NaN where no potential has these masses.",
    observables["perturbative"].source,
    None,
    _perturbativity,
    observables["perturbative"].data,
)
