"""How dates, terms, sizes and money are written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from portal.core import clock
from portal.web import formats

MONDAY = datetime(2026, 11, 23, 9, 15, tzinfo=UTC)


def test_a_moment_is_written_on_the_clock_of_a_polish_office() -> None:
    assert formats.moment(MONDAY).replace("\u00a0", " ") == "23 listopada 2026, 10:15"
    assert formats.iso(MONDAY) == "2026-11-23T10:15+01:00"


def test_a_moment_late_in_the_evening_belongs_to_the_polish_day() -> None:
    assert formats.day(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)).replace("\u00a0", " ") == "1 stycznia 2027"


@pytest.mark.parametrize(
    ("day", "words", "kind"),
    [
        (date(2026, 11, 23), "mija dzisiaj", "soon"),
        (date(2026, 11, 24), "został 1 dzień roboczy", "soon"),
        (date(2026, 11, 26), "zostały 3 dni robocze", "soon"),
        (date(2026, 11, 30), "zostało 5 dni roboczych", "far"),
        (date(2026, 12, 23), "zostały 22 dni robocze", "far"),
        (date(2026, 11, 20), "1 dzień roboczy po terminie", "late"),
        (date(2026, 11, 19), "2 dni robocze po terminie", "late"),
        (date(2026, 11, 16), "5 dni roboczych po terminie", "late"),
    ],
)
def test_a_term_is_said_in_words(day: date, words: str, kind: str) -> None:
    with clock.frozen(MONDAY):
        assert (formats.term(day), formats.term_kind(day)) == (words, kind)


def test_a_term_on_a_weekend_is_said_to_move() -> None:
    with clock.frozen(datetime(2026, 11, 27, 12, tzinfo=UTC)):
        assert "wolnym" in formats.term(date(2026, 11, 28))


@pytest.mark.parametrize(
    ("number", "form"),
    [(1, "one"), (2, "few"), (4, "few"), (5, "many"), (12, "many"), (22, "few"), (112, "many"), (0, "many")],
)
def test_polish_has_three_forms_of_number(number: int, form: str) -> None:
    assert formats.plural(number) == form


@pytest.mark.parametrize(
    ("size", "words"), [(0, "0 B"), (1023, "1023 B"), (2048, "2 kB"), (1_258_291, "1,2 MB"), (26_214_400, "25,0 MB")]
)
def test_sizes_are_short(size: int, words: str) -> None:
    assert formats.size(size).replace("\u00a0", " ") == words


def test_money_has_a_comma_and_the_currency() -> None:
    assert formats.money(Decimal("1234.5")).replace("\u00a0", " ") == "1 234,50 zł"
    assert formats.money(17).replace("\u00a0", " ") == "17,00 zł"


def test_kinds_of_files_are_named() -> None:
    assert formats.file_kind("application/pdf") == "PDF"
    assert formats.file_kind("application/x-unknown") == "plik"
    assert formats.file_icon("application/x-unknown") == "file-earmark"
