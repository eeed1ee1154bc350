"""Natural units in others. Source: CODATA 2018, in PDG 2024, table 1.1: hbar and c are exact in the
2019 SI, their products rounded as printed there.
"""

HBAR_GEV_S = 6.582119569e-25
"""hbar in GeV s."""
HBAR_C_GEV_METRE = 1.973269804e-16
"""hbar c in GeV m (197.326 980 4 MeV fm)."""
GEV_MINUS2_IN_CM2 = 3.893793721e-28
"""(hbar c)^2 in GeV^2 cm^2 (0.389 379 372 1 GeV^2 mbarn)."""
C_CM_PER_S = 2.99792458e10
"""c in cm/s."""
