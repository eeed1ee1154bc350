"""Table III as a file and as printed."""

from jt3r.scans.cli.info import print_report
from jt3r.scans.engine.run import run
from jt3r.scans.store.hdf5 import open_scan


def arrays(path, names):
    with open_scan(path) as scan:
        return {name: scan[name][()] for name in names}


def test_table_iii(tmp_path, capsys):
    path = run("table3", tmp_path / "table3.h5")
    stored = arrays(path, ["sum", "sum_as_printed", "cancels", "charge"])
    assert stored["cancels"].all()
    assert (stored["sum"] == 0).all()
    assert stored["sum_as_printed"].sum() == 8  # SU(3)^3 alone
    assert len(stored["charge"]) == 16
    print_report(path)
    text = capsys.readouterr().out
    assert "chi_u_R_c is printed as chi_mu_R_c" in text
    assert "-2/3" in text
