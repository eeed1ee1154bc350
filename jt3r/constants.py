"""Physical constants with their sources, from ``data/constants.toml``. ``M_MU`` in GeV,
``ALPHA_EM`` at zero momentum.
"""

from .data.load import Quantity, read_toml

CONSTANTS = {name: Quantity(**entry) for name, entry in read_toml("constants.toml").items()}

M_MU = CONSTANTS["m_mu"].value
ALPHA_EM = CONSTANTS["alpha_em"].value

M_E, M_TAU, M_PI, M_PROTON = (CONSTANTS[name].value for name in ("m_e", "m_tau", "m_pi", "m_proton"))
"""GeV; the charged pion."""
