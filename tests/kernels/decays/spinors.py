"""Spin sums of P+ -> l+ nu X with explicit Dirac matrices: an oracle that shares no algebra with the kernels."""

import numpy as np

_SIGMA = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
_ZERO, _ONE = np.zeros((2, 2)), np.eye(2)
GAMMA = np.array([np.block([[_ZERO, _ONE], [_ONE, _ZERO]])] + [np.block([[_ZERO, s], [-s, _ZERO]]) for s in _SIGMA])
FIVE = 1j * GAMMA[0] @ GAMMA[1] @ GAMMA[2] @ GAMMA[3]
METRIC = np.diag([1.0, -1, -1, -1])
UNIT = np.eye(4)


def slash(p):
    return np.einsum("m,mij->ij", METRIC @ p, GAMMA)


def dot(a, b):
    return a @ METRIC @ b


def two_body(energy_squared, first, second, direction):
    """Momenta in the rest frame of the pair."""
    root = np.sqrt(energy_squared)
    p = np.sqrt((energy_squared - (first + second) ** 2) * (energy_squared - (first - second) ** 2)) / (2 * root)
    return np.array([np.hypot(p, first), *(p * direction)]), np.array([np.hypot(p, second), *(-p * direction)])


def boosted(p, frame):
    """p, given in the rest frame of ``frame``, seen where ``frame`` is."""
    mass = np.sqrt(dot(frame, frame))
    along = frame[1:] @ p[1:]
    energy = (frame[0] * p[0] + along) / mass
    return np.array([energy, *(p[1:] + frame[1:] * (p[0] + energy) / (mass + frame[0]))])


def momenta(q2, cosine, parent, boson, lepton):
    """(lept, nu, k) of a decay at (lept + nu)^2 = q2 and the lepton's angle in that frame; all in the parent's rest frame."""
    pair, k = two_body(parent**2, np.sqrt(q2), boson, np.array([0, 0, 1.0]))
    direction = np.array([np.sqrt(1 - cosine**2), 0, cosine])
    lept, nu = two_body(q2, lepton, 0.0, direction)
    return boosted(lept, pair), boosted(nu, pair), k


def lepton_trace(vertices, bars, lept, nu, lepton):
    """sum over spins of (nubar V_a l)(nubar V_b l)^* for all vertices, the lepton outgoing as an antiparticle."""
    return np.einsum("ij,ajk,kl,bli->ab", slash(nu), vertices, slash(lept) - lepton * UNIT, bars).real


def bar(vertex):
    return GAMMA[0] @ vertex.conj().T @ GAMMA[0]


def vector_vertices(lept, nu, k, parent, lepton, charges):
    """The four components (upper index) of the amplitude over C, by Feynman's rules and with nothing simplified."""
    contact, meson, left, right, neutrino = charges
    p = lept + nu + k
    q = lept + nu
    weak = slash(p) @ (UNIT - FIVE)
    found = []
    for index in range(4):
        eps = GAMMA[index]
        direct = contact * eps @ (UNIT - FIVE)
        pole = -meson * (2 * p - k)[index] / (dot(q, q) - parent**2) * slash(q) @ (UNIT - FIVE)
        chiral = right * (UNIT + FIVE) / 2 + left * (UNIT - FIVE) / 2
        s = dot(lept + k, lept + k)
        lepton_line = -weak @ (-slash(lept + k) + lepton * UNIT) @ eps @ chiral / (s - lepton**2)
        t = dot(nu + k, nu + k)
        neutrino_line = -neutrino * eps @ slash(nu + k) @ weak / t
        found.append(direct + pole + lepton_line + neutrino_line)
    return np.array(found)


def vector_sum(q2, cosine, parent, boson, lepton, charges):
    lept, nu, k = momenta(q2, cosine, parent, boson, lepton)
    vertices = vector_vertices(lept, nu, k, parent, lepton, charges)
    tensor = lepton_trace(vertices, np.array([bar(v) for v in vertices]), lept, nu, lepton)
    lowered = METRIC @ tensor @ METRIC
    return -np.trace(METRIC @ lowered) + k @ lowered @ k / boson**2, dot(lept + k, lept + k)


def scalar_sum(q2, cosine, parent, boson, lepton):
    lept, nu, k = momenta(q2, cosine, parent, boson, lepton)
    s = dot(lept + k, lept + k)
    vertex = slash(lept + nu + k) @ (UNIT - FIVE) @ (-slash(lept + k) + lepton * UNIT) / (s - lepton**2)
    return lepton_trace(vertex[None], bar(vertex)[None], lept, nu, lepton)[0, 0], s
