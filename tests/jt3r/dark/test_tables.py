"""Published tables: read whole, and as they are printed."""

import numpy as np

from jt3r.dark.tables import CRESST, PLASMA


def test_the_limit_of_cresst_is_a_curve():
    mass, limit = CRESST
    assert (np.diff(mass) > 0).all()
    assert (limit > 0).all()
    assert mass[0] < 0.2 < 1.0 < mass[-1]  # GeV: it reaches 160 MeV


def test_the_plasma_has_photons_and_neutrinos_at_the_end_and_never_more_than_all_particles():
    columns = [np.asarray(column) for column in PLASMA]
    assert all(np.isfinite(column).all() for column in columns)
    assert len({column.shape for column in columns}) == 1
    degrees = columns[1]
    # photons and neutrinos at their lower temperature, 2 + 21/4 (4/11)^(4/3) = 3.36, and 106.75 of the Standard Model
    assert 3.36 < min(degrees) < max(degrees) < 106.75
