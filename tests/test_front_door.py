"""The names of ``jt3r``: what they are, what their import costs, and the examples in their docstrings."""

import doctest
import inspect
import pickle
import subprocess
import sys
import types

import jax
import jax.numpy as jnp
import matplotlib
import numpy as np
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


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("mA", "m_aprime"), ("MA", "m_aprime"), ("mphi", "m_phi"), ("V", "v"), ("m_Aprime", "m_aprime"), ("mchi", "m_eta")],
)
def test_what_physicists_type_is_understood(typed, meant):
    for attempt in (lambda: jt3r.Point(**{typed: 1.0}), lambda: jt3r.Point().with_values(**{typed: 1.0})):
        with pytest.raises(TypeError, match=f"did you mean '{meant}'"):
            attempt()
    with pytest.raises(KeyError, match=f"did you mean '{meant}'"):
        jt3r.parameters[typed]


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


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"m_phi": -1}, r"^m_phi = -1: must be a finite number above zero$"),
        ({"m_phi": 0.0}, r"^m_phi = 0.0: must be a finite number above zero$"),
        ({"m_phi": np.nan}, r"^m_phi = nan: must be a finite number above zero$"),
        ({"delta": np.inf}, r"^delta = inf: must be a finite number$"),
        ({"C9_bsmumu": 1j}, r"^C9_bsmumu = 1j: must be a finite number, or an array of them$"),
        ({"m_phi": "0.1"}, r"^m_phi = '0.1': must be a finite number above zero, or an array"),
        ({"m_phi": True}, r"^m_phi = True: must"),
        ({"m_phi": [[1.0], [2.0, 3.0]]}, r"^m_phi = .*: must"),
        ({"m_phi": jnp.array([0.1, -0.2, 0.3])}, r"^m_phi = -0.2 among 3 values: each must be a finite number above zero$"),
        (
            {"m_phi": jnp.ones(3), "m_aprime": jnp.ones((4, 1)), "v": jnp.ones((2, 1))},
            r"do not broadcast: v \(2, 1\), m_aprime",
        ),
        ({"dataset": "today"}, r"allowed are paper2021, current"),
    ],
)
def test_a_value_that_is_not_allowed(values, message):
    with pytest.raises(ValueError, match=message):
        jt3r.Point(**values)
    with pytest.raises(ValueError, match=message):
        jt3r.Point().with_values(**values)


def test_traced_values_and_holes_of_an_array_are_left_alone():
    pull = jt3r.observables["pull_gm2"]
    assert np.isfinite(jax.jit(lambda m: pull(jt3r.Point(m_aprime=0.11, m_phi=m)))(0.08))
    assert jt3r.Point(m_phi=jnp.array([0.1, jnp.nan])).m_phi.shape == (2,)


def test_what_a_copy_replaces_and_keeps():
    point = jt3r.Point(m_aprime=0.11, m_phi=0.0792)
    copy = point.with_values(m_phi=1, dataset="current")
    assert (float(copy.m_phi), copy.m_aprime, copy.dataset) == (1.0, point.m_aprime, "current")
    assert copy.m_phi.dtype == point.m_phi.dtype
    assert jax.tree.structure(point.with_values(m_phi=0.08)) == jax.tree.structure(point)


def test_a_point_says_what_is_set():
    text = repr(jt3r.Point(m_phi=jnp.linspace(0.07, 0.11, 5), C9_bsmumu=-0.5))
    assert "m_phi=[0.07 .. 0.11; 5] GeV" in text
    assert "C9_bsmumu=-0.5" in text
    assert "C10_bsmumu" not in text
    assert "m_aprime" not in text


def test_vmap_is_jax_vmap_over_some_parameters():
    masses = jnp.array([0.05, 0.08, 0.11])
    points = jt3r.Point(m_aprime=masses, m_phi=0.0792)
    f = jax.hessian(lambda point: jt3r.observables["pull_gm2"](point))
    one_by_one = [f(points.with_values(m_aprime=m)).m_phi.m_aprime for m in masses]
    np.testing.assert_allclose(jt3r.vmap(f, over="m_aprime")(points).m_phi.m_aprime, one_by_one, rtol=1e-13)
    with pytest.raises(ValueError, match="m_phi has no axis"):
        jt3r.vmap(f, over=("m_aprime", "m_phi"))(points)
    with pytest.raises(ValueError, match="m_aprime has 3, m_phi has 2"):
        jt3r.vmap(f, over=("m_aprime", "m_phi"))(jt3r.Point(m_aprime=masses[:, None], m_phi=masses[:2]))
    with pytest.raises(TypeError, match="did you mean 'm_aprime'"):
        jt3r.vmap(f, over="mA")


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
