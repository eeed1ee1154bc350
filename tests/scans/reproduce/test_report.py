"""The report in HTML: how texts and numbers are set."""

import pytest

from jt3r.scans.reproduce.report import number, typeset


@pytest.mark.parametrize(
    ("plain", "html"),
    [
        ("m_φ' for m_A'", "m<sub>φ′</sub> for m<sub>A′</sub>"),
        ("C_10^U < q^2", "C<sub>10</sub><sup>U</sup> &lt; q<sup>2</sup>"),
        ("Br(B^+ -> K^{*+}μμ)", "Br(B<sup>+</sup> → K<sup>*+</sup>μμ)"),
        ("2e-8 and 1e-10/GeV^2", "2 × 10<sup>−8</sup> and 10<sup>−10</sup>/GeV<sup>2</sup>"),
    ],
)
def test_typesetting(plain, html):
    assert typeset(plain) == html


@pytest.mark.parametrize(("value", "html"), [(1827.0, "1827"), (-2.52e-9, "−2.52 × 10<sup>−9</sup>"), (1e8, "10<sup>8</sup>")])
def test_numbers(value, html):
    assert number(value) == f'<span class="value">{html}</span>'
