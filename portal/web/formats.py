"""How dates, terms, sizes and money are written in Polish. The words themselves are in messages.json."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

from flask import Flask

from portal.core import clock
from portal.web import phrases
from portal.web.texts import known, message

NARROW = "\u00a0"
"""No line break inside an amount or between a number and its unit."""

_KIB = 1024
_SOON = 3
"""Working days within which a term is shown as near."""


def _day_of(value: date) -> date:
    return clock.local(value).date() if isinstance(value, datetime) else value


def day(value: date) -> str:
    """``23 listopada 2026``."""
    value = _day_of(value)
    return f"{value.day}{NARROW}{phrases.t(message(f'month.{value.month}'))} {value.year}"


def moment(value: datetime) -> str:
    """``23 listopada 2026, 10:15``, on the clock of a Polish office."""
    return f"{day(value)}, {clock.local(value):%H:%M}"


def iso(value: date) -> str:
    """For the ``datetime`` attribute of a ``time`` element."""
    return clock.local(value).isoformat(timespec="minutes") if isinstance(value, datetime) else value.isoformat()


def plural(number: int) -> str:
    """Which of the three Polish forms goes with ``number``: ``one`` (1 dzień), ``few`` (3 dni), ``many`` (5 dni)."""
    if number == 1:
        return "one"
    units, tens = number % 10, number % 100
    return "few" if 2 <= units <= 4 and not 12 <= tens <= 14 else "many"


def counted(number: int, noun: str) -> str:
    """``counted(3, "case")`` → ``3 sprawy``; the noun's three forms are ``count.<noun>.<form>`` in messages.json."""
    return message(f"count.{noun}.{plural(number)}", number=number)


def term(value: date) -> str:
    """How far a term is, in working days: ``zostały 3 dni robocze``, ``2 dni robocze po terminie``."""
    value, today = _day_of(value), clock.today()
    if value == today:
        return message("term.today")
    left = clock.working_days_between(today, value)
    if left == 0:
        return message("term.weekend" if value > today else "term.just_over")
    kind = "left" if left > 0 else "over"
    return message(f"term.{kind}.{plural(abs(left))}", number=abs(left))


def term_kind(value: date) -> str:
    """``late``, ``soon`` (three working days or fewer) or ``far``."""
    value, today = _day_of(value), clock.today()
    if value < today:
        return "late"
    return "soon" if clock.working_days_between(today, value) <= _SOON else "far"


def size(number: int) -> str:
    """A file's size: ``512 B``, ``34 kB``, ``1,2 MB``."""
    if number < _KIB:
        return f"{number}{NARROW}B"
    if number < _KIB * _KIB:
        return f"{round(number / _KIB)}{NARROW}kB"
    megabytes = f"{number / _KIB / _KIB:.1f}{NARROW}MB"
    return megabytes if phrases.spoken() == "en" else megabytes.replace(".", ",")


def whole(number: int) -> str:
    """``12 480``: thousands apart."""
    return f"{number:,}".replace(",", NARROW)


def money(amount: Decimal | int) -> str:
    """``1 234,50 zł``."""
    return f"{Decimal(amount):,.2f}{NARROW}zł".replace(",", NARROW).replace(".", ",")


def certificate_name(text: str) -> str:
    """The common name of the holder of a certificate (``CN=Znacznik,O=Urząd``), else all that is said of them."""
    found = re.search(r"(?:^|[,+])CN=((?:\\.|[^,+])+)", text)
    return re.sub(r"\\(.)", r"\1", found.group(1)) if found else text


_KINDS = {
    "application/pdf": ("pdf", "file-earmark-pdf"),
    "application/xml": ("xml", "file-earmark-code"),
    "application/zip": ("zip", "file-earmark-zip"),
    "application/vnd.oasis.opendocument.text": ("odt", "file-earmark-text"),
    "application/vnd.oasis.opendocument.spreadsheet": ("ods", "file-earmark-spreadsheet"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx", "file-earmark-word"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx", "file-earmark-spreadsheet"),
    "text/csv": ("csv", "file-earmark-spreadsheet"),
    "text/plain": ("txt", "file-earmark-text"),
    "image/jpeg": ("jpeg", "file-earmark-image"),
    "image/png": ("png", "file-earmark-image"),
}


def file_kind(content_type: str) -> str:
    """What sort of file, as people call it: ``PDF``, ``plik XML``."""
    code = f"file.{_KINDS.get(content_type, ('other', ''))[0]}"
    return phrases.t(message(code if known(code) else "file.other"))


def file_icon(content_type: str) -> str:
    """The icon beside a file of this type."""
    return _KINDS.get(content_type, ("", "file-earmark"))[1]


def init(app: Flask) -> None:
    """Give the filters to the templates."""
    for filter_ in (
        day,
        moment,
        iso,
        counted,
        term,
        term_kind,
        size,
        whole,
        money,
        file_kind,
        file_icon,
        certificate_name,
    ):
        app.add_template_filter(filter_)
