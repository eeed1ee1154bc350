"""``jt3r doctor`` says what it runs on."""

import jax

from tests.scans.processes import jt3r


def test_doctor():
    done = jt3r("doctor", "--dtype", "float32")
    assert done.returncode == 0
    facts = dict(line.split(maxsplit=1) for line in done.stdout.splitlines())
    assert facts["dtype"] == "float32"
    assert facts["jax"] == jax.__version__
    # float32 in the band is good to 4e-5 (accuracy table of the README)
    assert float(facts["kernel"].split("off by ")[1].split(",")[0]) < 1e-3
    missing = jt3r("doctor", "--device", "cuda")
    assert (missing.returncode, missing.stdout, missing.stderr.count("\n")) == (2, "", 1)
    assert "--device" in missing.stderr
