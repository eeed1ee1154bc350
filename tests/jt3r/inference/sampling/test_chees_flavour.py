"""Two samplers of one flavour posterior: ChEES and NUTS agree within what their draws can tell."""

import numpy as np

from jt3r.inference.likelihood import Likelihood
from jt3r.inference.sampling.sample import sample
from jt3r.inference.space import Prior, Space

LIKELIHOOD = Likelihood(("R_K", "BR_Bsmumu"))
SPACE = Space({"C9_bsmumu": Prior(-2.0, 2.0), "C10_bsmumu": Prior(-2.0, 2.0)})
"""The other solution of BR_Bsmumu, C10 near twice that of the Standard Model, is outside."""


def _error(name, part, *found):
    """Of the difference of two means, with this number of effective draws for each."""
    return np.hypot(*(draws[name].std() / np.sqrt(draws.diagnostics[name][part]) for draws in found))


def test_means_and_spreads_are_those_of_nuts():
    """Within 5 standard errors of the difference: 6e-7 of a Gaussian is outside, in each of four comparisons.

    The error of a mean is sigma over the root of the effective draws; that of a sigma is sigma over the root of twice those in
    the tails, where squares come from, as for a Gaussian: the draws' kurtosis, 3.0 to 3.3, makes it larger by 7 % at most.
    """
    nuts = sample(LIKELIHOOD, SPACE, chains=4, draws=1000, warmup=300, together=4)
    chees = sample(LIKELIHOOD, SPACE, chains=128, draws=25, warmup=200, sampler="chees")
    for name in SPACE.names:
        a, b = nuts[name], chees[name]
        bulk, tail = (_error(name, part, nuts, chees) for part in ("ess_bulk", "ess_tail"))
        assert tail < 0.1 * a.std()  # fewer draws would agree with anything
        assert abs(a.mean() - b.mean()) < 5 * bulk, name
        assert abs(a.std() - b.std()) < 5 * tail / np.sqrt(2), name
