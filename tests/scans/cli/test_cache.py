import os
import subprocess
import sys

from tests.scans.processes import jt3r_each

COMMAND = [sys.executable, "-c", "import sys; from jt3r.scans.cli.main import main; sys.exit(main())"]


def test_an_empty_cache_is_shown_and_emptied_in_one_process(tmp_path):
    shown, emptied = jt3r_each(["cache"], ["cache", "empty"], env={**os.environ, "XDG_CACHE_HOME": str(tmp_path)})
    for done in (shown, emptied):
        assert (done.returncode, done.stderr) == (0, "")
        assert " 0 files, 0.0 MB" in done.stdout


def test_cache_is_shown_and_emptied(tmp_path):
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}

    def cache(*arguments):
        done = subprocess.run([*COMMAND, "cache", *arguments], env=environment, capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    subprocess.run([*COMMAND, "point", "--m-aprime", "0.1", "--observable", "g_t3r"], env=environment, check=True)
    code, out, _ = cache()
    assert code == 0
    assert " 0 files" not in out
    code, out, _ = cache("empty")
    assert code == 0
    assert " 0 files, 0.0 MB" in out
    code, _, err = cache("warm", "no_such_card")
    assert (code, err.count("\n")) == (2, 1)
    assert "no_such_card" in err


def test_a_folder_of_the_user_keeps_what_is_not_of_jt3r(tmp_path):
    own = tmp_path / "shared"
    own.mkdir()
    (own / "jit_of_another_program-cache").write_bytes(b"theirs")
    (own / "program-notes").write_bytes(b"theirs")
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "home"), "JAX_COMPILATION_CACHE_DIR": str(own)}
    environment["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "1000"  # JAX itself keeps nothing there
    subprocess.run([*COMMAND, "point", "--m-aprime", "0.1", "--observable", "g_t3r"], env=environment, check=True)
    assert len(list(own.iterdir())) > 2
    subprocess.run([*COMMAND, "cache", "empty"], env=environment, check=True)
    assert sorted(path.name for path in own.iterdir()) == ["jit_of_another_program-cache", "program-notes"]
