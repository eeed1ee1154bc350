"""The names of ``jt3r``: what they are, what their import costs, and the examples in their docstrings."""

import doctest
import inspect
import subprocess
import sys
import types

import matplotlib.figure
import pytest

import jt3r
import jt3r.names
import jt3r.parameter

WITHOUT_EXAMPLE: set[str] = {"experiment"}
"""Names whose docstring has no example: an experiment is a table of twenty keys with their sources, see docs/how-to."""


def test_dir_is_all():
    assert dir(jt3r) == jt3r.__all__ == sorted(jt3r.__all__)


def test_the_import_takes_less_than_a_tenth_of_a_second():
    script = "from time import perf_counter as now; start = now(); import jt3r; print(now() - start)"
    times = [float(subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout) for _ in range(3)]
    assert min(times) < 0.1


def _examples(name):
    entry = getattr(jt3r, name)
    if isinstance(entry, jt3r.names.Names):  # its own docstring is that of its class; the name's stands below it in its module
        homes = {"parameters": ("jt3r.point", name), "models": ("jt3r.u1.registry", "MODELS")}
        module, variable = homes.get(name, ("jt3r.registry", name))
        source = inspect.getsource(sys.modules[module])
        text = source.rpartition(f"\n{variable}: Names")[2].partition('"""')[2].partition('"""')[0]
    else:
        text = inspect.getdoc(entry) or ""
    return doctest.DocTestParser().get_doctest(text, {"jt3r": jt3r, name: entry}, name, None, 0)


@pytest.mark.parametrize("name", jt3r.__all__)
@pytest.mark.filterwarnings("ignore:.*non-interactive:UserWarning")
def test_the_examples_of_a_name(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    matplotlib.use("agg")
    found = _examples(name)
    assert (name in WITHOUT_EXAMPLE) != bool(found.examples)
    said: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(found, out=said.append)
    assert not said, "".join(said)


def test_a_misspelt_name_is_met_with_a_suggestion():
    with pytest.raises(AttributeError, match=r"did you mean 'observables'\?"):
        jt3r.observabels  # noqa: B018
    with pytest.raises(KeyError, match=r"did you mean 'pull_gm2'\?"):
        jt3r.observables["pull_g2"]


def test_plot_draws_on_the_axes_given_and_takes_a_dataset(tmp_path):
    axes = {"m_aprime": {"min": 0.02, "max": 0.2, "n": 8}, "m_phi": {"min": 0.07, "max": 0.11, "n": 8}}
    file = jt3r.run({"kind": "grid", "observables": ["pull_gm2"], "axes": axes}, tmp_path / "map.h5")
    figure = matplotlib.figure.Figure()
    left, right = figure.subplots(1, 2)
    assert jt3r.plot(file, ax=left) is left
    with jt3r.open(file) as scan:
        assert jt3r.plot(scan, ax=right) is right
    assert left.get_xlabel() == right.get_xlabel() == "$m_{A'}$ [MeV]"


def test_modules_among_the_names():
    assert isinstance(jt3r.band, types.ModuleType)
    assert callable(jt3r.band.solve)
    assert callable(jt3r.limits.intervals)
    assert jt3r.experiments.load
    assert jt3r.flavour.coordinates
