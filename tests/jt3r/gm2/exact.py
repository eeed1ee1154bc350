"""Every observable of the g-2 in mpmath: the definitions of eqs. (3) and (4) on the oracle's loop functions."""

import mpmath as mp

from jt3r.constants import ALPHA_EM, M_MU
from jt3r.measurements import measurement
from tests.reference.loops import CLOSED

DIGITS = 60
"""Of which the closed forms lose up to eight powers of r at large r; 30 stay for r < 1000."""


def observable(name: str, v, m_aprime, m_phi, m_mu=M_MU, dataset="paper2021") -> mp.mpf:
    """The observable, to DIGITS digits less cancellation."""
    with mp.workdps(DIGITS):
        v, m_aprime, m_phi, m_mu = (mp.mpf(x) for x in (v, m_aprime, m_phi, m_mu))
        phi, aprime = CLOSED["c_phi"]((m_phi / m_mu) ** 2), CLOSED["c_aprime"]((m_aprime / m_mu) ** 2)
        k, g = (m_mu / (4 * mp.pi * v)) ** 2, m_aprime / (mp.sqrt(2) * v)
        measured = measurement(dataset, "delta_a_mu")
        values = {
            "g_t3r": g,
            "epsilon": g * mp.sqrt(mp.mpf(ALPHA_EM) / (4 * mp.pi**3)),
            "c_phi": phi,
            "c_aprime": aprime,
            "delta_a_mu_phi": k * phi,
            "delta_a_mu_aprime": -k * aprime,
            "delta_a_mu": k * (phi - aprime),
            "pull_gm2": (k * (phi - aprime) - mp.mpf(measured.value)) / mp.mpf(measured.error),
            "cancellation": abs(phi - aprime) / (phi + aprime),
        }
        if name == "tuning_gm2":
            point = {"v": v, "m_aprime": m_aprime, "m_phi": m_phi, "m_mu": m_mu}
            slopes = [abs(point[p] * derivative("delta_a_mu", p, **point)) for p in ("v", "m_aprime", "m_phi")]
            return max(slopes) / abs(values["delta_a_mu"])
        return values[name]


def derivative(name: str, parameter: str, **point) -> mp.mpf:
    """Central difference with a step of 1e-14: its error is 1e-28, its cancellation leaves 46 of the 60 digits."""
    with mp.workdps(DIGITS):
        x = mp.mpf(point[parameter])
        step = x * mp.mpf(10) ** -14
        low, high = (observable(name, **{**point, parameter: at}) for at in (x - step, x + step))
        return (high - low) / (2 * step)


def root(solve_for: str, pull, guess: float, **point) -> mp.mpf:
    """The value of ``solve_for`` near ``guess`` at which pull_gm2 is ``pull``, by the secant method in mpmath."""
    with mp.workdps(DIGITS):
        guess = mp.mpf(guess)
        return mp.findroot(
            lambda x: observable("pull_gm2", **{**point, solve_for: x}) - pull,
            (guess, guess * (1 + mp.mpf(10) ** -6)),
            tol=1e-90,
        )
