"""Make the flavour tables: FLAVIO's branching fractions as exact quadratic polynomials in the
Wilson coefficients.

Every b -> s l l rate here is a sum of squared amplitudes that are linear in the coefficients, so a
handful of FLAVIO calls at each node of a fixed quadrature in q^2 determines it exactly. Repeating
this for joint random draws of all of FLAVIO's input parameters gives the theory uncertainties of
the polynomials, with their correlations.

    python -m jt3r.data.make_flavour [--draws 200] [--seed 2105] [--out DIRECTORY]

The table is named after the FLAVIO that is installed (``flavio-2.7``, ``flavio-2.2``). FLAVIO 2.2,
which the paper used, needs Python 3.8 or 3.9: there, run this file as a plain script. It imports
NumPy, FLAVIO and wilson only.

Beside each polynomial stand its averages with 1/q^2 and 1/q^4 in the integrand, for coefficients
that fall as 1/q^2 (a light mediator): the terms with one or two of them.

Variables: for the lepton of each rate, at FLAVIO's b scale of 4.8 GeV, ``C9+ = C9 + C9'`` and
``C9- = C9 - C9'``, and so for C10, CS and CP. A pseudoscalar final state sees the sums, a leptonic
decay the differences.
"""

from __future__ import annotations  # Python 3.8

import argparse
import hashlib
import json
import os
import platform
import sys
import time
import warnings
from typing import Any, Sequence  # noqa: UP035 (Python 3.8)

import numpy as np

SCALE = 4.8  # GeV, FLAVIO's renormalization scale for all the decays here
HIGH_SCALE = 160.0  # GeV, where the paper sets the coefficients
LEPTONS = ("mu", "e")
OPERATORS = ("C9", "C10", "CS", "CP")
# parameters written into the table so that a reader sees which FLAVIO world it is
INPUTS = ("Vus", "Vcb", "Vub", "gamma", "delta", "m_mu", "m_e", "m_Bs", "f_Bs", "DeltaGamma/Gamma_Bs", "tau_Bs")
DESIGN_STEP = {"C9": 5.0, "C10": 5.0, "CS": 0.1, "CP": 0.1}

PSEUDOSCALAR = ("1", "C9+", "C9+ C9+", "C10+", "C10+ C10+", "CS+ CS+", "CP+", "CP+ CP+", "C10+ CP+")
VECTOR = (
    "1", "C9+", "C9-", "C9+ C9+", "C9- C9-", "C10+", "C10-", "C10+ C10+", "C10- C10-",
    "CS- CS-", "CP-", "CP- CP-", "C10- CP-",
)  # fmt: skip
BARYON = ("1", "C9+", "C9-", "C9+ C9+", "C9- C9-", "C10+", "C10-", "C10+ C10+", "C10- C10-")
LEPTONIC = ("1", "C10-", "C10- C10-", "CS- CS-", "CP-", "CP- CP-", "C10- CP-")

