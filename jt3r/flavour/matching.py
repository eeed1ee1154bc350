"""Wilson coefficients of the model, from its mixing angles to the names that
``jt3r.flavour.predict`` takes.
"""

from functools import cache
from typing import Any

from jax.typing import ArrayLike
from jaxtyping import Array, Real

from ..constants import M_MU
from ..data.load import read_toml
from ..kernels.flavour import wilson
from ..u1.gauge import t3r_coupling
from ..u1.strange_bottom import CUTOFF

PRESETS = ("paper", "pdg", "derived")
VEV = 10.0  # GeV, V


@cache
def flavour_inputs() -> dict[str, dict[str, dict[str, Any]]]:
    """The inputs with unit and source, by preset."""
    return read_toml("flavour_inputs.toml")


def _values(section: str) -> dict[str, float]:
    entries = {key: entry["value"] for key, entry in flavour_inputs()[section].items()}
    couplings = {"sin2_weak/3": entries.get("sin2_weak", 0.0) / 3, "1/2": 0.5}
    return {key: couplings[value] if key == "z_quark_coupling" else value for key, value in entries.items()}


def prefactors(preset: str = "pdg", v: ArrayLike = VEV, cutoff: ArrayLike = CUTOFF) -> wilson.Prefactors:
    """Prefactors of eq. (10) from a preset's inputs: ``paper`` (its printed numbers), ``pdg``, or
    ``derived``.

    ``derived`` is ``pdg`` with the Z coupling |T_3| = 1/2 in place of the paper's s_W^2/3, 6.5
    times larger; and with it the functions below take C_P and C_P' from the divergences of the
    currents, not the paper's C_P = -C_P' (see ``jt3r.kernels.flavour.wilson``). ``v`` and
    ``cutoff`` in GeV. Raises ValueError for another preset.
    """
    if preset not in PRESETS:
        raise ValueError(f"no preset {preset!r}; there are {', '.join(PRESETS)}")
    return wilson.prefactors(**_values(preset), m_lepton=M_MU, vev=v, cutoff=cutoff)


def _weights(preset: str) -> wilson.Weights:
    ratio = _values("masses")["mass_ratio"]
    return wilson.current_weights(ratio) if preset == "derived" else wilson.printed_weights(ratio)


def coefficients_of_angles(
    m_aprime: Real[ArrayLike, "*b"],
    preset: str = "pdg",
    v: ArrayLike = VEV,
    cutoff: ArrayLike = CUTOFF,
    light: ArrayLike = 1.0,
    **angles: Real[ArrayLike, "*b"],
) -> dict[str, Array]:
    """Coefficients in FLAVIO's names at 160 GeV, from m_A' (GeV) and the angles of
    ``jt3r.kernels.flavour.wilson.match``.

    Angles: ``s_sl``, ``s_bl`` (Z), ``sp_sl``, ``sp_bl``, ``sp_sr``, ``sp_br`` (light mediators),
    sines; Yukawas ``yukawa_s``, ``yukawa_b``. ``light``: 1 for the paper's contact form, 0 for what
    the Z alone gives.
    """
    c = wilson.match(
        prefactors(preset, v, cutoff),
        t3r_coupling(m_aprime, v),
        _weights(preset),
        M_MU / _values("masses")["m_b"],
        light=light,
        **angles,
    )
    return {
        "C9_bsee": c.c9_universal,
        "C10_bsee": c.c10_universal,
        "C9_bsmumu": c.c9,
        "C10_bsmumu": c.c10,
        "C9p_bsmumu": c.c9_primed,
        "C10p_bsmumu": c.c10_primed,
        "CS_bsmumu": c.scalar,
        "CSp_bsmumu": c.scalar_primed,
        "CP_bsmumu": c.pseudoscalar,
        "CPp_bsmumu": c.pseudoscalar_primed,
    }


def angles_of_coefficients(
    m_aprime: Real[ArrayLike, "*b"],
    c10_universal: Real[ArrayLike, "*b"],
    c9_nonuniversal: Real[ArrayLike, "*b"],
    pseudoscalar: Real[ArrayLike, "*b"],
    preset: str = "pdg",
    v: ArrayLike = VEV,
    cutoff: ArrayLike = CUTOFF,
) -> wilson.Angles:
    """Products of sines that give C10^U, C9^NU = C10^NU and (C_P - C_P')/2; see
    ``jt3r.kernels.flavour.wilson.angles``.
    """
    return wilson.angles(
        prefactors(preset, v, cutoff),
        t3r_coupling(m_aprime, v),
        _weights(preset),
        c10_universal,
        c9_nonuniversal,
        pseudoscalar,
    )
