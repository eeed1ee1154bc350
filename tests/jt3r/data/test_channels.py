"""Channels of the A': each is seen or unseen."""

from typing import get_args

from jt3r import Point, decays
from jt3r.data.channels import INVISIBLE, VISIBLE, Channel
from jt3r.u1.registry import couplings_of


def test_every_channel_is_seen_or_unseen():
    assert set(get_args(Channel)) == set(VISIBLE) | set(INVISIBLE)
    assert not set(VISIBLE) & set(INVISIBLE)


def test_the_table_of_widths_has_these_names():
    point = Point(m_aprime=0.1, m_nu_s=0.01, m_eta=0.03, delta=0.001, width_invisible=1e-12)
    assert set(decays.aprime(couplings_of(point))) <= set(get_args(Channel))
