"""The script that measures a device: it runs, and ends when its time is over with what it has found."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.gpu import Part, together

GPU = Path(__file__).parents[1] / "benchmarks" / "gpu.py"


def test_findings_are_put_together_and_a_line_that_was_broken_off_is_none():
    lines = [
        '{"device": "a", "rates": {}}\n',
        '{"rates": {"x": 1}, "memory": 2}\n',
        '{"rates": {"y": 2}, "memory": 3}\n',
        '{"rat',
    ]
    assert together(lines) == {"device": "a", "rates": {"x": 1, "y": 2}, "memory": 3}


def test_a_part_that_is_late_is_ended_and_what_it_found_stays():
    code = "import time; print('{\"x\": 1}', flush=True); print('{\"y', end='', flush=True); time.sleep(600)"
    with tempfile.TemporaryFile("w+") as found:
        part = Part(subprocess.Popen([sys.executable, "-c", code], stdout=found), found)
        assert part.answer(until=time.monotonic() + 5) == {"x": 1}  # Python starts within five seconds
        assert part.process.returncode


def test_all_of_it_runs_on_a_cpu(tmp_path):
    """As anywhere: every rate but of what is not installed, and the CPU's numbers equal to themselves."""
    subprocess.run([sys.executable, GPU, "--platform", "cpu", "--quick", "--output", tmp_path], check=True, cwd=tmp_path)
    found = json.loads((tmp_path / "gpu.json").read_text())
    assert set(found["device"]["rates"]) == set(found["device"]["wanted"])
    assert all("left out" in row or row["rate"] > 0 for row in found["device"]["rates"].values())
    assert set(found["accuracy"]) == set(found["wanted"])
    assert {row["float64"] for row in found["accuracy"].values()} == {0.0}
    assert max(row["float32"] for row in found["accuracy"].values()) < 0.1  # 2e-2 at most where terms cancel: docs/accuracy.md
    assert "The time was over" not in (tmp_path / "gpu.md").read_text()
