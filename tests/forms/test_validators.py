"""One answer at a time: what will do, and which sentence says what to do when it will not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from forms import validators
from forms.schema import Choice, Field
from portal.core import clock
from portal.web import texts
from tests.forms.samples import NIP, PESEL, REGON


def code(kind: str, value: str | bool, **more: object) -> str:
    problem = validators.check(Field("x", kind, "X", **more), value, {"GK"})  # type: ignore[arg-type]
    if problem is None:
        return ""
    assert "{" not in texts.message(problem.code, **problem.details)
    assert "…" not in texts.message(problem.code, **problem.details)
    return problem.code


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("pesel", PESEL, ""),
        ("pesel", "44051401358", "form.pesel.checksum"),
        ("pesel", "44501401350", "form.pesel.checksum"),
        ("pesel", "4405140135", "form.pesel.length"),
        ("pesel", "4405140135a", "form.pesel.length"),
        ("pesel", "٤٤٠٥١٤٠١٣٥٩", "form.pesel.length"),
        ("nip", NIP, ""),
        ("nip", "526-025-02-74", ""),
        ("nip", "5260250275", "form.nip.checksum"),
        ("nip", "526025027", "form.nip.length"),
        ("regon", REGON, ""),
        ("regon", "123456786", "form.regon.checksum"),
        ("regon", "1234567890", "form.regon.length"),
        ("email", "anna@poczta.pl", ""),
        ("email", "anna@poczta", "form.email"),
        ("email", "anna kowalska@poczta.pl", "form.email"),
        ("phone", "600 100 200", ""),
        ("phone", "+48 (22) 123-45-67", ""),
        ("phone", "zadzwoń", "form.phone"),
        ("date", "2026-02-28", ""),
        ("date", "2026-02-30", "form.date"),
        ("department", "GK", ""),
        ("department", "XX", "form.choose"),
        ("text", "a" * 200, ""),
        ("text", "a" * 201, "form.too_long"),
    ],
)
def test_an_answer_is_judged_by_its_type(kind: str, value: str, expected: str) -> None:
    assert code(kind, value) == expected


def test_a_pesel_with_a_right_check_digit_but_no_day_is_refused() -> None:
    digits = "44053201350"
    weights = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
    check = -sum(int(d) * w for d, w in zip(digits[:10], weights, strict=True)) % 10

    assert code("pesel", f"{digits[:10]}{check}") == "form.pesel.date"


@pytest.mark.parametrize("wrong", range(10))
def test_every_single_wrong_digit_of_a_pesel_is_noticed(wrong: int) -> None:
    for digit in "0123456789":
        changed = PESEL[:wrong] + digit + PESEL[wrong + 1 :]
        assert (code("pesel", changed) == "") == (changed == PESEL)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("text", "form.required"),
        ("pesel", "form.pesel.required"),
        ("department", "form.choose"),
        ("files", "form.add_file"),
        ("statement", "form.confirm"),
    ],
)
def test_a_missing_answer_says_what_to_do(kind: str, expected: str) -> None:
    empty: str | bool = False if kind == "statement" else ""

    assert code(kind, empty, required=True) == expected
    assert code(kind, empty) == ""


def test_a_choice_must_be_one_of_those_offered() -> None:
    offered = (Choice("a", "A"), Choice("b", "B"))

    assert code("choice", "a", choices=offered) == ""
    assert code("choice", "c", choices=offered) == "form.choose"


def test_too_short_a_text_is_told_how_long_it_must_be() -> None:
    assert code("multiline", "krótko", min_length=10) == "form.too_short"


def test_a_date_is_held_against_its_limits_on_the_polish_calendar() -> None:
    # Half an hour past midnight in Warsaw, still the day before in UTC.
    with clock.frozen(datetime(2026, 6, 30, 22, 30, tzinfo=UTC)):
        assert code("date", "2026-07-01", not_after="today") == ""
        assert code("date", "2026-07-02", not_after="today") == "form.date.after"
        assert code("date", "2026-06-30", not_before="today") == "form.date.before"
