"""Independent oracle for the loop functions: mpmath at 30 digits or more.

Two forms are kept, and tested against each other: the defining integral, and a closed form derived separately from the
one the kernels use (through J and its two branches in s), evaluated with enough digits to survive its cancellations.
"""

import mpmath as mp

DIGITS = 30


def _terms(s):
    q = mp.sqrt(abs(s * (4 - s)))
    if s == 4:
        j = mp.mpf(1) / 2
    elif s < 4:
        j = 2 / q * (mp.atan((2 - s) / q) + mp.atan(s / q))
    else:
        j = mp.log((s + q) / (s - q)) / q
    i1 = (s * j - mp.log(s)) / 2
    i2 = 1 + s * i1 - s * j
    i3 = mp.mpf(1) / 2 + s * i2 - s * i1
    return j, i1, i2, i3


def _phi(s):
    j = _terms(s)[0]
    return mp.mpf(3) / 2 - s - s * (3 - s) * mp.log(s) / 2 - s * (s - 1) * (s - 4) * j / 2


def _aprime(s):
    j = _terms(s)[0]
    return mp.mpf(1) / 2 + s**2 - 3 * s / 2 - s * (s**2 - 3 * s + 1) * mp.log(s) / 2 + s**2 * (s**2 - 5 * s + 5) * j / 2


def _pseudoscalar(s):
    return -_terms(s)[3]


def _vector(s):
    _, _, i2, i3 = _terms(s)
    return i2 - i3


def _axial(s):
    _, i1, i2, i3 = _terms(s)
    return -4 * i1 + 5 * i2 - i3 - 2 * i3 / s


CLOSED = {"c_phi": _phi, "c_aprime": _aprime, "l_scalar": _phi, "l_pseudoscalar": _pseudoscalar, "l_vector": _vector,
          "l_axial": _axial}  # fmt: skip

NUMERATORS = {
    "c_phi": lambda y, s: y**2 * (2 - y),
    "c_aprime": lambda y, s: s * (2 * y - 3 * y**2 + y**3) + y**3,
    "l_scalar": lambda y, s: y**2 * (2 - y),
    "l_pseudoscalar": lambda y, s: -(y**3),
    "l_vector": lambda y, s: y**2 * (1 - y),
    "l_axial": lambda y, s: y * (1 - y) * (y - 4) - 2 * y**3 / s,
}


def value(name: str, r: float) -> mp.mpf:
    """The loop function at the double (or float32) number r, exact to 30 digits."""
    with mp.workdps(_digits_needed(r)):
        return CLOSED[name](mp.mpf(r) ** 2)


def derivative(name: str, r: float) -> mp.mpf:
    """dF/dr by a central difference: step error (h/r)^2 = 1e-24, twelve orders below what is asked of the kernels."""
    with mp.workdps(_digits_needed(r) + 12):
        r = mp.mpf(r)
        h = r * mp.mpf(10) ** -12
        return (CLOSED[name]((r + h) ** 2) - CLOSED[name]((r - h) ** 2)) / (2 * h)


def second_derivative(name: str, r: float) -> mp.mpf:
    """d2F/dr2 by a central difference: step error (h/r)^2 = 1e-24, with the 24 digits that it cancels."""
    with mp.workdps(_digits_needed(r) + 24):
        r = mp.mpf(r)
        h = r * mp.mpf(10) ** -12
        below, at, above = (CLOSED[name](x**2) for x in (r - h, r, r + h))
        return (above - 2 * at + below) / h**2


def _digits_needed(r: float) -> int:
    """The closed forms cancel up to s^4 at large s: that many digits more."""
    return DIGITS + 10 + max(0, int(8 * mp.log10(r)))


def integral(name: str, r: float) -> mp.mpf:
    """The defining integral by adaptive quadrature, split where its integrand turns, with the digits that 1 - y costs there."""
    with mp.workdps(_digits_needed(r)):
        s = mp.mpf(r) ** 2
        width = min(mp.sqrt(s), 1 / s)
        splits = sorted({mp.mpf(0), mp.mpf(1), *(min(width * 10**k, 1) for k in range(-1, 8)),
                         *(1 - min(width * 10**k, 1) for k in range(-1, 8))})  # fmt: skip
        return mp.quad(lambda y: NUMERATORS[name](y, s) / (y * y + s * (1 - y)), splits)
