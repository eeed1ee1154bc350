"""Curves of stored grids: observables over one axis, or over a first axis for each of a second's
listed values.
"""

import json

import h5py
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from jt3r import observables
from jt3r.dark.tables import CRESST
from jt3r.u1 import MODELS

from ..legend import place_legend
from ..shown import in_best_unit, with_error, with_unit
from ..style import COLOURS
from ..view import parameter_text

MAX_CURVES = 8
MANY_DECADES = 100.0
"""Values that span more than this factor, all of one sign, are drawn on a logarithmic axis."""


def curve_axes(scan: h5py.File, card: dict) -> list[str]:
    """The axis along the curves and the axis, if any, that numbers them; empty if this grid is no
    set of curves.
    """
    axes = [name for name in card["axes"] if name in scan and len(scan[name]) > 1]
    if len(axes) == 2 and "values" in card["axes"][axes[1]] and len(scan[axes[1]]) <= MAX_CURVES:
        return axes if len(card["observables"]) == 1 else []
    return axes if len(axes) == 1 else []


def draw_curves(axes: Axes, scan: h5py.File, card: dict) -> None:
    """The curves, with the measured value of each observable that the file's data set knows as a
    band.
    """
    along, *numbered = curve_axes(scan, card)
    shown = [scan[name] for name in card["observables"]]
    x, x_label = _scaled([scan[along]])
    values, y_label = _scaled(shown)
    curves = [np.squeeze(array) for array in values]
    labels = [f"${item.attrs['latex']}$" for item in shown]
    if numbered:
        (by,) = numbered
        along_first = list(card["axes"]).index(along) < list(card["axes"]).index(by)
        curves = list(curves[0].T if along_first else curves[0])
        (numbers,), number_label = _scaled([scan[by]])
        name, _, unit = number_label.partition(" [")
        labels = [f"{name} = {number:g} {unit.rstrip(']')}".rstrip() for number in numbers]
    for curve, label, colour in zip(curves, labels, COLOURS, strict=False):
        axes.plot(x[0], curve, color=colour, label=label)
    _measured_bands(axes, scan, card, x[0], curves)
    if along == "m_eta" and "sigma_si_phi" in card["observables"]:
        draw_cresst(axes, scan[along][()], float(x[0][-1] / scan[along][-1]))
    axes.set_xlim(x[0][0], x[0][-1])
    if card["axes"][along].get("spacing") == "log":
        axes.set_xscale("log")
    known = np.concatenate(curves)
    known = known[np.isfinite(known)]
    if known.size and known.min() > 0 and known.max() > MANY_DECADES * known.min():
        axes.set_yscale("log")
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    if along == "m_eta" and "m_phi" in card["fixed"]:
        _ratio_on_top(axes, card["fixed"]["m_phi"], scan["m_eta"], x[0])
        if "omega_h2" in card["observables"]:
            resonance = card["fixed"]["m_phi"] / 2 * x[0][-1] / float(scan["m_eta"][-1])
            axes.axvline(resonance, color="k", linewidth=0.8, linestyle=":", label=r"resonance, $2m_\eta = m_{\phi'}$")
    handles, _ = axes.get_legend_handles_labels()
    if len(handles) > 1:
        title = _fixed_values(card, [along, *numbered])
        place_legend(axes, title=title, title_fontsize="small", alignment="left")


def draw_cresst(axes: Axes, m_eta: np.ndarray, scale: float) -> None:
    """The published limit on elastic scattering between masses of a file in GeV, drawn times
    ``scale``.
    """
    mass, limit = CRESST
    shown = (mass >= m_eta.min()) & (mass <= m_eta.max())
    if shown.any():
        axes.plot(mass[shown] * scale, limit[shown], color="k", linewidth=1.2, linestyle="-.", label="CRESST-III, 90 % CL")


def _fixed_values(card: dict, drawn: list[str]) -> str:
    """The fixed parameters that a curve depends on, with light masses in MeV."""
    given = {**card["fixed"], **card.get("cut", {})}
    point = MODELS[card.get("model", "t3r")].point
    read = {name for shown in card["observables"] for name in observables[shown].reads_of(point, [*given, *drawn])}
    return ", ".join(parameter_text(name, value, card) for name, value in given.items() if name in read - set(drawn))


def _scaled(items: list[h5py.Dataset]) -> tuple[list[np.ndarray], str]:
    """The arrays in a unit that suits them, and the label of the axis that shows them all."""
    units = {item.attrs["units"] for item in items}
    unit = units.pop() if len(units) == 1 else "1"
    arrays, unit = in_best_unit([item[()] for item in items], unit)
    name = ", ".join(f"${item.attrs['latex']}$" for item in items) if len(units) == 0 and len(items) < 3 else ""
    return arrays, with_unit(name, unit)


def _measured_bands(axes: Axes, scan: h5py.File, card: dict, x: np.ndarray, curves: list[np.ndarray]) -> None:
    """One standard deviation around each measured value that the file's data set has, and where in
    x the curves meet it.
    """
    measured = json.loads(scan.attrs["dataset"])[card["dataset"]]
    for name in card["observables"]:
        if name in measured and {"value", "error"} <= set(measured[name]):
            value, error = measured[name]["value"], measured[name]["error"]
            who = measured[name]["source"].partition(",")[0]
            axes.axhspan(value - error, value + error, color="0.6", linewidth=0.6, label=f"{who}, ${with_error(value, error)}$")
            for curve in curves:
                for low, high in _crossings(x, curve, value - error, value + error):
                    axes.plot([(low + high) / 2], [value], "o", color="k", markersize=4, fillstyle="none")
                    axes.annotate(
                        f"{(low + high) / 2:#.4g}",
                        ((low + high) / 2, value),
                        xytext=(5, 5),
                        textcoords="offset points",
                        fontsize=8,
                        path_effects=[withStroke(linewidth=1.5, foreground="w")],  # curves pass behind
                    )


def _crossings(x: np.ndarray, curve: np.ndarray, low: float, high: float) -> list[tuple[float, float]]:
    """Where a curve passes through a band, linearly between its points in the logarithm of positive
    values.
    """
    if np.nanmin(curve) > 0 and low > 0:
        curve, low, high = np.log(curve), np.log(low), np.log(high)
    middle, half = (low + high) / 2, (high - low) / 2
    above, known, found = curve > middle, np.isfinite(curve), []
    for k in np.flatnonzero((above[:-1] != above[1:]) & known[:-1] & known[1:]):
        slope = (curve[k + 1] - curve[k]) / (x[k + 1] - x[k])
        at = x[k] + (middle - curve[k]) / slope
        found.append((at - half / abs(slope), at + half / abs(slope)))
    return found


def _ratio_on_top(axes: Axes, m_phi: float, m_eta: h5py.Dataset, drawn: np.ndarray) -> None:
    """m_eta/m_phi' along the top of an m_eta axis, m_phi' in GeV."""
    factor = float(m_eta[-1] / drawn[-1] / m_phi)
    top = axes.secondary_xaxis("top", functions=(lambda x: np.multiply(x, factor), lambda x: np.divide(x, factor)))
    top.set_xlabel(r"$m_\eta/m_{\phi'}$", labelpad=7)
    axes.tick_params(top=False, which="both")
