"""Reference values for coefficients that fall as 1/q^2, made by FLAVIO: run with a Python that has flavio.

    python tests/reference/flavour_light.py

Writes ``flavour_light.json`` beside this file: at two random points, FLAVIO's differential rates, with the coefficients C +
C_light 4 GeV^2/q^2 at each q^2 and at the b scale, integrated by the rule of ``flavour.py``. Nothing of jt3r is imported.
"""

import json
from pathlib import Path

import flavio
import numpy as np
from flavour import NAMES, composite
from wilson import Wilson

RATES = {
    "R_K": ("dBR/dq2(B+->Kmumu)", "dBR/dq2(B+->Kee)", (1.1, 6.0), 1.0),
    "R_Kst": ("dBR/dq2(B0->K*mumu)", "dBR/dq2(B0->K*ee)", (1.1, 6.0), 1.0),
    "R_Kst_low": ("dBR/dq2(B0->K*mumu)", "dBR/dq2(B0->K*ee)", (0.045, 1.1), 1.0),
    "BR_BpKstmumu": ("dBR/dq2(B+->K*mumu)", None, (15.0, 19.0), 1.0),
    "BR_B0Kmumu": ("dBR/dq2(B0->Kmumu)", None, (15.0, 22.0), 1.0),
    "BR_BpKmumu": ("dBR/dq2(B+->Kmumu)", None, (15.0, 22.0), 1.0),
    "dBR_Bsphimumu": ("dBR/dq2(Bs->phimumu)", None, (1.0, 6.0), 5.0),
    "dBR_LbLmumu": ("dBR/dq2(Lambdab->Lambdamumu)", None, (15.0, 20.0), 5.0),
}


def coefficients(heavy, light, q2):
    return Wilson(dict(zip(NAMES, heavy + light * 4.0 / q2, strict=True)), scale=4.8, eft="WET", basis="flavio")


def evaluate(heavy, light):
    def integral(name, q2):
        return composite(lambda x: flavio.np_prediction(name, coefficients(heavy, light, x), x), *q2)

    values = {"BR_Bsmumu": flavio.np_prediction("BR(Bs->mumu)", coefficients(heavy, light, 5.36692**2))}
    for name, (numerator, denominator, q2, divisor) in RATES.items():
        values[name] = integral(numerator, q2) / (integral(denominator, q2) if denominator else divisor)
    return values


def main():
    rng = np.random.default_rng(11)
    size = np.array([0.1 if name[:2] in ("CS", "CP") else 3.0 for name in NAMES])
    points = []
    for _ in range(2):
        heavy, light = (rng.uniform(-1, 1, len(NAMES)) * size for _ in range(2))
        both = {kind: dict(zip(NAMES, c.tolist(), strict=True)) for kind, c in (("heavy", heavy), ("light", light))}
        points.append(both | {"values": evaluate(heavy, light)})
    record = {"flavio": flavio.__version__, "scale": 4.8, "cutoff": 2.0, "points": points}
    Path(__file__).with_suffix(".json").write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
