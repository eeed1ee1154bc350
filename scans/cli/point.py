"""Observables of one parameter point, with their exact gradients."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
from jax import Array

from jt3r import Point, observables
from jt3r.errors import BadInput, one_line, unknown
from jt3r.experiments import left, load, recast
from jt3r.experiments.limits import mass_of
from jt3r.flavour.benchmarks import NAMES as BENCHMARKS
from jt3r.flavour.benchmarks import benchmark
from jt3r.kernels.numerics.jax_internals import QUICK_TO_COMPILE
from jt3r.parameter import Parameter, ParameterPoint, parameters_of
from jt3r.programs.cache import cached, remembered
from jt3r.programs.float32 import warn_of_float32
from jt3r.programs.simplify import without_repetition
from jt3r.registry import Observable, values_at
from jt3r.sensitivity import values_and_slopes
from jt3r.u1 import MODELS, ModelPoint
from jt3r.u1.registry import couplings_of
from jt3r.units import quantity

from ..kinds.report_table import report_table
from .console import report_console

PAPER = (
    "g_t3r",
    "epsilon",
    "c_phi",
    "c_aprime",
    "delta_a_mu_phi",
    "delta_a_mu_aprime",
    "delta_a_mu",
    "pull_gm2",
    "cancellation",
    "ctau_aprime",
    "br_aprime_ee",
    "br_aprime_mumu",
    "allowed_by_n_eff",
)
"""What the paper is about, and what a point is asked for first."""

ROUNDING = 1e-13
"""A logarithmic derivative below this is what rounding leaves of one that vanishes."""


def parameters_of_model(model: str) -> dict[str, Parameter]:
    """Its parameters by name. Raises BadInput if there is no such model."""
    if model not in MODELS:
        raise BadInput(f"--model {one_line(model)}: {unknown('model', model, MODELS)}")
    return MODELS[model].parameters


@dataclass(frozen=True)
class Row:
    """One observable: value in `unit`, and its derivatives in that unit over the parameter's."""

    name: str
    value: float
    unit: str
    doc: str
    source: str
    gradient: dict[str, float]


def benchmark_values(name: str) -> dict[str, float]:
    """Parameters of a shipped benchmark point, by its name in any case. Raises BadInput if there is
    none of that name.
    """
    known = {key.lower(): key for key in ("SM", *BENCHMARKS)}
    if name.lower() not in known:
        raise BadInput(f"--card {name}: {unknown('benchmark', name.lower(), known)}")
    return benchmark(known[name.lower()])


def parameter_values(settings: list[str], model: str = "t3r") -> dict[str, float]:
    """Parameters of a model from settings NAME=VALUE. Raises BadInput naming the one that is
    wrong.
    """
    values, known = {}, parameters_of_model(model)
    for setting in settings:
        name, equals, value = (part.strip() for part in setting.partition("="))
        if not equals:
            raise BadInput(f"--set {setting}: must be NAME=VALUE")
        if name not in known:
            raise BadInput(f"--set {setting}: {unknown('parameter', name, known)}")
        try:
            values[name] = quantity(value, known[name].unit)
        except ValueError as error:
            raise BadInput(f"--set {setting}: {error}") from None
    return values


def make_point(values: dict[str, Any], dataset: str, model: str = "t3r") -> Any:
    """The point of a model with these parameters. Raises BadInput for a value that is not allowed,
    and for a parameter that the model does not have.
    """
    known = parameters_of_model(model)
    if strange := next((name for name in values if name not in known), None):
        raise BadInput(f"model {model}: {unknown('parameter', strange, known)}")
    try:
        return MODELS[model].point(**values, dataset=dataset)
    except ValueError as error:
        raise BadInput(str(error)) from None


def doubts(values: dict[str, float], model: str = "t3r") -> list[str]:
    """A line for each mass that looks as if it had been typed in MeV."""
    known = parameters_of_model(model)
    return [line for name, value in values.items() if (line := known[name].doubt(value))]


def _reads(entry: Observable, point: ParameterPoint) -> tuple[str, ...] | None:
    """What it needs, None if the point's model does not have it or the point lacks something."""
    try:
        reads = entry.reads_at(point)
    except (AttributeError, ValueError):
        return None
    return reads if all(getattr(point, name) is not None for name in reads) else None


@dataclass(frozen=True)
class Report:
    """Rows of a point, and ln(rate over excluded rate) at it of the searches that were asked.

    Positive means excluded; a published interval is +1 inside and -1 outside, -inf where it does
    not hold.
    """

    rows: list[Row]
    strengths: dict[str, float]


def report(
    point: Point | ModelPoint,
    names: list[str] | None = None,
    everything: bool = False,
    every_search: bool = False,
    given: Collection[str] = (),
) -> Report:
    """A row for each number of ``PAPER`` and each quick observable that reads a further parameter
    among those ``given``, and what published limits say.

    With ``everything`` for every quick observable, with ``names`` for those alone; with
    ``every_search`` what the searches say that are computed from spectra, too. What the point's
    parameters do not suffice for, or its model does not have, is left out. Raises BadInput for a
    name that is none, that the model does not have, or whose parameters the point does not set.
    """
    values = {name: value for name in parameters_of(type(point)) if (value := getattr(point, name)) is not None}
    asked = f"{names} {everything} {every_search} {sorted(given)}"
    facts = f"rows of a point {asked} {sorted(values)} {type(point).__qualname__} {point.dataset}"
    chosen, searches = remembered(facts, lambda: chosen_at(point, names, everything, every_search, given))
    warn_of_float32(chosen)
    entries = tuple(observables[name] for name in chosen)
    reads = tuple(tuple(found) for found in chosen.values())
    results, slopes, strengths = _program(entries, reads, tuple(searches), type(point), point.dataset)(values)
    rows = [
        Row(
            entry.name,
            float(value),
            entry.unit,
            entry.doc,
            entry.source,
            {name: _slope(float(slope), float(values[name]), float(value)) for name, slope in zip(found, by, strict=True)},
        )
        for entry, found, value, by in zip(entries, reads, results, slopes, strict=True)
    ]
    return Report(rows, {name: float(strength) for name, strength in zip(searches, strengths, strict=True)})


