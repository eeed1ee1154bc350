"""Check a POPxf file that jt3r wrote with jelli 0.1 (and rgevolve 0.1.1), in an environment that has them.

    python tests/reference/check_popxf.py POPXF.json POINTS.npz

POINTS.npz: ``names`` and ``points`` (coefficients at the scale of the file) and ``values`` (n, observables), jt3r's.
Prints the largest relative difference and jelli's points per second.
"""

import sys
import time

import jax
import numpy as np

jax.config.update("jax_enable_x64", True)

from jelli.core.observable_sector import ObservableSector  # noqa: E402
from rgevolve.tools import get_wc_basis  # noqa: E402

ObservableSector.load(sys.argv[1])
(sector,) = ObservableSector._observable_sectors.values()
data = np.load(sys.argv[2])
basis = [tuple(k) for k in get_wc_basis("WET", "flavio")]
par = np.zeros((len(data["points"]), len(basis)))
for name, column in zip(data["names"].tolist(), data["points"].T, strict=True):
    par[:, basis.index((name, "R"))] = column
predict = jax.jit(lambda p: sector.prediction(p, sector.scale, sector.get_prediction_data("WET", "flavio"))[0])
values = np.asarray(predict(par))
print("largest relative difference", np.abs(values / data["values"] - 1).max())
seconds = []
for _ in range(5):
    start = time.perf_counter()
    jax.block_until_ready(predict(par))
    seconds.append(time.perf_counter() - start)
print("points per second", len(par) / min(seconds))
