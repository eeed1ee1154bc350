"""<sigma v> through a narrow scalar resonance by mpmath at 20 digits: ``python -m tests.reference.thermal_average``.

M = 75 MeV, G_out = 5.8e-14 GeV (sqrt(s)/M)^3, y = m/(sqrt2 10 GeV). The integral over r = s - 4 m^2 is cut where the
integrand changes scale: at the peak, at distances from it that grow by factors of 4 from the width on, and at
a few m T. With factors of 16 it is good to 1e-6 only.
"""

import json
from pathlib import Path

import mpmath as mp

MASS, WIDTH, VEV = 0.075, 5.8e-14, 10.0
RATIOS = [0.45, 0.4999999, 0.500001, 0.51]
TEMPERATURES = [0.01, 0.003, 0.0015, 0.0005, 5e-5]
FILE = Path(__file__).with_name("thermal_average.json")


def average(ratio: float, temperature: float) -> mp.mpf:
    m, mass, t = mp.mpf(ratio * MASS), mp.mpf(MASS), mp.mpf(temperature)
    y, pole = m / (mp.sqrt(2) * VEV), (mass - 2 * m) * (mass + 2 * m)

    def widths(r):
        s = 4 * m**2 + r
        return y**2 * mp.sqrt(s) * (r / s) ** mp.mpf("1.5") / (16 * mp.pi), WIDTH * (mp.sqrt(s) / mass) ** 3

    def integrand(r):
        s = 4 * m**2 + r
        energy = mp.sqrt(s)
        into, out = widths(r)
        return s * energy * into * out * mp.besselk(1, energy / t) / ((r - pole) ** 2 + s * (into + out) ** 2)

    top = (max(mass, 2 * m) + 80 * t) ** 2 - 4 * m**2
    if pole > 0:
        width = mass * sum(widths(pole))
        steps = [width * mp.mpf(4) ** k for k in range(-1, 24)]
        cuts = [pole - d for d in steps if d < pole] + [pole] + [pole + d for d in steps if pole + d < top]
    else:
        cuts = [top * mp.mpf(4) ** -k for k in range(1, 24)]
    cuts += [k * m * t for k in (1, 4, 16, 64) if k * m * t < top]
    return mp.pi / (m**4 * t * mp.besselk(2, m / t) ** 2) * mp.quad(integrand, sorted([mp.mpf(0), *cuts, top]))


if __name__ == "__main__":
    mp.mp.dps = 20
    rows = [[ratio, t, float(average(ratio, t))] for ratio in RATIOS for t in TEMPERATURES]
    FILE.write_text(json.dumps(rows, indent=1) + "\n")
