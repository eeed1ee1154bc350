"""The figures and tables of the paper, each made from a shipped card into files of one folder."""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from jt3r.flavour.benchmarks import SOURCE
from jt3r.kernels import loops
from jt3r.uv.anomalies import SCALARS, TABLE_III

from ..engine.run import run
from ..export.write import export
from ..kinds.limits.band_with_limits import plot_band_with_limits
from ..kinds.paper_style import plot_as_paper
from ..kinds.picture import plot_file
from .cells import field_symbol, table1_findings, table2_findings, table3_findings
from .loop_functions import plot_loop_functions
from .statements import Finding

PICTURES = (".png", ".pdf")
PROTON_BEAMS = ("NuCal", "FASER", "FASER2", "SHiP", "SeaQuest")
"""Searches of Fig. 3 that the estimator of Sec. V covers."""


@dataclass(frozen=True)
class Result:
    """What a part made: pictures and files are names in the folder; ``findings`` are its cells."""

    pictures: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    """A further table, its heading first."""


@dataclass(frozen=True)
class Part:
    """A figure or table: its title, what the reader sees, and what makes it."""

    title: str
    caption: str
    make: Callable[[Path, str], Result]


def _fig2(folder: Path, data: str) -> Result:
    _draw(folder, "fig2", plot_loop_functions)
    r = np.geomspace(1e-2, 1e2, 401)
    values = zip(r.tolist(), np.asarray(loops.c_phi(r)).tolist(), np.asarray(loops.c_aprime(r)).tolist(), strict=True)
    _write(folder / "fig2.csv", ("r", "c_phi", "c_aprime"), values)
    return Result(("fig2.png",), ("fig2.pdf", "fig2.csv"))


def _fig3(folder: Path, data: str) -> Result:
    band = run("gm2_band", folder / "fig3_band.h5", settings=[f"dataset={data}", "axes.m_aprime.n=600"])
    limits = run("limits", folder / "fig3_limits.h5")
    proton_beams = "experiments=[" + ", ".join(f'"{name}"' for name in PROTON_BEAMS) + "]"
    estimator = run("limits", folder / "fig3_estimator.h5", settings=["recipe=paper_estimator", proton_beams])
    _draw(folder, "fig3", lambda picture: plot_as_paper(band, picture, [estimator, limits]))
    _draw(folder, "fig3_bars", lambda picture: plot_band_with_limits(band, limits, picture))
    files = [name for file in (band, limits, estimator) for name in _as_csv(file)]
    return Result(("fig3.png", "fig3_bars.png"), ("fig3.pdf", "fig3_bars.pdf", *files))


def _of_card(name: str, card: str) -> Callable[[Path, str], Result]:
    def make(folder: Path, data: str) -> Result:
        file = run(card, folder / f"{name}.h5")
        _draw(folder, name, lambda picture: plot_as_paper(file, picture))
        _draw(folder, f"{name}_lines", lambda picture: plot_file(file, picture))
        return Result((f"{name}.png", f"{name}_lines.png"), (f"{name}.pdf", f"{name}_lines.pdf", *_as_csv(file)))

    return make


def _table1(folder: Path, data: str) -> Result:
    file = run("table1", folder / "table1.h5", settings=[f"dataset={data}"])
    return Result((), _as_csv(file), tuple(table1_findings(data)))


def _table2(folder: Path, data: str) -> Result:
    file = run("table2", folder / "table2.h5")
    return Result((), _as_csv(file), tuple(table2_findings(data)))


def _table3(folder: Path, data: str) -> Result:
    file = run("table3", folder / "table3.h5")
    heading = ("field", "SU(3)", "SU(2)", "Y", "2 T_3R", "printed SU(3)")
    rows = []
    for name, entry in {**TABLE_III, **SCALARS}.items():
        printed = "" if entry.printed_su3 is None else str(entry.printed_su3)
        rows.append((name, str(entry.su3), str(entry.su2), str(entry.hypercharge), str(entry.charge), printed))
    _write(folder / "table3.csv", heading, rows)
    shown = [(field_symbol(name), *numbers) for name, *numbers in rows]
    return Result((), (file.name, "table3.csv"), tuple(table3_findings()), (heading, *shown))


def _draw(folder: Path, name: str, plot: Callable[[Path], None]) -> None:
    for suffix in PICTURES:
        plot(folder / f"{name}{suffix}")


def _as_csv(file: Path) -> tuple[str, str]:
    """The names of a scan file and of its CSV."""
    return file.name, export(file, file.with_suffix(".csv")).name


def _write(path: Path, heading: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([heading, *rows])


def write_findings(path: Path, findings: Sequence[Finding]) -> None:
    """All findings as CSV, several numbers of one in a cell divided by spaces."""
    heading = [field.name for field in fields(Finding)]
    _write(path, heading, ([_cell(getattr(finding, name)) for name in heading] for finding in findings))


def _cell(value: str | tuple[str, ...] | tuple[float, ...]) -> str:
    return value if isinstance(value, str) else " ".join(x if isinstance(x, str) else repr(x) for x in value)


PARTS: dict[str, Part] = {
    "fig2": Part("Figure 2: loop functions", "C_φ' and C_A' of eq. (4) against the mass of the boson over the muon's.", _fig2),
    "fig3": Part(
        "Figure 3: the band of g-2 and the searches for A'",
        "First as the paper has it, in one plane: the 1σ band at V = 10 GeV, exclusions in grey, sensitivities transparent, by "
        "the estimator of Sec. V (E137 and BABAR by their own). Then ours: what each search excludes or would reach, from "
        "production spectra (recipe direct); hatched: not in the paper; dotted: intervals as published.",
        _fig3,
    ),
    "fig4": Part(
        "Figure 4: dark matter on the proton",
        "Spin-independent cross-sections through φ' (elastic, m_φ' = 75 MeV) and A' (inelastic, no splitting), V = 10 GeV.",
        _of_card("fig4", "fig4"),
    ),
    "fig6": Part(
        "Figure 6: decay lengths of A'",
        "First as the paper has it: the largest d/ln N for m_A' from 110 to 200 MeV. Then d_dec for several masses: a search "
        "sees a mass whose line lies above the mark of its colour at the search's beam energy.",
        _of_card("fig6", "decay_lengths"),
    ),
    "table1": Part("Table I: benchmarks BMA-BMD and eq. (10)", SOURCE, _table1),
    "table2": Part("Table II: b -> sμμ rates of the benchmarks", SOURCE, _table2),
    "table3": Part(
        "Table III and the UV completion",
        "Left-handed fields that make the theory free of anomalies; conjugate representations with a minus sign.",
        _table3,
    ),
    "text": Part("Numbers of the text that belong to no figure", "", lambda folder, data: Result()),
}
