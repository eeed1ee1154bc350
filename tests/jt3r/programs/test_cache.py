"""Compiled programs are kept between processes."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import pytest

from jt3r.programs import cache as program_cache
from jt3r.programs.cache import cached, quickly_compiled
from tests.scans.processes import flip, jt3r, without_waiting

PROGRAM = """
import sys, jax, jax.numpy as jnp, jt3r
from jt3r.programs.cache import cached
traced = []
def function(x, more):
    traced.append(1)
    return {"sum": jnp.sum(x * more["factor"]), "pair": (x, None, x + 1)}
found = cached(function, sys.argv[1], {"xla_cpu_use_fusion_emitters": False})(jnp.arange(4.0), {"factor": jnp.asarray(2.0)})
print(len(traced), float(found["sum"]), float(found["pair"][2][3]), found["pair"][1])
"""


def _in_a_process(folder: Path, settings: str, **environment: str) -> list[str]:
    own = {name: value for name, value in os.environ.items() if name != "JAX_COMPILATION_CACHE_DIR"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, settings],
        env={**own, "XDG_CACHE_HOME": str(folder), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_a_second_process_traces_nothing(tmp_path):
    answer = ["12.0", "4.0", "None"]
    assert _in_a_process(tmp_path, "one") == ["1", *answer]
    assert _in_a_process(tmp_path, "one") == ["0", *answer]
    assert _in_a_process(tmp_path, "another") == ["1", *answer]
    assert _in_a_process(tmp_path, "another") == ["0", *answer]  # the same program, which JAX's own cache holds too
    assert _in_a_process(tmp_path, "one", JAX_ENABLE_COMPILATION_CACHE="false") == ["1", *answer]
    assert _in_a_process(tmp_path, "one", JAX_ENABLE_X64="0") == ["1", *answer]
    assert _in_a_process(tmp_path, "one", XLA_FLAGS="--xla_cpu_multi_thread_eigen=false") == ["1", *answer]


LINEAR = """
import jax.numpy as jnp
from jt3r.programs.cache import cached
matrix = jnp.array([[2.0, 1.0], [1.0, 3.0]])
def function(x):
    return [jnp.linalg.cholesky(x), jnp.linalg.eigh(x)[0], jnp.linalg.solve(x, x[0]), jnp.linalg.svd(x)[1], jnp.linalg.qr(x)[1]]
print(float(cached(function, "linear")(matrix)[2][0]))
"""


def test_a_second_process_calls_lapack(tmp_path):
    """Routines that JAX looks up when it lowers a program, which a process that loads one never does."""
    for _ in range(2):
        command, environment = [sys.executable, "-c", LINEAR], {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
        environment.pop("JAX_COMPILATION_CACHE_DIR", None)
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert float(done.stdout) == pytest.approx(1.0, rel=1e-12)  # the first row solves itself
    assert len(list(tmp_path.rglob("program-*"))) == 1


OWN = """
import sys, jax.numpy as jnp, jt3r
from jt3r.programs.cache import cached
limit = float(sys.argv[1])
@jt3r.term(source="none")
def light_phi(point):
    "phi' near a mass that this file does not say."
    return (point.m_phi - limit) / 0.001