def chosen_at(
    point: Point | ModelPoint, names: list[str] | None, everything: bool, every_search: bool, given: Collection[str]
) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Observables for a ``report``, each with what it reads at the point, and searches. Raises as
    that does.
    """
    for name in names or []:
        _check_name(name, point)
    read = {name: _reads(observables[name], point) for name in names or PAPER}
    further = set() if names else set(given).difference(*(reads or () for reads in read.values()))
    if everything or further:
        rest = {entry.name: _reads(entry, point) for entry in observables.values() if not entry.slow and entry.name not in read}
        read |= {name: reads for name, reads in rest.items() if everything or further.intersection(reads or ())}
    reads = {name: found for name, found in read.items() if found is not None}
    return reads, [] if names and not every_search else _searches(point, every_search)


def _searches(point: Point | ModelPoint, every_search: bool) -> list[str]:
    """Results of searches whose particle the point has: those published as numbers, or all.

    Published intervals of masses are those of U(1)_T3R.
    """
    of_model = {name: load.get(name) for name in left.results() if getattr(point, mass_of(load.get(name)), None) is not None}
    if type(point) is Point:
        return [name for name, search in of_model.items() if every_search or isinstance(search, load.MassCut) or _quick(search)]
    return [name for name, search in of_model.items() if (every_search or _quick(search)) and _has_a_rate(name, point)]


def _has_a_rate(name: str, point: Any) -> bool:
    """Whether the point gives all that the search needs."""
    try:
        jax.eval_shape(lambda: left.log_strength(name, point))
    except (AttributeError, ValueError, TypeError):
        return False
    return True


def _quick(search: load.Search) -> bool:
    return isinstance(search, load.Recast) and search.rate not in recast.TABULATED


def _check_name(name: str, point: ParameterPoint) -> None:
    """Raise BadInput unless it is an observable of the point's model for which the point
    suffices.
    """
    if name not in observables:
        raise BadInput(unknown("observable", name, observables))
    try:
        missing = [p for p in observables[name].reads_at(point) if getattr(point, p) is None]
    except (AttributeError, ValueError) as error:
        raise BadInput(f"observable {name!r} is not one of this model: {one_line(error)}") from None
    if missing:
        raise BadInput(f"observable {name!r} needs {', '.join(missing)}")


_Values = tuple[list[Array], list[list[Array]], list[Array]]


def _program(
    entries: tuple[Observable, ...],
    reads: tuple[tuple[str, ...], ...],
    searches: tuple[str, ...],
    point_class: type[ParameterPoint],
    dataset: str,
) -> Callable[[dict[str, Array]], _Values]:
    """Parameters -> values of the observables, their derivatives in what each reads, and strengths
    of searches, all in one program.
    """

    def evaluate(given: dict[str, Array]) -> _Values:
        point: Any = point_class(**given, dataset=dataset)
        moved = tuple(name for name in given if any(name in names for names in reads))
        values, by = values_and_slopes(partial(values_at, entries), point, moved)
        slopes = [[by[name][k] for name in names] for k, names in enumerate(reads)]
        return values, slopes, list(left.log_strengths(searches, point, couplings_of(point)).values())

    settings = f"point {[entry.name for entry in entries]} {reads} {searches} {point_class.__qualname__} {dataset}"
    return cached(without_repetition(evaluate), settings, QUICK_TO_COMPILE)


def _slope(slope: float, parameter: float, value: float) -> float:
    """The slope, 0 where it is what rounding leaves of the value."""
    return 0.0 if parameter and abs(slope * parameter) < ROUNDING * abs(value) else slope


def verdict(strengths: dict[str, float]) -> str:
    """Which of the searches that were asked exclude the point, in one line."""
    found = [name for name, strength in strengths.items() if strength > 0]
    asked = f"{len(strengths)} results of searches"
    return f"excluded by {', '.join(found)}, of {asked}" if found else f"excluded by none of {asked}"


def heading(values: dict[str, float], dataset: str, model: str = "t3r") -> str:
    """What a point is, in the units of its parameters: "v = 10 GeV, m_phi = 0.0792 GeV, data set
    current".
    """
    known = parameters_of_model(model)
    units = {name: "" if known[name].unit == "1" else f" {known[name].unit}" for name in values}
    said = [*(f"{name} = {value:.10g}{units[name]}" for name, value in values.items()), f"data set {dataset}"]
    return f"{'' if model == 't3r' else f'{model}: '}{', '.join(said)}"


def print_report(title: str, found: Report, every_search: bool) -> None:
    """Print the rows as a table, then which searches exclude the point, then the gradients."""
    table = report_table(title, ("observable", "value", "unit", "meaning"), right=("value",))
    for row in found.rows:
        table.add_row(row.name, f"{row.value:.10g}", "" if row.unit == "1" else row.unit, row.doc)
    console = report_console()
    console.print(table)
    if found.strengths:
        more = "" if every_search else "; --searches asks those too that are computed from spectra"
        console.print(f"\n{verdict(found.strengths)}{more}", markup=False)
    console.print("\nGradients, in the unit of the observable over the parameter's; derivatives that vanish are left out")
    for row in found.rows:
        slopes = ", ".join(f"{name} {slope:.6g}" for name, slope in row.gradient.items() if slope != 0)
        console.print(f"{row.name}: {slopes or '0'}", markup=False)
