"""Files of tables I and II."""

import pytest

from jt3r.flavour.benchmarks import TABLE1, TABLE2
from jt3r.scans import run

QUANTITIES = {"table1": (*TABLE1, "sm_pull"), "table2": TABLE2}


@pytest.fixture(scope="package")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    return {name: run(name, folder / f"{name}.h5") for name in QUANTITIES}
