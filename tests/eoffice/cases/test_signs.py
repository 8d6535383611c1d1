"""The sign of a case."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eoffice.cases import signs
from eoffice.cases.signs import Sign
from portal.core.errors import Invalid


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("ORG.0123.7.2011", Sign("ORG", "0123", 7, 2011)),
        ("ABC.123.78.2.2011", Sign("ABC", "123", 2, 2011, group=78)),
        ("ABC-A.123.77.3.2011.JW", Sign("ABC-A", "123", 3, 2011, group=77, officer="JW")),
        ("WAU.6730.23.2026", Sign("WAU", "6730", 23, 2026)),
        ("BRK.1431.1.2018.JP", Sign("BRK", "1431", 1, 2018, officer="JP")),
        ("AB.123.4.2026.7.JK", Sign("AB", "123", 4, 2026, letter=7, officer="JK")),
        ("AB.123.4.5.2026", Sign("AB", "123", 5, 2026, group=4)),
        ("OSR.6131.1.2026.2", Sign("OSR", "6131", 1, 2026, letter=2)),
        ("WPRiOŚ.6220.6.2016", Sign("WPRiOŚ", "6220", 6, 2016)),
        (" OSR . 6131.1.2026 ", Sign("OSR", "6131", 1, 2026)),
    ],
)
def test_a_sign_is_taken_apart_as_offices_write_it(text: str, sign: Sign) -> None:
    assert signs.parse(text) == sign
    assert str(sign) == "".join(text.split())


@pytest.mark.parametrize(
    "text",
    ["", "OSR", "OSR.6131.2026", "12.6131.1.2026", "OSR.A1.1.2026", "OSR.6131.0.2026", "OSR.6131.1.26",
     "OSR.6131.1.2026.x.y", "OSR.6131.1.2026.1.2.3", "-OSR.6131.1.2026", "OSR.61310000000.1.2026", "....",
     "OSR.6131.01.2026"],
)  # fmt: skip
def test_what_is_no_sign_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        signs.parse(text)
    assert caught.value.code == "sign.malformed"


@given(
    st.from_regex(r"[A-Z]{1,4}(-[A-Z]{1,2})?", fullmatch=True),
    st.from_regex(r"[0-9]{1,6}", fullmatch=True),
    st.integers(1, 1800),
    st.integers(2000, 2100),
    st.integers(0, 1800),
)
def test_every_sign_we_make_reads_back_the_same(
    department: str, symbol: str, number: int, year: int, letter: int
) -> None:
    sign = Sign(department, symbol, number, year, letter=letter)
    assert signs.parse(str(sign)) == sign
    assert signs.parse(str(sign)).case == f"{department}.{symbol}.{number}.{year}"


@given(st.text(max_size=60))
def test_no_text_makes_the_reader_stumble(text: str) -> None:
    with contextlib.suppress(Invalid):
        signs.parse(text)


def test_new_departments_get_latin_symbols_only() -> None:
    assert signs.may_be_given("OSR-A")
    assert signs.may_be_given("11-d")
    assert not signs.may_be_given("WPRiOŚ")
    assert not signs.may_be_given("12")
    assert not signs.may_be_given("A B")
