"""Names of the channels of the A', as tables of widths and experiments have them."""

from typing import Literal

Channel = Literal["ee", "mumu", "tautau", "pipi", "three_photons", "neutrinos", "eta1_eta2", "invisible"]

VISIBLE: tuple[Channel, ...] = ("ee", "mumu", "tautau", "pipi", "three_photons")
"""What a detector can see."""
INVISIBLE: tuple[Channel, ...] = ("neutrinos", "eta1_eta2", "invisible")
"""What is counted as unseen; the pair that eta_2 -> eta_1 e e leaves is too soft for searches."""