# name: (FLAVIO's differential branching fraction, lepton, bin in GeV^2, divided by the width of the bin?, monomials)
RATES = {
    "BpKmumu_1_6": ("dBR/dq2(B+->Kmumu)", "mu", (1.1, 6.0), False, PSEUDOSCALAR),
    "BpKee_1_6": ("dBR/dq2(B+->Kee)", "e", (1.1, 6.0), False, PSEUDOSCALAR),
    "B0Kstmumu_1_6": ("dBR/dq2(B0->K*mumu)", "mu", (1.1, 6.0), False, VECTOR),
    "B0Kstee_1_6": ("dBR/dq2(B0->K*ee)", "e", (1.1, 6.0), False, VECTOR),
    "B0Kstmumu_low": ("dBR/dq2(B0->K*mumu)", "mu", (0.045, 1.1), False, VECTOR),
    "B0Kstee_low": ("dBR/dq2(B0->K*ee)", "e", (0.045, 1.1), False, VECTOR),
    "Bsmumu": ("BR(Bs->mumu)", "mu", None, False, LEPTONIC),
    "BpKstmumu": ("dBR/dq2(B+->K*mumu)", "mu", (15.0, 19.0), False, VECTOR),
    "B0Kmumu": ("dBR/dq2(B0->Kmumu)", "mu", (15.0, 22.0), False, PSEUDOSCALAR),
    "BpKmumu": ("dBR/dq2(B+->Kmumu)", "mu", (15.0, 22.0), False, PSEUDOSCALAR),
    "Bsphimumu": ("dBR/dq2(Bs->phimumu)", "mu", (1.0, 6.0), True, VECTOR),
    "LbLmumu": ("dBR/dq2(Lambdab->Lambdamumu)", "mu", (15.0, 20.0), True, BARYON),
}
# those that measurements after the paper's need; a table may lack them
LATER = {
    "BpKmumu_low": ("dBR/dq2(B+->Kmumu)", "mu", (0.1, 1.1), False, PSEUDOSCALAR),
    "BpKee_low": ("dBR/dq2(B+->Kee)", "e", (0.1, 1.1), False, PSEUDOSCALAR),
    "BpKmumu_high": ("dBR/dq2(B+->Kmumu)", "mu", (14.3, 22.9), False, PSEUDOSCALAR),
    "BpKee_high": ("dBR/dq2(B+->Kee)", "e", (14.3, 22.9), False, PSEUDOSCALAR),
    "B0Kstmumu_01_1": ("dBR/dq2(B0->K*mumu)", "mu", (0.1, 1.1), False, VECTOR),
    "B0Kstee_01_1": ("dBR/dq2(B0->K*ee)", "e", (0.1, 1.1), False, VECTOR),
    "B0Kmumu_1_6": ("dBR/dq2(B0->Kmumu)", "mu", (1.1, 6.0), False, PSEUDOSCALAR),
    "B0Kee_1_6": ("dBR/dq2(B0->Kee)", "e", (1.1, 6.0), False, PSEUDOSCALAR),
    "BpKstmumu_0_6": ("dBR/dq2(B+->K*mumu)", "mu", (0.045, 6.0), False, VECTOR),
    "BpKstee_0_6": ("dBR/dq2(B+->K*ee)", "e", (0.045, 6.0), False, VECTOR),
    "Bsphimumu_01_1": ("dBR/dq2(Bs->phimumu)", "mu", (0.1, 1.1), False, VECTOR),
    "Bsphiee_01_1": ("dBR/dq2(Bs->phiee)", "e", (0.1, 1.1), False, VECTOR),
    "Bsphimumu_1_6": ("dBR/dq2(Bs->phimumu)", "mu", (1.1, 6.0), False, VECTOR),
    "Bsphiee_1_6": ("dBR/dq2(Bs->phiee)", "e", (1.1, 6.0), False, VECTOR),
    "Bsphimumu_high": ("dBR/dq2(Bs->phimumu)", "mu", (15.0, 18.9), False, VECTOR),
    "Bsphiee_high": ("dBR/dq2(Bs->phiee)", "e", (15.0, 18.9), False, VECTOR),
}
RATES.update(LATER)


