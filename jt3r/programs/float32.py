"""What float32 costs: which numbers lose digits in it. Whatever computes numbers for a user warns
here, and here alone: runs, fits, profiles, draws, a point, new weights, the band, limits, and the
paper reproduced.
"""

import warnings
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

import jax.numpy as jnp
import numpy as np

FLOAT32 = {
    "pull_gm2_phi_barr_zee": 2e-2,
    "delta_a_mu_mixed": 6e-3,
    "delta_a_mu_phi_barr_zee": 1e-3,
    "pull_gm2": 7e-4,
    "br_pi_enu_aprime": 5e-4,
    "cancellation": 5e-4,
    "delta_a_mu": 4e-4,
    "tuning_gm2": 4e-4,
    "width_BpKA": 2e-4,
    "BR_BpKAee": 2e-4,
    "br_B_K_aprime": 2e-4,
    "omega_h2_coupled": 2e-4,
    "delta_a_mu_chi_mu": 7e-5,
    "br_pi0_gamma_aprime": 6e-5,
    "p_wave_suppression": 4e-5,
    "events_*": 4e-5,
    "loglike_*": 3e-5,
    "log_events_*": 2e-5,
    "br_B_Kst_phi": 4e-5,
    "br_B_K_phi": 3e-5,
    "br_K_pi_aprime": 2e-5,
    "BR_B0KstAee": 2e-5,
    "br_B_Kst_aprime": 2e-5,
    "width_B0KstA": 2e-5,
}
"""Largest relative error in float32 of the observables where it is above 1e-5, at 2,048 random
points on a CPU (``benchmarks/gpu.py``, which says what is relative for events). Terms cancel in
most of them. A star stands for any search, a user's own too.
"""

SMALL = ("sigma_si_phi", "sigma_si_aprime", "sigma_v_today")
"""Observables whose values may lie below the smallest normal number of float32."""

TERMS = {
    "gm2": "pull_gm2",
    "gm2_phi_barr_zee": "pull_gm2_phi_barr_zee",
    "relic_coupled": "omega_h2_coupled",
    "relic_coupled_limit": "omega_h2_coupled",
}
"""Term of the likelihood -> the observable of these that it compares."""

KINDS = {
    "band": "slopes of edges with m_aprime and v: good to 5e-04 in float32, relative",
    "fit": "few descents of a fit converge in float32",
    "profile": "few descents of a profile converge in float32",
    "limits": "slopes of ends at a threshold: 0 or NaN in float32",
    "reproduce": "15 statements that are formulas hold to 5e-05 in float32, and are told as differing",
}
"""Kind of scan, or ``reproduce`` -> what it loses. Slopes of the cards ``gm2_band`` and ``limits``;
of 64 starts of ``gm2_fit`` 7 converged; of 209 statements of the paper and 27 comparisons beside
them 15 have another verdict than in float64. Roots of the band, good to 3e-6, and ends of
intervals, good to 1e-6, lose nothing that counts.
"""


def told_float32(observables: Iterable[str] = (), terms: Iterable[str] = (), kind: str = "") -> Iterator[str]:
    """Words of warning for a session in float32, one for each thing that loses digits: observables,
    terms of the likelihood, the kind of scan or ``reproduce``.
    """
    if jnp.result_type(float) != np.float32:
        return
    if kind in KINDS:
        yield KINDS[kind]
    compared = [TERMS[term] for term in terms if term in TERMS]
    for name in dict.fromkeys([*observables, *compared]):
        if error := next((error for known, error in FLOAT32.items() if fnmatchcase(name, known)), None):
            yield f"{name}: good to {error:.0e} in float32, relative"
        if name in SMALL:
            yield f"{name}: 0 in float32 below {np.finfo(np.float32).tiny:.1e}"


def warn_of_float32(observables: Iterable[str] = (), terms: Iterable[str] = (), kind: str = "", *, stacklevel: int = 3) -> None:
    """Warn of each thing that loses digits, if this session is one in float32.

    The warning's place is that of who called the function that calls this one, unless
    ``stacklevel`` says another.
    """
    for words in told_float32(observables, terms, kind):
        warnings.warn(words, RuntimeWarning, stacklevel=stacklevel)