likelihood = jt3r.Likelihood(("light_phi",))
print(float(cached(lambda m: likelihood.chi_square(jt3r.Point(m_phi=m)), "own term")(jnp.asarray(0.08))))
"""


def test_what_a_user_s_function_reads_may_change_between_processes(tmp_path):
    own = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    for limit, expected in ((0.08, 0.0), (0.09, 100.0)):
        run = [sys.executable, "-c", OWN, str(limit)]
        done = subprocess.run(run, env=own, capture_output=True, text=True, check=True)
        assert float(done.stdout) == pytest.approx(expected, rel=1e-12)  # (0.01/0.001)^2, to rounding
    assert not list(tmp_path.glob("**/program-*"))


def test_a_damaged_file_is_made_anew(tmp_path):
    _in_a_process(tmp_path, "one")
    (file,) = tmp_path.rglob("program-*")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    assert _in_a_process(tmp_path, "one")[0] == "1"
    assert _in_a_process(tmp_path, "one")[0] == "0"


def test_a_fact_is_found_once_and_another_setting_is_another_fact(tmp_path, monkeypatch):
    monkeypatch.setenv("JAX_COMPILATION_CACHE_DIR", str(tmp_path / "kept"))
    monkeypatch.delenv("JAX_ENABLE_COMPILATION_CACHE", raising=False)
    found = []

    def find():
        found.append(1)
        return [["pull_gm2", ["v", "m_phi"]], []]

    for _ in range(2):
        assert program_cache.remembered("one", find) == [["pull_gm2", ["v", "m_phi"]], []]
    assert len(found) == 1
    (file,) = (tmp_path / "kept").iterdir()
    flip(file, 5)
    program_cache.remembered("one", find)
    program_cache.remembered("another", find)
    assert len(found) == 3
    monkeypatch.setenv("JAX_ENABLE_COMPILATION_CACHE", "false")
    program_cache.remembered("one", find)
    assert len(found) == 4


def test_other_types_are_another_program_and_the_oldest_goes_first(monkeypatch):
    monkeypatch.setattr(program_cache, "HELD", 2)
    monkeypatch.setattr(program_cache, "_READY", {})
    traced = []

    def function(x):
        traced.append(x.shape)
        return x + 1

    program = cached(function, f"{__name__} types")
    for size in (3, 4, 3, 4):
        assert program(jnp.zeros(size)).shape == (size,)
    assert traced in ([(3,), (4,)], [])  # none if a former test run of these files left them in the cache
    program(jnp.zeros(5))
    assert len(program_cache._READY) == 2


TRACED = []


def power(exponent, x):
    TRACED.append(exponent)
    return x**exponent


def by_object(entry, x):
    TRACED.append(entry)
    return entry.factor * x


class Entry:
    def __init__(self, factor):
        self.factor = factor


def test_a_function_is_traced_once_for_what_it_is_about(monkeypatch, tmp_path):
    monkeypatch.setenv("JAX_COMPILATION_CACHE_DIR", str(tmp_path / "kept"))
    monkeypatch.delenv("JAX_ENABLE_COMPILATION_CACHE", raising=False)
    TRACED.clear()
    assert [quickly_compiled(power, n)(jnp.asarray(2.0)) for n in (3, 3, 4)] == [8, 8, 16]
    assert quickly_compiled(power, 3, runs_long=True)(jnp.asarray(2.0)) == 8  # other options, another program
    assert TRACED == [3, 4, 3]
    assert len(list((tmp_path / "kept").iterdir())) == 3


def scaled(about, x):
    TRACED.append(about)
    return about["factor"] * x ** about["power"]


def test_floats_of_what_it_is_about_are_arguments():
    TRACED.clear()
    found = [quickly_compiled(scaled, {"factor": f, "power": n})(jnp.asarray(2.0)) for f, n in ((3.0, 2), (5.0, 2), (5.0, 3))]
    assert found == [12, 20, 40]
    assert len(TRACED) == 2  # the whole number is part of the program


def test_what_is_about_an_object_without_a_text_stays_in_the_process(monkeypatch, tmp_path):
    monkeypatch.setenv("JAX_COMPILATION_CACHE_DIR", str(tmp_path / "kept"))
    TRACED.clear()
    entries = [Entry(2.0), Entry(3.0)]
    assert [quickly_compiled(by_object, entry)(jnp.asarray(2.0)) for entry in entries * 2] == [4, 6, 4, 6]
    assert entries == TRACED
    assert not (tmp_path / "kept").exists()


def test_inside_another_program_it_is_the_function():
    program = cached(lambda x: x**2, f"{__name__} square")
    assert float(jax.grad(program)(3.0)) == 6.0
    assert float(jax.jit(program)(jnp.asarray(3.0))) == 9.0


@pytest.mark.parametrize("number", [2.0, jnp.asarray(2.0)])
def test_python_numbers_and_arrays_are_both_taken(number):
    assert float(cached(lambda x: x * 3, f"{__name__} numbers")(number)) == 6.0


def test_programs_are_kept_between_runs_unless_it_is_said(tmp_path):
    home = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    home.pop("JAX_COMPILATION_CACHE_DIR", None)
    card = tmp_path / "card.toml"
    card.write_text('kind = "band"\npulls = [0]\naxes.m_aprime = { values = [0.05] }\n')
    assert jt3r("run", card, "-o", tmp_path / "a.h5", "--no-cache", env=home).returncode == 0
    assert not list(tmp_path.rglob("*cache"))
    assert jt3r("run", card, "-o", tmp_path / "b.h5", env=home).returncode == 0
    (program,) = tmp_path.rglob("jaxlib-*/program-*")
    whole = program.read_bytes()
    flip(program, len(whole) // 2)
    for name in ("c.h5", "d.h5"):  # with a damaged program, which is made again, and with a whole one
        done = jt3r("run", card, "-o", tmp_path / name, env=home)
        assert (done.returncode, without_waiting(done.stderr)) == (0, "")
    assert hashlib.sha256(program.read_bytes()[:-32]).digest() == program.read_bytes()[-32:]
    nowhere = home | {"JAX_COMPILATION_CACHE_DIR": "/dev/null/nowhere"}
    assert jt3r("run", card, "-o", tmp_path / "e.h5", env=nowhere).returncode == 0
    assert len({(tmp_path / f"{name}.h5").read_bytes() for name in "abcde"}) == 1
