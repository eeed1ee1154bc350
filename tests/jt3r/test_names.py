"""Mappings by name."""

import pickle

import pytest

import jt3r
import jt3r.names
import jt3r.parameter


def test_mappings_print_and_pickle():
    for mapping in (jt3r.observables, jt3r.parameters):
        assert pickle.loads(pickle.dumps(mapping)) is mapping
        lines = repr(mapping).splitlines()
        assert len(lines) == 1 + len(mapping)
        assert max(map(len, lines)) <= jt3r.names.WIDTH
    assert pickle.loads(pickle.dumps(jt3r.observables["R_K"])) == jt3r.observables["R_K"]


def test_entries_that_come_later_are_seen():
    entries = {"first": 1}
    names = jt3r.names.Names("number", entries, lambda n: (str(n),), "nowhere:names")
    entries["second"] = 2
    assert list(names) == ["first", "second"]
    assert repr(names) == "2 numbers\nfirst   1\nsecond  2"


def test_a_name_with_a_dot_is_met_with_brackets_or_a_suggestion():
    with pytest.raises(AttributeError, match=r"observable 'pull_gm2' is taken in brackets: \['pull_gm2'\]"):
        _ = jt3r.observables.pull_gm2
    with pytest.raises(AttributeError, match=r"did you mean 'pull_gm2'\?"):
        _ = jt3r.observables.pull_g2
    assert not hasattr(jt3r.observables, "_repr_html_")
