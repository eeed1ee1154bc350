"""The posterior density over a space, in coordinates without bounds, for samplers."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Real

from ...catalogue import observables
from ...kernels.numerics.pytree import Pytree, static
from .. import band_coordinates
from ..likelihood import Likelihood
from ..objective import chi_square, residual_vector
from ..space import Space


class Posterior(Pytree):
    """Likelihood times prior in coordinates z of the whole real line, their Jacobian included.

    z is the logit of the prior's quantile of each free coordinate. With ``band``, the name of a g-2
    pull that falls with m_phi', the coordinate of m_phi is that pull itself
    (``jt3r.inference.band_coordinates``); the density of points is the same. Raises ValueError if
    ``band`` is given and m_phi is not free.
    """

    likelihood: Likelihood
    space: Space
    band: str | None = static(default=None)

    def __post_init__(self) -> None:
        if self.band is not None and "m_phi" not in self.space.names:
            raise ValueError(f"band = {self.band!r}: needs m_phi among the free coordinates")

    def quantiles(self, z: Real[Array, "*b n"]) -> tuple[Real[Array, "*b n"], Real[Array, "*b"]]:
        """The prior's quantiles at ``z`` and ln |du/dz|, which is -inf where the prior vanishes."""
        logits = jax.nn.log_sigmoid(z) + jax.nn.log_sigmoid(-z)
        u = jax.nn.sigmoid(z)
        if self.band is None:
            return u, jnp.sum(logits, axis=-1)
        column = self.space.names.index("m_phi")
        u, log_jacobian = band_coordinates.to_quantiles(
            self.space, u.at[..., column].set(z[..., column]), observables[self.band].function
        )
        return u, jnp.sum(logits.at[..., column].set(0), axis=-1) + log_jacobian

    def unbounded(self, u: Real[Array, "*b n"]) -> Real[Array, "*b n"]:
        """Inverse of ``quantiles``."""
        z = jnp.log(u) - jnp.log1p(-u)
        if self.band is None:
            return z
        column = self.space.names.index("m_phi")
        return z.at[..., column].set(observables[self.band](self.space.point(u)))

    def residuals(self, z: Real[Array, "*b n"]) -> Real[Array, "*b k"]:
        """Residuals of the likelihood's terms, for least squares; NaN where the prior vanishes."""
        u, log_jacobian = self.quantiles(z)
        inside = jnp.isfinite(log_jacobian)[..., None]
        found = residual_vector(self.likelihood, self.space, jnp.where(inside, u, 0.5))
        return jnp.where(inside, found, jnp.nan)

    @jax.jit
    def log_density(self, z: Real[Array, "*b n"]) -> Real[Array, "*b"]:
        """ln(likelihood x prior x Jacobian), up to a constant; -inf where the prior vanishes or the
        likelihood is NaN.
        """
        u, log_jacobian = self.quantiles(z)
        inside = jnp.isfinite(log_jacobian)
        value = (
            jnp.where(inside, log_jacobian, 0)
            - chi_square(self.likelihood, self.space, jnp.where(inside[..., None], u, 0.5)) / 2
        )
        return jnp.where(inside & ~jnp.isnan(value), value, -jnp.inf)
