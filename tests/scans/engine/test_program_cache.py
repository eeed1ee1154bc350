import os
import subprocess
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import pytest

from jt3r.scans.engine import program_cache
from jt3r.scans.engine.program_cache import cached

PROGRAM = """
import sys, jax, jax.numpy as jnp, jt3r
from jt3r.scans.engine.program_cache import cached
traced = []
def function(x, more):
    traced.append(1)
    return {"sum": jnp.sum(x * more["factor"]), "pair": (x, None, x + 1)}
found = cached(function, sys.argv[1], {"xla_cpu_use_fusion_emitters": False})(jnp.arange(4.0), {"factor": jnp.asarray(2.0)})
print(len(traced), float(found["sum"]), float(found["pair"][2][3]), found["pair"][1])
"""


def _in_a_process(folder: Path, settings: str, **environment: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, settings],
        env={**os.environ, "XDG_CACHE_HOME": str(folder), **environment},
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
    assert _in_a_process(tmp_path, "one", JAX_ENABLE_COMPILATION_CACHE="false") == ["1", *answer]
    assert _in_a_process(tmp_path, "one", JAX_ENABLE_X64="0") == ["1", *answer]


def test_a_damaged_file_is_made_anew(tmp_path):
    _in_a_process(tmp_path, "one")
    (file,) = tmp_path.rglob("program-*")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    assert _in_a_process(tmp_path, "one")[0] == "1"
    assert _in_a_process(tmp_path, "one")[0] == "0"


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


def test_inside_another_program_it_is_the_function():
    program = cached(lambda x: x**2, f"{__name__} square")
    assert float(jax.grad(program)(3.0)) == 6.0
    assert float(jax.jit(program)(jnp.asarray(3.0))) == 9.0


@pytest.mark.parametrize("number", [2.0, jnp.asarray(2.0)])
def test_python_numbers_and_arrays_are_both_taken(number):
    assert float(cached(lambda x: x * 3, f"{__name__} numbers")(number)) == 6.0
