"""The ultraviolet completion: heavy partners, anomalies, potential, Higgs decays."""
