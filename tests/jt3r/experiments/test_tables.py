import re
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest

import jt3r.kernels.production
from jt3r.experiments import load, mesons, spectra, tables
from jt3r.experiments.tables import OnDisk
from tests.reference.make_tables import wanted


def test_a_table_is_made_once_and_a_damaged_one_again(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made = []

    def numbers(scale, shift):
        made.append((scale, shift))
        return {"values": jnp.arange(5.0) * scale + shift, "single": jnp.asarray(scale)}

    table = OnDisk(numbers)
    for _ in range(2):
        found = table(2.0, 1.0)
        np.testing.assert_array_equal(found["values"], np.arange(5.0) * 2 + 1)
        assert float(found["single"]) == 2.0
    table(3.0, 1.0)
    assert made == [(2.0, 1.0), (3.0, 1.0)]

    files = sorted(tmp_path.rglob("*.npz"))
    assert len(files) == 2
    for file in files:
        content = bytearray(file.read_bytes())
        content[content.index(np.float64(7.0).tobytes())] ^= 1  # in both tables
        file.write_bytes(content)
    np.testing.assert_array_equal(table(2.0, 1.0)["values"], np.arange(5.0) * 2 + 1)
    monkeypatch.setenv("JAX_ENABLE_COMPILATION_CACHE", "false")
    table(2.0, 1.0)
    assert made == [(2.0, 1.0), (3.0, 1.0), (2.0, 1.0), (2.0, 1.0)]


def test_tables_are_told_apart_by_all_numerics_that_they_are_made_with():
    """Else a changed quadrature would leave yesterday's tables."""
    files = [Path(spectra.__file__), *Path(jt3r.kernels.production.__path__[0]).glob("*.py")]
    used = {name for file in files for name in re.findall(r"numerics\.(\w+) import", file.read_text())}
    used |= {
        name.strip()
        for file in files
        for text in re.findall(r"numerics import (.+)", file.read_text())
        for name in text.split(",")
    }
    assert used <= set(tables.NUMERICS)


STALE = "tables.npz is not of this code: run make tables"


def test_every_shipped_search_has_its_tables():
    assert all(tables._shipped(table.name(*arguments)) for table, arguments in wanted()), STALE


@pytest.mark.parametrize(
    ("table", "arguments"),
    [(mesons.scalar_series, ("kaon", "mu")), *((table, given) for table, *given in spectra.parts(load.get("E137"), False))],
    ids=["three bodies", "electrons"],
)
def test_a_table_made_anew_is_the_one_that_comes_with_it(table, arguments):
    """One of each source: the others take up to ten seconds each."""
    assert tables._shipped(table.name(*arguments)), STALE
    made = table.make(*arguments)
    for key, values in table(*arguments).items():
        # Chebyshev coefficients of ln N: rounding of 1e-13 of the largest, which other processors sum in another order.
        np.testing.assert_allclose(values, made[key], rtol=0, atol=1e-12 * np.abs(values).max())
