"""The joint flavour term: the same under jit and without, in every mode; its derivatives against other ways to them."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jt3r import Point
from jt3r.flavour import joint
from jt3r.flavour.measurements import ERRORS, measurements
from jt3r.flavour.observables import PREDICTED
from jt3r.inference.likelihood import Likelihood
from jt3r.inference.terms import TERMS

COEFFICIENTS = {"C9_bsmumu": -0.7, "C10_bsmumu": 0.4, "C10_bsee": 2.0, "C9p_bsmumu": 0.3, "CS_bsmumu": 0.02, "CP_bsmumu": 0.01}
ELSEWHERE = {"v": 10.0, "m_aprime": 0.05, "m_phi": 0.09, "m_eta": 0.2, "lambda_portal": 1e-3, "lambda_l": 1.0, "lambda_r": 1.0}
MODES = [(dataset, errors, theory) for dataset in ("paper2021", "current") for errors in ERRORS for theory in joint.THEORY]


@pytest.mark.parametrize(("dataset", "errors", "theory"), MODES)
def test_jitted_chi_squares_are_those_without_jit(dataset, errors, theory):
    """Of all flavour terms together, and of each alone; twice, so that nothing is changed by having been used.

    Sums of ten products in another order: some 1e-13, and 1e-16 of the largest where one nearly vanishes.
    """
    names = tuple(name for name in PREDICTED if name in measurements(dataset))
    point = Point(**COEFFICIENTS, dataset=dataset)
    alone = [(name,) for name in names] if (errors, theory) == ("two-sided", "point") else []
    every = [Likelihood(some, errors=errors, theory=theory) for some in (names, *alone)]

    def values(point):
        return [jnp.stack(list(likelihood.breakdown(point).values())) for likelihood in every]

    jitted = jax.jit(values)
    for found, plain in zip((*jitted(point), *jitted(point)), (*values(point), *values(point)), strict=True):
        np.testing.assert_allclose(found, plain, rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("name", [name for name, term in TERMS.items() if not term.slow and not term.joint])
def test_the_other_quick_terms_are_the_same_under_jit(name):
    point, likelihood = Point(**ELSEWHERE, dataset="current"), Likelihood((name,))
    found = [jax.jit(likelihood.chi_square)(point), likelihood.chi_square(point)]
    # a pull of g-2 is a small difference of two terms 1e3 times as large
    np.testing.assert_allclose(*found, rtol=1e-9, atol=1e-14)


def random_case(seed, k=6):
    rng = np.random.default_rng(seed)
    half = rng.normal(size=(k, k))
    return half @ half.T + np.eye(k), rng.normal(size=k), *(rng.normal(size=(2, k, k)) + 0.0), rng.normal(size=(2, k))


def plain_whiten(covariance, pulls):
    lower = jnp.linalg.cholesky(covariance)
    return jax.scipy.linalg.solve_triangular(lower, pulls, lower=True), 2 * jnp.sum(jnp.log(jnp.diagonal(lower)))


def test_whitening_and_two_derivatives_are_those_of_a_cholesky_factor():
    v, p, one, other, (dp, dq) = random_case(0)
    one, other = one + one.T, other + other.T

    def second(whiten):
        def along(s, t):
            return whiten(v + s * one + t * other, p + s * dp + t * dq)

        return jax.jvp(lambda t: jax.jvp(lambda s: along(s, t), (0.0,), (1.0,)), (0.0,), (1.0,))

    for ours, theirs in zip(jax.tree.leaves(second(joint.whiten)), jax.tree.leaves(second(plain_whiten)), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-10)


def test_whitening_differentiates_backwards_and_in_batches():
    v, p, *_ = random_case(1)

    def size(whiten, v, p):
        w, log_det = whiten(v, p)
        return jnp.sum(w**2) + log_det

    expected = jax.grad(partial(size, plain_whiten), (0, 1))(v, p)
    found = jax.vmap(jax.grad(partial(size, joint.whiten), (0, 1)))(np.stack([v, 2 * v]), np.stack([p, p]))
    symmetric = [np.asarray(x) + np.swapaxes(x, -1, -2) for x in (expected[0], found[0])]  # only that part has a meaning
    np.testing.assert_allclose(symmetric[1][0], symmetric[0], rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(found[1][0], expected[1], rtol=1e-11)


def test_the_bilinear_form_and_two_derivatives():
    rng = np.random.default_rng(2)
    form, x, y = rng.normal(size=(4, 5, 3)), rng.normal(size=4), rng.normal(size=3)

    def plain(x, y):
        return jnp.einsum("n,nkp,p->k", x, form, y)

    for argnums in (0, 1):
        for derivative in (jax.jacfwd, jax.jacrev, lambda f, n: jax.jacfwd(jax.jacrev(f, n), n)):
            found, expected = (derivative(f, argnums)(x, y) for f in (partial(joint._bilinear, form), plain))
            np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-14)
    np.testing.assert_allclose(joint._bilinear(form, x, y), plain(x, y), rtol=1e-14)
