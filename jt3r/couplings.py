"""What a model says of its particles: masses and couplings, as arrays. All that is computed
downstream reads these alone.

Three ways of having no coupling: ``None``, the model has no such coupling, and nothing is traced or
compiled for it; ``Absent``, the model has it and the point does not give its parameter; 0, a number
like any other.
"""

from typing import Any, NoReturn, TypeGuard, TypeVar, cast

from jaxtyping import Array, Real

from .constants import ALPHA_EM
from .errors import NotGiven
from .kernels.numerics.pytree import Pytree, static

Number = Real[Array, "..."]

ELECTRIC_CHARGE = (4 * 3.141592653589793 * ALPHA_EM) ** 0.5
"""e = sqrt(4 pi alpha)."""

CHARGES = {"e": -1.0, "mu": -1.0, "tau": -1.0, "u": 2 / 3, "d": -1 / 3, "s": -1 / 3}
"""Electric charges in units of e."""


class Absent(Pytree):
    """Stands for what depends on a parameter that the point does not give. Using it in any way
    raises NotGiven.
    """

    parameter: str = static()

    def _raise(self, *_: Any) -> NoReturn:
        raise NotGiven(self.parameter)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # asked for by copy, pickle and the like
            raise AttributeError(name)
        raise NotGiven(self.parameter)

    __jax_array__ = __array__ = __float__ = __neg__ = __abs__ = _raise
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _raise
    __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __lt__ = __le__ = __gt__ = __ge__ = _raise


Thing = TypeVar("Thing")


def is_given(value: Thing | Absent | None) -> TypeGuard[Thing]:
    """Whether the model has it and the point gives it."""
    return value is not None and not isinstance(value, Absent)


class Fermions(Pytree):
    """A coupling of each charged fermion, dimensionless; None where it does not couple."""

    e: Number | None = None
    mu: Number | None = None
    tau: Number | None = None
    u: Number | None = None
    d: Number | None = None
    s: Number | None = None


class StrangeBottom(Pytree):
    """Couplings that change flavour, those of s_L b and s_R b, dimensionless.

    Of a vector A'_mu (g_L sbar_L gamma^mu b_L + g_R sbar_R gamma^mu b_R) + h.c.; of a scalar
    phi' (c_L sbar_R b_L + c_R sbar_L b_R) + h.c., ``left`` and ``right`` for the hand of b.
    """

    left: Number
    right: Number


class Vector(Pytree):
    """A light vector A': L = A'_mu [e eps J_em + sum_f fbar gamma^mu (g_L P_L + g_R P_R) f + ...].
    Masses in GeV.

    ``mixing`` is eps, on top of the couplings ``left`` and ``right``. ``interferes`` is False if
    its sign is unknown: then it does not add to the couplings that a charged lepton has of its own.
    ``neutrinos``: g of g A'_mu nubar gamma^mu P nu, of several in quadrature, with the mass
    ``neutrino_mass`` (None: massless). ``eta``: g of g A'_mu eta_1bar gamma^mu eta_2, Majorana
    states of opposite CP phase; ``eta_axial``: g of g A'_mu eta_1bar gamma^mu gamma_5 eta_2, states
    of the same CP phase.
    ``invisible``: width into anything else that no search sees, GeV.
    """

    mass: Number
    mixing: Number | None = None
    left: Fermions = Fermions()
    right: Fermions = Fermions()
    neutrinos: Number | None = None
    neutrino_mass: Number | None = None
    eta: Number | Absent | None = None
    eta_axial: Number | Absent | None = None
    invisible: Number | None = None
    strange_bottom: StrangeBottom | None = None
    interferes: bool = static(default=True)


class Scalar(Pytree):
    """A light scalar phi' with L = phi' [sum_f -y_f fbar f - g_pi pi+ pi- - (y/2) etabar eta +
    (g/2) A'_mu A'^mu].

    ``mass``, ``pion`` (g_pi) and ``aprime`` (g) in GeV, Yukawa couplings dimensionless; ``eta`` is
    that of eta_1, and eta_2 has it in proportion to its mass.
    """

    mass: Number
    yukawa: Fermions = Fermions()
    pion: Number | None = None
    eta: Number | Absent | None = None
    aprime: Number | Absent | None = None
    strange_bottom: StrangeBottom | None = None


class DarkMatter(Pytree):
    """The Majorana fermions eta_1 of ``mass`` and eta_2 of mass + ``splitting``, GeV.

    Without a splitting eta_2 is as light as eta_1 where A' decays into both of them, and does not
    count elsewhere. With one, 0 included, both are in the relic density.
    """

    mass: Number
    splitting: Number | None = None


class Couplings(Pytree):
    """All particles of a model at a point; what it does not have is None, what the point does not
    give ``Absent``.

    >>> import jt3r
    >>> from jt3r.couplings import Vector
    >>> dark_photon = jt3r.Couplings(aprime=Vector(0.05, mixing=1e-4))
    >>> dark_photon.phi is None
    True
    """

    aprime: Vector | Absent | None = None
    phi: Scalar | Absent | None = None
    eta: DarkMatter | Absent | None = None
    m_mu: Number | None = None


def vector(c: Couplings) -> Vector:
    """The A'. Raises ValueError if the model has none; what the point does not give raises when it
    is used.
    """
    return cast(Vector, _present(c.aprime, "A'"))


def scalar(c: Couplings) -> Scalar:
    """The phi', raising as ``vector``."""
    return cast(Scalar, _present(c.phi, "phi'"))


def dark_matter(c: Couplings) -> DarkMatter:
    """eta_1 and eta_2, raising as ``vector``."""
    return cast(DarkMatter, _present(c.eta, "eta"))


def _present(particle: Any, name: str) -> Any:
    if particle is None:
        raise ValueError(f"the model has no {name}")
    return particle


def own(vector: Vector, fermion: str) -> tuple[Number, Number] | None:
    """(g_V, g_A) of fbar gamma^mu (g_V + g_A gamma_5) f that a fermion has beside kinetic mixing,
    None if it has none.
    """
    left, right = getattr(vector.left, fermion), getattr(vector.right, fermion)
    if left is None and right is None:
        return None
    if left is None:
        return right / 2, right / 2
    if right is None:
        return left / 2, -left / 2
    return (left + right) / 2, (right - left) / 2


def dark_current(vector: Vector) -> tuple[Number | float, Number | float] | None:
    """(g_V, g_A) of A'_mu eta_1bar gamma^mu (g_V + g_A gamma_5) eta_2, None if the model has
    neither or the point gives no dark matter.
    """
    if not is_given(vector.eta) and not is_given(vector.eta_axial):
        return None
    return tuple(g if is_given(g) else 0.0 for g in (vector.eta, vector.eta_axial))  # type: ignore[return-value]


def mixed(vector: Vector, fermion: str) -> Number | None:
    """Q e eps of a fermion, None without mixing."""
    return None if vector.mixing is None else CHARGES[fermion] * ELECTRIC_CHARGE * vector.mixing


def lepton(vector: Vector, fermion: str) -> tuple[Number, Number | float] | None:
    """(g_V, g_A) of a charged lepton with its mixing, as far as that interferes; None if A' does
    not couple to it.
    """
    couplings, mixing = own(vector, fermion), mixed(vector, fermion)
    if couplings is None:
        return None if mixing is None else (mixing, 0.0)
    if mixing is None or not vector.interferes:
        return couplings
    return couplings[0] + mixing, couplings[1]
