import os
import subprocess
import sys

COMMAND = [sys.executable, "-c", "import sys; from jt3r.scans.cli.main import main; sys.exit(main())"]


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
