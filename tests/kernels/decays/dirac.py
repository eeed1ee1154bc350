"""Amplitudes by explicit Dirac matrices and spinors: an oracle that shares no algebra with the kernels."""

import numpy as np

METRIC = np.diag([1.0, -1.0, -1.0, -1.0])
_PAULI = [np.array(m, complex) for m in ([[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]])]
_ZERO, _ONE = np.zeros((2, 2)), np.eye(2)
GAMMA = [np.block([[_ONE, _ZERO], [_ZERO, -_ONE]]), *(np.block([[_ZERO, s], [-s, _ZERO]]) for s in _PAULI)]
GAMMA_5 = 1j * GAMMA[0] @ GAMMA[1] @ GAMMA[2] @ GAMMA[3]
"""Dirac's representation."""


def slash(p):
    return sum(METRIC[m, m] * p[m] * GAMMA[m] for m in range(4))


def four(mass, momentum):
    """(E, p) of a particle on its mass shell."""
    momentum = np.asarray(momentum, float)
    return np.concatenate([[np.sqrt(mass**2 + momentum @ momentum)], momentum])


def current_tensor(p, mass_p, k, mass_k, vertex):
    """Sum over spins of (ubar(p) G^m u(k)) (ubar(p) G^n u(k))*, G^m = ``vertex``(m); a negative mass_k makes it v(k)."""
    bar = [GAMMA[0] @ vertex(m).conj().T @ GAMMA[0] for m in range(4)]
    left, right = slash(p) + mass_p * np.eye(4), slash(k) + mass_k * np.eye(4)
    return np.array([[np.trace(left @ vertex(m) @ right @ bar[n]) for n in range(4)] for m in range(4)])


def polarisations(q, mass):
    """Sum over the three polarisations of a vector, e^m e^n* with upper indices."""
    return -METRIC + np.outer(q, q) / mass**2


def lower(tensor):
    return METRIC @ tensor @ METRIC
