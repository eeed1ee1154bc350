"""Tables of the report in LaTeX."""

import pytest

from jt3r.scans.reproduce.latex import typeset as latex_typeset


@pytest.mark.parametrize(
    ("plain", "tex"),
    [
        ("Γ(B^+ -> K^+A')", r"$\Gamma (B^+$ $\to $ $K^+A')$"),
        ("1e-4 of C_10^U,", r"$10^{-4}$ of $C_{10}^{U}$,"),
        ("2 % & more", r"2 \% \& more"),
        ("|C_10^U| < 4", r"$|C_{10}^{U}|$ $<$ 4"),
        ("T_3L in GeV^-1", r"$T_{3L}$ in $\mathrm{GeV}^{-1}$"),
    ],
)
def test_statements_in_latex(plain, tex):
    assert latex_typeset(plain) == tex
