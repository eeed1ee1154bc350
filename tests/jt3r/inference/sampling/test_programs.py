"""The programs of a sampler are kept between processes, whatever the seed and the number of chains."""

import os
import subprocess
import sys

CODE = """
import sys, jt3r
traced = []
from jt3r.inference.sampling import programs
for name in ("_chains", "_derived"):
    function = getattr(programs, name)
    def told(*arguments, function=function):
        traced.append(function.__name__)
        return function(*arguments)
    told.__module__, told.__qualname__ = function.__module__, function.__qualname__
    setattr(programs, name, told)
space = jt3r.Space({"c_universal": jt3r.Prior(2, 12), "c_nonuniversal": jt3r.Prior(-3, 2)})
found = jt3r.sample(jt3r.Likelihood(("R_K",)), space, int(sys.argv[2]), 5, 20, int(sys.argv[1]), max_tree_depth=2)
heavy = [name for name in ("blackjax", "optimistix", "optax") if name in sys.modules]
print(found["c_universal"].tobytes().hex(), *traced, *heavy)
"""


def test_another_process_with_another_seed_traces_nothing_and_loads_no_sampler(tmp_path):
    home = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    home.pop("JAX_COMPILATION_CACHE_DIR", None)

    def run(seed, chains):
        done = subprocess.run([sys.executable, "-c", CODE, str(seed), str(chains)], env=home, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    first, *made = run(3, 1)
    assert made == ["_chains", "_derived", "blackjax", "optimistix", "optax"]
    other, *nothing = run(4, 1)
    assert nothing == []
    assert other != first
    again, *nothing = run(3, 1)
    assert nothing == []
    assert again == first
