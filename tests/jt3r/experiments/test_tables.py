import jax.numpy as jnp
import numpy as np

from jt3r.experiments.tables import on_disk


def test_a_table_is_made_once_and_a_damaged_one_again(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made = []

    def numbers(scale, shift):
        made.append((scale, shift))
        return {"values": jnp.arange(5.0) * scale + shift, "single": jnp.asarray(scale)}

    table = on_disk(numbers)
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
