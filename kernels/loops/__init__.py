"""Loops of one and two photons and bosons: the one-loop functions, and the moments and amplitudes
built of them.
"""

from .one_loop import c_aprime, c_phi, l_axial, l_pseudoscalar, l_scalar, l_vector

__all__ = ["c_aprime", "c_phi", "l_axial", "l_pseudoscalar", "l_scalar", "l_vector"]