def gauss(edges: Sequence[float] | np.ndarray, order: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of Gauss-Legendre quadrature of the given order on each cell between the
    edges.
    """
    x, w = np.polynomial.legendre.leggauss(order)
    low, high = np.asarray(edges[:-1])[:, None], np.asarray(edges[1:])[:, None]
    return ((high + low) / 2 + (high - low) / 2 * x).ravel(), ((high - low) / 2 * w).ravel()


def quadrature(q2_bin: tuple[float, float], muon_mass: float, fine: bool, few: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights in q^2.

    FLAVIO interpolates its low-q^2 corrections linearly on a grid of 0.1 GeV^2 that starts at 1e-6:
    the fine rule puts its cells on that grid. Below 1.1 GeV^2 the variable is u = sqrt(q^2 - 4
    m_mu^2), which is smooth at the dimuon threshold and resolves the photon pole. ``few`` nodes are
    enough for how much the rates of ratios deviate in a draw.
    """
    low, high = q2_bin
    if low > 10:
        return gauss(np.linspace(low, high, round((high - low) / 0.1) + 1), 4) if fine else gauss([low, high], 4 if few else 7)
    grid = [low] + [x for x in np.arange(1, 61) * 0.1 + 1e-6 if low + 1e-3 < x < high - 1e-3] + [high]
    if low > 0.5:
        return gauss(grid, 4) if fine else gauss([low, high], 4 if few else 8)
    threshold = 4 * muon_mass**2
    coarse = [low, 0.15, high] if high < 2 else [low, 0.15, 1.1, high]
    grid = [low, *(x for x in (0.05, 0.07) if x > low), *grid[1:]] if fine else coarse
    u, w = gauss(np.sqrt(np.asarray(grid) - threshold), 4 if few else 8)
    return threshold + u**2, w * 2 * u


def monomial_values(monomials: Sequence[str], x: dict[str, float]) -> np.ndarray:
    """Values of the monomials at the point x, a dict of the reduced variables."""
    return np.array([np.prod([x.get(v, 0.0) for v in m.split()]) if m != "1" else 1.0 for m in monomials])


def design_points(monomials: Sequence[str]) -> list[dict[str, float]]:
    """As many points as monomials, that determine the polynomial."""
    step = {s + t: h for s, h in DESIGN_STEP.items() for t in "+-"}
    points = []
    for monomial in monomials:
        factors = [] if monomial == "1" else monomial.split()
        sign = -1.0 if len(factors) == 1 else 1.0
        points.append({v: sign * step[v] for v in factors})
    return points


def random_points(monomials: Sequence[str], count: int, rng: np.random.RandomState) -> list[dict[str, float]]:
    variables = sorted({v for m in monomials if m != "1" for v in m.split()})
    return [{v: rng.uniform(-2, 2) * DESIGN_STEP[v[:-1]] for v in variables} for _ in range(count)]


def wilson_values(x: dict[str, float], lepton: str) -> dict[str, float]:
    """Coefficients in FLAVIO's names of a point given in the reduced variables."""
    values = {}
    for op in OPERATORS:
        plus, minus = x.get(op + "+", 0.0), x.get(op + "-", 0.0)
        values[f"{op}_bs{lepton}{lepton}"] = (plus + minus) / 2
        values[f"{op}p_bs{lepton}{lepton}"] = (plus - minus) / 2
    return values


def coefficients_at_b_scale(flavio: Any, values: dict[str, float]) -> Any:
    """FLAVIO's container with the coefficients given at the b scale, where the decays read them:
    nothing runs.
    """

    class AtBScale(flavio.WilsonCoefficients):
        def get_wc(self, sector: str, scale: float, par: dict, *args: Any, **kwargs: Any) -> dict:
            result = dict(self._zeros(sector, scale, par, *args, **kwargs))
            result.update((k, v) for k, v in values.items() if k in result)
            return result

        def _zeros(self, sector: str, scale: float, par: dict, *args: Any, **kwargs: Any) -> dict:
            if sector not in zeros:
                zeros[sector] = super().get_wc(sector, scale, par, *args, **kwargs)
            return zeros[sector]

    return AtBScale()


zeros: dict[str, dict] = {}


def rate(flavio: Any, name: str, x: dict[str, float], par: dict[str, float], nodes: Any) -> np.ndarray:
    """The branching fraction at one point, by the fixed quadrature; and the same with 1/q^2 and
    1/q^4 in the integrand.
    """
    observable, lepton, q2_bin, per_width, _ = RATES[name]
    wc = coefficients_at_b_scale(flavio, wilson_values(x, lepton))
    predict = flavio.classes.Observable[observable].prediction_par
    if q2_bin is None:
        return predict(par, wc) * par["m_Bs"] ** np.array([0.0, -2.0, -4.0])
    q2, weights = nodes
    total = sum(w * predict(par, wc, q2=q) * q ** np.array([0.0, -1.0, -2.0]) for q, w in zip(q2, weights))  # noqa: B905
    return total / (q2_bin[1] - q2_bin[0]) if per_width else total


def fit(
    flavio: Any, name: str, par: dict[str, float], fine: bool, extra: Sequence[dict[str, float]] = ()
) -> tuple[np.ndarray, float]:
    """Polynomials of one rate, of shape (monomials, 3) as in ``rate``, and the largest relative
    residual at extra points.
    """
    q2_bin, monomials = RATES[name][2], RATES[name][4]
    nodes = None if q2_bin is None else quadrature(q2_bin, par["m_mu"], fine, name in LATER)
    points = design_points(monomials)
    matrix = np.array([monomial_values(monomials, x) for x in points])
    values = np.array([rate(flavio, name, x, par, nodes) for x in points])
    scale = np.abs(matrix).max(axis=0)
    solution = np.linalg.solve(matrix / scale, values) / scale[:, None]
    residuals = [monomial_values(monomials, x) @ solution / rate(flavio, name, x, par, nodes) - 1 for x in extra]
    return solution, np.abs(residuals).max() if residuals else 0.0


def running() -> dict[str, Any]:
    """The linear map of the coefficients from 160 to 4.8 GeV, by wilson, and how far it is from the
    form used.
    """
    from wilson import Wilson

    names = [op + p + "_bs" + 2 * lepton for lepton in LEPTONS for p in ("", "p") for op in OPERATORS]
    full = np.zeros((16, 16))
    dipole = 0.0
    for j, source in enumerate(names):
        point = Wilson({source: 1.0}, scale=HIGH_SCALE, eft="WET", basis="flavio")
        result = point.match_run(SCALE, "WET", "flavio").dict
        full[:, j] = [np.real(result.get(target, 0.0)) for target in names]
        dipole = max(dipole, abs(result.get("C7_bs", 0.0)), abs(result.get("C7p_bs", 0.0)))
    entry = lambda target, source: full[names.index(target), names.index(source)]  # noqa: E731
    numbers = {
        "C9_C9": entry("C9_bsmumu", "C9_bsmumu"),
        "C9_C10": entry("C9_bsmumu", "C10_bsmumu"),
        "C9_C9_other_lepton": entry("C9_bsmumu", "C9_bsee"),
        "C10_C9": entry("C10_bsmumu", "C9_bsmumu"),
        "C10_C10": entry("C10_bsmumu", "C10_bsmumu"),
        "CS_CS": entry("CS_bsmumu", "CS_bsmumu"),
        "CP_CP": entry("CP_bsmumu", "CP_bsmumu"),
    }
    model = np.zeros((16, 16))
    for j, source in enumerate(names):
        op, primed = source.split("_")[0].rstrip("p"), source.split("_")[0].endswith("p")
        other = source.replace("mumu", "EE").replace("ee", "mumu").replace("EE", "ee")
        model[j, j] = numbers[op + "_" + op]
        if op in ("C9", "C10"):
            partner = source.replace(op, "C10" if op == "C9" else "C9")
            key = "C10_C9" if op == "C9" else "C9_C10"
            model[names.index(partner), j] = numbers[key] * (-1 if primed else 1)
        if op == "C9":
            model[names.index(other), j] = numbers["C9_C9_other_lepton"]
    return {
        "from_GeV": HIGH_SCALE,
        "to_GeV": SCALE,
        "numbers": numbers,
        "primed": "C9p_C10p and C10p_C9p have the opposite sign, all else is equal",
        "largest_entry_outside_this_form": float(np.abs(full - model).max()),
        "C7_from_unit_CS_left_out": float(dipole),
    }


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=200, help="joint draws of FLAVIO's parameters (default 200)")
    parser.add_argument("--seed", type=int, default=2105, help="seed of the draws (default 2105)")
    parser.add_argument("--out", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "flavour"))
    parser.add_argument("--add", action="store_true", help="keep the rates of the table that is there, make those it lacks")
    args = parser.parse_args(argv)

    warnings.filterwarnings("ignore")
    import flavio
    import scipy

    table = "flavio-" + ".".join(flavio.__version__.split(".")[:2])
    path = os.path.join(args.out, table)
    central = flavio.default_parameters.get_central_all()
    versions = {
        "flavio": flavio.__version__,
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "python": platform.python_version(),
    }
    sha256 = hashlib.sha256(json.dumps({k: float(v) for k, v in central.items()}, sort_keys=True).encode()).hexdigest()
    if args.add:
        with open(path + ".json") as f:
            record = json.load(f)
        known = record["rates"]["BpKmumu_1_6"]["numbers"]
        same = np.allclose(fit(flavio, "BpKmumu_1_6", central, True)[0][:, 0], known, rtol=1e-6, atol=0)
        if record["versions"]["flavio"] != flavio.__version__ or not same:
            sys.exit(f"{path}.json is of another FLAVIO or of other parameters: make it anew, without --add")
        record["versions_of_added"] = versions
    else:
        record = {
            "table": table,
            "made_by": f"jt3r/data/make_flavour.py --draws {args.draws} --seed {args.seed}",
            "versions": versions,
            "flavio_parameters_sha256": sha256,
            "inputs": {k: float(central[k]) for k in INPUTS if k in central},
            "variables": "X+ = X + X', X- = X - X' of the lepton of the rate, at scale_GeV, in FLAVIO's WET basis",
            "scale_GeV": SCALE,
            "running": running(),
            "rates": {},
        }
    old = list(record["rates"])
    new = [name for name in RATES if name not in old]
    rng = np.random.RandomState(args.seed)
    for name in new:
        observable, lepton, q2_bin, per_width, monomials = RATES[name]
        start = time.time()
        moments, residual = fit(flavio, name, central, True, random_points(monomials, 3, rng))
        numbers, over_q2, over_q4 = moments.T
        record["rates"][name] = {
            "flavio": observable,
            "lepton": lepton,
            "q2_GeV2": q2_bin,
            "unit": "GeV^-2" if per_width else "1",
            "monomials": monomials,
            "numbers": list(numbers),
            "over_q2": list(over_q2),
            "over_q4": list(over_q4),
            "largest_residual": float(residual),
        }
        print(f"{name:14s} residual {residual:.1e}  {time.time() - start:.0f} s", file=sys.stderr, flush=True)

    np.random.seed(args.seed)  # noqa: NPY002 (FLAVIO draws from NumPy's global generator)
    check = ["Bsmumu"] if old else []  # quick: tells whether the draws are those of the table
    made = [*check, *new]
    values = np.concatenate([record["rates"][name]["numbers"] for name in made])
    reference = np.concatenate([fit(flavio, name, central, False)[0][:, 0] for name in made])
    deviations = np.zeros((args.draws, len(values)))
    start = time.time()
    for i in range(args.draws):
        par = flavio.default_parameters.get_random_all()
        deviations[i] = np.concatenate([fit(flavio, name, par, False)[0][:, 0] for name in made]) - reference
        if i in (0, 9) or i % 50 == 49:
            print(f"draw {i + 1} of {args.draws}: {time.time() - start:.0f} s", file=sys.stderr, flush=True)
    found = (deviations / values).astype(np.float32)
    if old:
        known = np.load(path + ".npz")["deviations"]
        ends = np.cumsum([len(record["rates"][name]["numbers"]) for name in old])
        k, width = old.index("Bsmumu"), len(record["rates"]["Bsmumu"]["numbers"])
        if known.shape[0] != args.draws or not np.allclose(known[:, ends[k] - width : ends[k]], found[:, :width], 1e-5, 1e-6):
            sys.exit(f"{path}.npz holds other draws: make the table anew, without --add")
        found = np.concatenate([known, found[:, width:]], axis=1)
    os.makedirs(args.out, exist_ok=True)
    with open(path + ".json", "w") as f:
        json.dump(record, f, indent=1)
        f.write("\n")
    np.savez_compressed(path + ".npz", deviations=found, seed=args.seed)


if __name__ == "__main__":
    main()
