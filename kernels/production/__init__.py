"""Production of light bosons: meson decays, bremsstrahlung of protons, electrons and muons.

One name for the kernels that say how many are made; each module holds its formulas, references and
validity.
"""

from .electron_bremsstrahlung import elastic_photon_flux, emission_cross_section, track_length
from .electron_bremsstrahlung import vector_spectrum as vectors_from_electrons
from .lepton_radiation import bremsstrahlung as lepton_bremsstrahlung
from .lepton_radiation import pairs as lepton_pairs
from .meson_decays import branching_to_photon_vector
from .meson_decays import spectrum_within as mesons_within
from .meson_decays import vector_spectrum as vectors_from_mesons
from .meson_spectra import (
    centre_of_mass_boost,
    highest_meson_energy,
    pion_spectrum_collider,
    pion_spectrum_fixed_target,
)
from .proton_bremsstrahlung import (
    proton_coupling_squared,
    proton_cross_section,
    proton_form_factor_squared,
    pseudoscalar_splitting,
    scalar_splitting,
    vector_splitting,
)
from .spectrometer import Spectrometer, shares_of_pairs_seen

__all__ = [
    "Spectrometer",
    "branching_to_photon_vector",
    "centre_of_mass_boost",
    "elastic_photon_flux",
    "emission_cross_section",
    "highest_meson_energy",
    "lepton_bremsstrahlung",
    "lepton_pairs",
    "mesons_within",
    "pion_spectrum_collider",
    "pion_spectrum_fixed_target",
    "proton_coupling_squared",
    "proton_cross_section",
    "proton_form_factor_squared",
    "pseudoscalar_splitting",
    "scalar_splitting",
    "shares_of_pairs_seen",
    "track_length",
    "vector_splitting",
    "vectors_from_electrons",
    "vectors_from_mesons",
]
